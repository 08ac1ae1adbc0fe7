"""fit(checkpoint_dir=...): a run that was killed goes on and ends with the same bits as one that
never was.
"""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.callbacks import Callback, EarlyStopping
from jaxcnn.callbacks.base import ProgressWatcher
from jaxcnn.layers import Dense, Dropout
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD, Adam
from jaxcnn.training.checkpoint import Checkpoints, abstract
from jaxcnn.training.structure import Structure, difference

# Run here for the uninterrupted training, and with a plan to die as a program of its own.
PROGRAM = """
import json, os, signal, sys
import numpy as np
import jaxcnn as jc
from jaxcnn.callbacks import Callback, EarlyStopping, ReduceLROnPlateau
from jaxcnn.callbacks.base import ProgressWatcher
from jaxcnn.layers import BatchNormalization, Dense, Dropout
from jaxcnn.layers.naming import reset_names
from jaxcnn.training import dispatch


class DieInBatch(Callback):
    def __init__(self, at):
        self.left = at

    def on_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DieInChunk(ProgressWatcher):
    def __init__(self, at):
        self.left = at

    def update(self, seen, logs_fn):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DieBetweenEpochs(Callback):
    def __init__(self, at):
        self.left = at

    def on_epoch_begin(self, epoch, logs=None):
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def train(callbacks, folder=None, **options):
    reset_names()
    dispatch.CHUNK_STEPS = 2
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(22, 4)).astype("float32"), rng.normal(size=(22, 1)).astype("float32")
    layers = [Dense(5, input_shape=(4,)), BatchNormalization(), Dropout(0.3), Dense(1)]
    model = jc.Sequential(layers)
    model.compile(jc.optimizers.SGD(0.01, momentum=0.9), "mse")
    plateau = ReduceLROnPlateau("loss", factor=0.5, patience=0, epsilon=0.5)
    history = model.fit(x, y, batch_size=4, epochs=4, verbose=0, validation_split=0.1,
                        callbacks=[plateau, *callbacks], checkpoint_dir=folder,
                        checkpoint_every=2 if folder else None, **options)
    return model, history


if __name__ == "__main__":
    plan, at, folder = sys.argv[1:4]
    train([globals()[plan](int(at))], folder)
"""


