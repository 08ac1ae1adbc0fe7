"""What users saw of memory that was not given back, and of programs that were made again."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from jaxlib.mlir import ir

from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Input
from jaxcnn.models import Sequential
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.training import dispatch
from jaxcnn.training.dispatch import Alive, Dispatcher
from jaxcnn.utils import Sequence

RNG = np.random.default_rng(0)


def network(units=3):
    model = Sequential([Dense(units, input_shape=(4,)), Dense(1)])
    model.compile("adam", "mse")
    return model


class Batches(Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.ones((4, 4), "float32"), np.ones((4, 1), "float32")


@pytest.fixture(scope="module")
def fitted():
    model = network()
    model.fit(np.ones((8, 4)), np.ones(8), epochs=1, verbose=0)
    return model


def test_the_data_of_a_fit_can_be_freed(fitted):
    x, y, held_out = np.ones((8, 4), "float32"), np.ones((8, 1), "float32"), np.ones((8, 4), "f")
    fitted.fit(x, y, verbose=0, epochs=1, validation_data=(held_out, y))
    references = [weakref.ref(array) for array in (x, y, held_out)]
    del x, y, held_out
    gc.collect()
    assert [reference() is None for reference in references] == [True] * 3


def test_sequences_and_generators_can_be_freed(fitted):
    batches = Batches()
    generator = (batch for batch in [Batches()[0]] * 4)
    fitted.fit(batches, epochs=1, verbose=0, workers=0)
    fitted.fit(generator, epochs=1, steps_per_epoch=2, verbose=0)
    references = [weakref.ref(batches), weakref.ref(generator)]
    del batches, generator
    gc.collect()
    assert [reference() is None for reference in references] == [True] * 2


def test_a_fit_leaves_no_record_with_the_loss_that_outlives_the_model():
    from jaxcnn.losses import mean_squared_error

    def records():
        gc.collect()
        return sum(
            mean_squared_error.__name__ in getattr(thing, "fun_sourceinfo", "")
            for thing in gc.get_objects()
            if type(thing).__name__ == "PjitInfo"
        )

    before = records()
    network(2).fit(np.ones((8, 4)), np.ones(8), epochs=1, verbose=0)
    assert records() == before


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_fitted_model_is_copied_and_pickled(fitted, copied):
    x = np.ones((8, 4), "float32")
    again = copied(fitted)
    assert np.array_equal(again.predict(x), fitted.predict(x))
    again.fit(x, np.ones(8), epochs=1, verbose=0)


def test_the_same_model_under_other_names_is_the_same_program(monkeypatch):
    """So that its program is found on disk, and a cell that runs again does not compile."""
    programs = []

    def lowered(self, carry, batches, count, *constants):
        programs.append(self.single.lower(carry, batches, *constants).as_text())
        return run(self, carry, batches, count, *constants)

    run = Dispatcher.run
    monkeypatch.setattr(Dispatcher, "run", lowered)
    for _ in range(2):
        network().fit(np.ones((4, 4)), np.ones(4), epochs=1, verbose=0)
    assert len(programs) == 2 and programs[0] == programs[1]


def test_jax_keeps_nothing_of_the_names_of_models():
    """A process that trains one model after the other: 22 kB of each stayed in JAX's caches."""

    def remembered():
        modules = [module for name, module in sys.modules.items() if name.startswith("jax._src.")]
        caches = {
            f"{module.__name__}.{name}": value.cache_info()
            for module in modules
            for name, value in vars(module).items()
            if hasattr(value, "cache_info") and not hasattr(value, "cache_keys")  # weak ones
        }
        return {name: info.currsize for name, info in caches.items()}

    def trained():
        layers = [Dense(3), BatchNormalization(), Dense(2, activation="softmax")]
        model = Sequential([Input((4,)), *layers])
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        model.fit(np.ones((4, 4)), np.eye(2)[[0, 1, 0, 1]], epochs=2, verbose=0)
        model.evaluate(np.ones((4, 4)), np.eye(2)[[0, 1, 0, 1]], verbose=0)
        model.train_on_batch(np.ones((4, 4)), np.eye(2)[[0, 1, 0, 1]])
        model.predict(np.ones((4, 4)))
        K.function(model.inputs, model.outputs)([np.ones((4, 4))])

    trained()
    before = remembered()
    assert len(before) > (20 if jax.__version_info__ < (0, 11) else 10)  # there are 14 in 0.12
    for _ in range(3):
        trained()
    assert remembered() == before


def test_the_text_of_a_compiled_program_is_freed():
    """JAX keeps it beside each trace: two thirds of the memory of a small model."""

    def texts():
        gc.collect()
        return sum(isinstance(item, ir.Module) for item in gc.get_objects())

    def trained():
        model = Sequential([Dense(3, input_shape=(4,)), Dense(1)])
        model.compile("adam", "mse")
        model.fit(np.ones((4, 4)), np.ones((4, 1)), epochs=2, verbose=0)
        model.evaluate(np.ones((6, 4)), np.ones((6, 1)), verbose=0)
        model.predict(np.ones((5, 4)))
        return model

    trained()  # with operations that JAX compiles by themselves, and keeps
    before = texts()
    held = trained()
    assert texts() <= before and held.built


def test_the_text_of_a_program_that_another_contains_is_freed_when_it_runs_alone():
    inner = LeafJit(lambda a: a * 3 + 1)
    outer = LeafJit(lambda a: inner(a) + 1)
    gc.collect()
    before = sum(isinstance(item, ir.Module) for item in gc.get_objects())
    assert float(outer(np.float32(1))) == 5 and float(inner(np.float32(1))) == 4
    gc.collect()
    assert sum(isinstance(item, ir.Module) for item in gc.get_objects()) <= before


def test_models_in_a_loop_are_freed_before_there_are_many(monkeypatch):
    class Holder:
        def __init__(self):
            self.itself = self

    gc.disable()
    try:
        alive = Alive(limit=3)
        monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: 0.0))
        for _ in range(20):
            alive.add(Holder())
            assert len(alive.dispatchers) <= 4
        gc.collect()
        held = [Holder() for _ in range(9)]
        for holder in held:
            alive.add(holder)
        assert alive.limit == 18  # it looked when 4 were there, and when 9 were
        times = iter([1.0, 2.0, 3.0])
        monkeypatch.setattr(dispatch, "time", SimpleNamespace(monotonic=lambda: next(times)))
        alive.limit = 3
        alive.add(held[0])
        alive.limit = 3
        alive.add(held[0])  # the last look took a second: the next may be 20 later
        assert alive.rests_until == 22.0 and alive.limit == 3
    finally:
        gc.enable()


HUNDRED = """
import numpy as np
from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Input
from jaxcnn.models import Sequential

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4 / 1024

x, y = np.ones((64, 8), "float32"), np.ones((64, 1), "float32")
for number in range(105):
    if number == 5:
        before = resident()
    model = Sequential([Dense(16, input_shape=(8,)), Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=1, verbose=0)
    model.predict(x)
print(resident() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_hundred_models_leave_next_to_nothing(tmp_path):
    ours = {name: value for name, value in os.environ.items() if name[:3] not in ("JAX", "XLA")}
    environment = {**ours, "JAX_PLATFORMS": "cpu", "JAXCNN_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", HUNDRED], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) < 20  # MiB