def run_and_die(plan, at, folder, tmp_path):
    """Train in a process of its own that is killed, kill -9, at the planned moment."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]),
    }
    found = subprocess.run(
        [sys.executable, program, plan, str(at), folder], env=environment, capture_output=True
    )
    assert found.returncode == -signal.SIGKILL, found.stderr.decode()


@pytest.fixture
def train(monkeypatch):
    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", 2)
    names = {"__name__": "program"}
    exec(PROGRAM, names)
    return names["train"]


class Begun(ProgressWatcher):
    """Notes where training began: (epoch, samples of it seen after the first call)."""

    def __init__(self):
        self.epoch, self.at = None, None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def update(self, seen, logs_fn):
        self.at = self.at or (self.epoch, seen)


class BegunByBatches(Begun):
    def on_batch_end(self, batch, logs=None):
        pass


def assert_same(first, second):
    (model, history), (other, other_history) = first, second
    assert history.history == other_history.history and history.epoch == other_history.epoch
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(a, b)
    for (_, a), (_, b) in zip(model.optimizer_arrays(), other.optimizer_arrays(), strict=True):
        assert np.array_equal(a, b)
    assert model.optimizer.lr == other.optimizer.lr


def test_a_process_killed_in_the_middle_of_chunks_and_between_epochs(train, tmp_path):
    folder = tmp_path / "run"
    run_and_die("DieInChunk", 5, folder, tmp_path)
    run_and_die("DieBetweenEpochs", 1, folder, tmp_path)
    begun = Begun()
    resumed = train([begun], folder)
    assert_same(resumed, train([]))
    assert begun.at > (0, 8)  # two calls of at most two batches of 4 had been saved
    assert resumed[1].epoch == list(range(4)) and len(resumed[1].history["lr"]) == 4
    json.dumps(resumed[1].history)


def test_a_process_killed_between_batches(train, tmp_path):
    folder = tmp_path / "run"
    run_and_die("DieInBatch", 13, folder, tmp_path)
    begun = BegunByBatches()
    assert_same(train([begun], folder), train([]))
    assert begun.at in [(2, 4), (2, 12)]  # the last save may not have been finished


class Fault(Exception):
    pass


class Raise(ProgressWatcher):
    """Raises at the given moment, counted in calls of its hooks."""

    def __init__(self, at):
        self.left = at

    def update(self, seen, logs_fn):
        self.left -= 1
        if self.left == 0:
            raise Fault

    def on_epoch_end(self, epoch, logs=None):
        self.update(0, None)


@pytest.mark.parametrize("moments", [[1], [3, 2, 1], [6]])
def test_a_run_that_failed_goes_on(train, tmp_path, moments):
    for at in moments:
        with pytest.raises(Fault):
            train([Raise(at)], tmp_path / "run")
    assert_same(train([], tmp_path / "run"), train([]))


def test_a_finished_run_is_continued_where_that_is_asked_for(train, tmp_path):
    first = train([], tmp_path)
    again = train([Raise(1)], tmp_path, resume=True)
    assert_same(first, again)


def test_more_epochs_go_on_where_the_others_ended(tmp_path):
    x, y = np.random.default_rng(0).normal(size=(2, 12, 4)).astype("float32")

    def run(epochs, folder):
        reset_names()
        model = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5), Dense(4)])
        model.compile(SGD(0.1, momentum=0.9), "mse")
        resume = True if folder else "auto"
        history = model.fit(x, y, 4, epochs, 0, checkpoint_dir=folder, resume=resume)
        return model, history

    run(2, tmp_path)
    assert_same(run(4, tmp_path), run(4, None))


def stopping(folder, at=None):
    reset_names()
    x, y = np.random.default_rng(0).normal(size=(2, 12, 4)).astype("float32")
    model = Sequential([Dense(3, input_shape=(4,)), Dense(4)])
    model.compile(SGD(0.0), "mse")
    callbacks = [EarlyStopping("loss", patience=2), *([Raise(at)] if at else [])]
    return model, model.fit(
        x, y, batch_size=4, epochs=50, verbose=0, callbacks=callbacks, checkpoint_dir=folder
    )


def test_early_stopping_counts_on_and_a_run_that_was_stopped_stays_so(tmp_path):
    whole = stopping(None)
    with pytest.raises(Fault):
        stopping(tmp_path, at=6)
    resumed = stopping(tmp_path)
    assert_same(resumed, whole)
    assert 2 < len(whole[1].epoch) < 10
    assert_same(stopping(tmp_path), whole)


def test_numbers_of_the_optimizer_are_restored_exactly(tmp_path):
    def run(callbacks, epochs):
        model = Sequential([Dense(1, input_shape=(4,), name="d")])
        model.compile(Adam(0.1), "mse")
        model.fit(
            np.ones((4, 4)),
            np.ones(4),
            epochs=epochs,
            verbose=0,
            callbacks=callbacks,
            checkpoint_dir=tmp_path,
            resume=True,
        )
        return model

    class Lower(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.lr = 0.1 / 3

    run([Lower()], 1)
    model = run([], 1)
    assert model.optimizer.lr == 0.1 / 3 and model.opt_state.hyper["lr"] == np.float32(0.1 / 3)


def test_averaged_weights_go_on(tmp_path):
    def run(callbacks, folder=None):
        reset_names()
        x = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
        model = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5), Dense(1)])
        model.compile(Adam(0.1, ema=0.9), "mse")
        history = model.fit(x, x[:, 0], 4, 5, verbose=0, callbacks=callbacks, checkpoint_dir=folder)
        with model.averaged():
            return (model, history), model.get_weights()

    whole, averages = run([])
    with pytest.raises(Fault):
        run([Raise(2)], tmp_path)
    resumed, again = run([], tmp_path)
    assert_same(resumed, whole)
    assert all(np.array_equal(a, b) for a, b in zip(averages, again, strict=True))


# -- what cannot be resumed ------------------------------------------------------------------------


def small(units, optimizer="adam", folder=None, resume="auto"):
    reset_names()
    model = Sequential([Dense(units, input_shape=(4,)), Dense(1)])
    model.compile(optimizer, "mse")
    before = model.get_weights()
    model.fit(
        np.ones((4, 4)), np.ones(4), epochs=1, verbose=0, checkpoint_dir=folder, resume=resume
    )
    return before, model


@pytest.mark.parametrize(
    ("units", "optimizer", "difference"),
    [
        (
            5,
            "adam",
            r"saved: dense_1: kernel float32\[4, 3\], bias float32\[3\]\n"
            r"  saved: dense_2: .*\n"
            r"  here:  dense_1: kernel float32\[4, 5\]",
        ),
        (3, "sgd", r"opt_state/slots/m/0/kernel: saved float32\[4, 3\], here nothing"),
    ],
)
def test_a_folder_of_another_model_or_optimizer(tmp_path, units, optimizer, difference):
    small(3, "adam", tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(
        ValueError,
        match=f"(?s)step 1 in .* does not belong to this model.*{difference}.*another folder",
    ):
        small(units, optimizer, tmp_path, resume=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    small(3, "adam", tmp_path, resume=True)


def test_a_folder_that_cannot_be_written_is_reported_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        small(3, folder=tmp_path / "file" / "run")
    with pytest.raises(OSError):
        small(3, folder=tmp_path / "file")


def test_a_folder_without_permission_is_reported_at_once(tmp_path, monkeypatch):
    def refuse(dir):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(
        OSError, match=r"The checkpoint folder cannot be written \(Read-only file system\)"
    ):
        small(3, folder=tmp_path / "run")


@pytest.mark.parametrize("free", [[100], [10**6, 100]], ids=["at the beginning", "later"])
def test_a_full_disk_is_reported_at_once(tmp_path, monkeypatch, free):
    monkeypatch.setattr(
        "shutil.disk_usage", lambda path: SimpleNamespace(free=free.pop(0) if free else 100)
    )
    with pytest.raises(
        OSError, match=r"disk of the checkpoint folder is full: a checkpoint takes 0.0 MiB, and 0.0"
    ):
        small(3, folder=tmp_path / "run")


def test_checkpoints_do_not_change_the_result_and_old_ones_are_removed(train, tmp_path):
    assert_same(train([], tmp_path), train([]))
    assert len([path for path in tmp_path.iterdir() if path.name.isdigit()]) == 2


def test_nothing_is_asked_of_tensorstore_that_it_never_frees(train, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "tensorstore.experimental_collect_matching_metrics", lambda m: asked.append(m) or []
    )
    train([], tmp_path)
    assert list(tmp_path.iterdir()) and asked == []


def test_only_the_loop_asks_whether_to_leave(train, tmp_path, monkeypatch):
    from jax.experimental import multihost_utils

    asked = []
    monkeypatch.setattr(multihost_utils, "reached_preemption_sync_point", asked.append)
    train([], tmp_path)
    assert len(list(tmp_path.iterdir())) and not asked


def test_a_relative_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small(3, folder="runs/first")
    assert (tmp_path / "runs" / "first").is_dir()


# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [0, -1, 1.0, "2"])
def test_a_checkpoint_every_so_many_updates(every, tmp_path):
    with pytest.raises(ValueError, match=f"`checkpoint_every` is {every!r}; it must be a positive"):
        Checkpoints(tmp_path, every)
    assert list(tmp_path.iterdir()) == []


def test_what_differs_between_two_structures():
    one = Structure(
        [["a", "kernel"], ["b", "kernel"]], ["float32[2, 3]", "float32[3, 1]"], ["loss"]
    )
    same = Structure([["x", "kernel"], ["y", "kernel"]], one.shapes, ["loss"])
    other = Structure([["a", "kernel"], ["b", "kernel"]], ["float32[2, 3]", "float32[4, 1]"], [])
    layout = {"params/0/kernel": "float32[2, 3]"}
    assert difference(one, layout, same, layout) is None
    expected = "  saved: b: kernel float32[3, 1]\n  here:  b: kernel float32[4, 1]"
    assert difference(one, layout, other, {}) == expected
    assert (
        difference(one, layout, same, {}) == "  params/0/kernel: saved float32[2, 3], here nothing"
    )


def test_an_array_like_the_saved_one():
    array = jnp.zeros((2, 3), jnp.bfloat16)
    like = abstract(array)
    assert (like.shape, like.dtype, like.sharding) == ((2, 3), jnp.bfloat16, array.sharding)
