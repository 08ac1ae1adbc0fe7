"""A fit that fails or is interrupted leaves the weights of the last finished call, and the model
goes on working.
"""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.callbacks import Callback
from jaxcnn.callbacks.base import ProgressWatcher
from jaxcnn.layers import Activation, Dense, Input, Lambda
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.training import NonFiniteLossError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4)).astype("float32")
Y = RNG.normal(size=(24, 1)).astype("float32")


def network():
    reset_names()
    model = Sequential([Dense(5, activation="tanh", input_shape=(4,)), Dense(1)])
    model.compile(SGD(0.1, momentum=0.9), "mse")
    return model


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def after(steps):
    """The weights that a network has after so many steps of batches of 4, by the slow way of
    train_on_batch.
    """
    model = network()

    class Stop(Callback):
        def on_batch_end(self, batch, logs=None):
            self.model.stop_training = int(self.model.opt_state.count) == steps

    model.fit(X, Y, batch_size=4, epochs=100, verbose=0, callbacks=[Stop()])
    return model.get_weights()


def check_usable(model):
    assert model.predict(X).shape == (24, 1)
    count = int(model.opt_state.count) if model.opt_state is not None else 0
    model.fit(X, Y, epochs=1, batch_size=4, verbose=0)
    assert int(model.opt_state.count) == count + 6


class Fault(Exception):
    pass


HOOKS = [
    "on_train_begin",
    "on_epoch_begin",
    "on_batch_begin",
    "on_batch_end",
    "on_epoch_end",
    "on_train_end",
]


@pytest.mark.parametrize("error", [Fault, KeyboardInterrupt])
@pytest.mark.parametrize("hook", HOOKS)
def test_an_error_in_a_callback(hook, error):
    """Raised the third time where there is one, else at once."""
    calls, seen = [], []

    def fail(self, *arguments):
        calls.append(hook)
        if len(calls) == 3 or "train" in hook:
            seen.extend(self.model.get_weights())
            raise error("on purpose")

    model = network()
    faulty = type("Faulty", (Callback,), {hook: fail})()
    with pytest.raises(error, match="on purpose"):
        model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[faulty])
    done = {
        "on_train_begin": 0,
        "on_epoch_begin": 12,
        "on_batch_begin": 2,
        "on_batch_end": 3,
        "on_epoch_end": 18,
        "on_train_end": 18,
    }[hook]
    assert equal(model.get_weights(), seen)
    assert equal(model.get_weights(), after(done) if done else network().get_weights())
    assert done == (int(model.opt_state.count) if model.opt_state is not None else 0)
    check_usable(model)


@pytest.mark.parametrize("error", [Fault, KeyboardInterrupt])
def test_an_error_between_chunks(error, monkeypatch):
    class Faulty(ProgressWatcher):
        def update(self, seen, logs_fn):
            if seen >= 16:
                raise error("on purpose")

    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", 2)
    model = network()
    with pytest.raises(error, match="on purpose"):
        model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[Faulty()])
    count = int(model.opt_state.count)
    assert 4 <= count <= 5 and equal(model.get_weights(), after(count))
    check_usable(model)


@pytest.mark.parametrize("hook", ["on_batch_end", "on_epoch_end"])
def test_ctrl_c_waits_for_the_end_of_the_step(hook, capsys):
    calls = []

    def interrupt(self, index, logs=None):
        calls.append(index)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    model = network()
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            X,
            Y,
            batch_size=4,
            epochs=9,
            verbose=0,
            callbacks=[type("Press", (Callback,), {hook: interrupt})()],
        )
    assert signal.getsignal(signal.SIGINT) is before
    assert re.search(r"Interrupted in epoch \d after \d+ of its steps", capsys.readouterr().out)
    count = int(model.opt_state.count)
    assert count == 2 if hook == "on_batch_end" else 12 <= count < 20
    assert equal(model.get_weights(), after(count))
    check_usable(model)


def test_a_second_ctrl_c_does_not_wait():
    def interrupt(self, batch, logs=None):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("not reached")

    model = network()
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            X,
            Y,
            epochs=1,
            verbose=0,
            callbacks=[type("Press", (Callback,), {"on_batch_end": interrupt})()],
        )
    check_usable(model)


def test_fit_works_outside_the_main_thread():
    model, failed = network(), []

    def work():
        try:
            with jax.numpy_dtype_promotion("strict"):
                model.fit(X, Y, epochs=1, batch_size=4, verbose=0)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not failed and equal(model.get_weights(), after(6))


PROGRAM = """
import signal
import numpy as np
import jaxcnn as jc
from jaxcnn.callbacks import Callback, LambdaCallback
from jaxcnn.layers import BatchNormalization, Dense
from jaxcnn.layers.naming import reset_names

signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(0)
x, y = rng.normal(size=(24, 4)).astype("float32"), rng.normal(size=(24, 1)).astype("float32")

def network():
    reset_names()
    first = Dense(5, activation="tanh", input_shape=(4,))
    model = jc.Sequential([first, BatchNormalization(), Dense(1)])
    model.compile("adam", "mse")
    return model

model = network()
try:
    def tell(epoch, logs):
        if epoch == 3:
            print("ready", flush=True)

    model.fit(x, y, batch_size=4, epochs=10**7, verbose=0,
              callbacks=[LambdaCallback(on_epoch_end=tell)])
except KeyboardInterrupt:
    pass
count = int(model.opt_state.count)
assert count >= 24, count

class Stop(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        state = self.model.opt_state
        self.model.stop_training = int(state.count if state else 0) == count // 6 * 6

    def on_batch_end(self, batch, logs=None):
        self.model.stop_training = int(self.model.opt_state.count) == count

if count < 20000:
    again = network()
    again.fit(x, y, batch_size=4, epochs=count // 6, verbose=0)
    if count % 6:
        again.fit(x, y, batch_size=4, verbose=0, callbacks=[Stop()])
    assert int(again.opt_state.count) == count
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights()))
assert np.all(np.isfinite(model.predict(x)))
model.fit(x, y, batch_size=4, epochs=1, verbose=0)
print("usable", int(model.opt_state.count) - count, flush=True)
"""


def test_ctrl_c_on_a_real_process():
    root = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert re.fullmatch(r"\nInterrupted in epoch \d+ after \d+ of its steps: .*\nusable 6\n", out)


# -- the device fails ------------------------------------------------------------------------------


DEVICE_ERRORS = (RuntimeError, ValueError)  # the second when the call was not asynchronous


def failing_at(step):
    """A network whose compiled step raises at update number `step`, counted from 0."""
    calls = []

    def check(value):
        calls.append(1)
        if len(calls) == step + 1:
            raise Fault("on purpose")
        return value

    def loss(y_true, y_pred):
        error = jnp.mean(jnp.square(y_true - y_pred), axis=-1)
        checked = jax.pure_callback(
            check, jax.ShapeDtypeStruct((), jnp.float32), jax.lax.stop_gradient(jnp.sum(error))
        )
        return error + 0.0 * checked

    model = network()
    model.compile(SGD(0.1, momentum=0.9), loss)
    return model


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("hook", [False, True])
@pytest.mark.parametrize("chunk", [1, 3])
def test_an_error_inside_the_compiled_step_leaves_the_last_commit(monkeypatch, hook, chunk):
    monkeypatch.setattr("jaxcnn.training.session.COMMIT_SECONDS", 0.0)
    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", chunk)
    model = failing_at(8)
    callbacks = (
        [type("Hook", (Callback,), {"on_batch_end": lambda self, batch, logs=None: None})()]
        if hook
        else None
    )
    with pytest.raises(DEVICE_ERRORS, match="on purpose"):
        model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=callbacks)
    count = int(model.opt_state.count)
    assert count == 8 if chunk == 1 or hook else 6 <= count <= 8
    assert equal(model.get_weights(), after(count))
    check_usable(model)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_first_compiled_step_leaves_the_weights():
    model = failing_at(0)
    before = model.get_weights()
    with pytest.raises(DEVICE_ERRORS, match="on purpose"):
        model.fit(X, Y, epochs=1, batch_size=4, verbose=0)
    assert equal(before, model.get_weights())
    check_usable(model)


def test_a_loss_that_cannot_be_traced_leaves_the_weights():
    model = network()
    model.compile("sgd", lambda y_true, y_pred: jnp.dot(y_true, y_pred))
    before = model.get_weights()
    with pytest.raises(TypeError):
        model.fit(X, Y, epochs=1, verbose=0)
    model.compile("sgd", "mse")
    assert equal(before, model.get_weights())
    check_usable(model)


# -- not a number ----------------------------------------------------------------------------------


def with_bad_row(row, value=np.nan):
    x = X.copy()
    x[row, 2] = value
    return x


def test_a_loss_that_is_not_a_number_is_remarked():
    with pytest.warns(RuntimeWarning, match=r"loss of epoch 1 is nan; fit\(nan='raise'\)"):
        network().fit(with_bad_row(3), Y, epochs=1, verbose=0)
    network().fit(with_bad_row(3), Y, epochs=1, verbose=0, nan="ignore")


@pytest.mark.parametrize("hook", [False, True])
@pytest.mark.parametrize("chunk", [1, 4])
def test_training_stops_before_the_step_that_would_spoil_the_weights(monkeypatch, hook, chunk):
    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", chunk)
    callbacks = (
        [type("Hook", (Callback,), {"on_batch_end": lambda self, batch, logs=None: None})()]
        if hook
        else None
    )
    model, clean = network(), network()
    clean.fit(X[:12], Y[:12], epochs=1, batch_size=4, shuffle=False, verbose=0)
    with pytest.raises(NonFiniteLossError) as caught:
        model.fit(
            with_bad_row(13),
            Y,
            epochs=1,
            batch_size=4,
            shuffle=False,
            verbose=0,
            nan="raise",
            callbacks=callbacks,
        )
    assert (
        "at step 3 (step 4 of its epoch): the input 'dense_1_input' holds values that are not "
        "finite" in str(caught.value)
    )
    assert all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(clean.get_weights(), model.get_weights(), strict=True)
    )
    assert int(model.opt_state.count) == 3
    check_usable(model)


class EachBatch(Callback):
    def on_batch_end(self, batch, logs=None):
        pass


def without(rows, model, epochs=1):
    """Train on X, Y in order in batches of 4, but not on those that begin with `rows`."""
    kept = np.concatenate(
        [np.arange(start, start + 4) for start in range(0, 24, 4) if start not in rows]
    )
    return model.fit(
        X[kept], Y[kept], batch_size=4, shuffle=False, verbose=0, epochs=epochs
    ).history


@pytest.mark.parametrize("callbacks", [[], [EachBatch()]], ids=["chunks", "batches"])
def test_a_bad_step_is_skipped(callbacks):
    x = with_bad_row(13)
    x[5] = np.inf
    model, clean = network(), network()
    with pytest.warns(RuntimeWarning, match="not finite at 2 steps of epoch 1; they were skipped"):
        history = model.fit(
            x, Y, batch_size=4, epochs=1, shuffle=False, verbose=0, nan="skip", callbacks=callbacks
        ).history
    expected = without({4, 12}, clean)
    assert history["skipped"] == [2]
    assert history["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    assert all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(clean.get_weights(), model.get_weights(), strict=True)
    )
    assert model.program.step == 6 and int(model.opt_state.count) == 4
    history = model.fit(X, Y, batch_size=4, epochs=1, verbose=0, nan="skip").history
    assert history["skipped"] == [0]


@pytest.mark.parametrize("callbacks", [[], [EachBatch()]], ids=["chunks", "batches"])
@pytest.mark.parametrize("chunk", [2, 8])
def test_after_a_bad_step_the_last_checkpoint_goes_on_behind_it(
    monkeypatch, tmp_path, chunk, callbacks
):
    monkeypatch.setattr("jaxcnn.training.dispatch.CHUNK_STEPS", chunk)
    x = with_bad_row(13)
    x[21] = np.inf
    model, clean = network(), network()
    how = {
        "batch_size": 4,
        "shuffle": False,
        "verbose": 0,
        "nan": "rollback",
        "callbacks": callbacks,
    }
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        history = model.fit(x, Y, epochs=1, checkpoint_dir=tmp_path, **how).history
    messages = [str(warning.message) for warning in found]
    told = [message for message in messages if "back to the weights" in message]
    assert not any("were skipped" in message for message in messages)
    assert (
        len(told) == 2
        and "at step 3 (step 4 of its epoch)" in told[0]
        and "checkpoint of step 0" in told[1]
    )
    # From the beginning with batch 5 of 6; bad again at the last one, so back to the beginning once
    # more.
    assert equal(model.get_weights(), clean.get_weights()) and history["skipped"] == [2]
    assert np.isfinite(history["loss"][0]) and model.program.step == 6
    model.fit(X, Y, epochs=2, initial_epoch=1, checkpoint_dir=tmp_path, **how)
    without(set(), clean)
    assert all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(clean.get_weights(), model.get_weights(), strict=True)
    )


@pytest.mark.parametrize(("nan", "first"), [("rollback", 0), ("raise", 3)])
def test_only_a_rollback_needs_a_checkpoint_of_the_beginning(tmp_path, nan, first):
    how = {"batch_size": 8, "verbose": 0, "nan": nan}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network().fit(X[:24], Y[:24], epochs=1, checkpoint_dir=tmp_path, **how)
    assert min(int(path.name) for path in tmp_path.iterdir() if path.name.isdigit()) == first


def test_a_rollback_needs_checkpoints():
    with pytest.raises(ValueError, match='nan="rollback" goes back to a checkpoint; say where'):
        network().fit(X, Y, verbose=0, nan="rollback")
    with pytest.raises(ValueError, match='"warn", "ignore", "raise", "skip" or "rollback"'):
        network().fit(X, Y, verbose=0, nan="stop")


def diagnosis(model, x=X, y=Y):
    model.compile(SGD(0.1), "mse")
    before = model.get_weights()
    with pytest.raises(NonFiniteLossError) as caught:
        model.fit(x, y, batch_size=7, epochs=2, verbose=0, nan="raise")
    assert all(np.all(np.isfinite(w)) for w in model.get_weights())
    return str(caught.value), before


def test_the_layer_where_it_first_appears_is_named():
    inner = Sequential(
        [Dense(3, input_shape=(4,)), Lambda(lambda x: jnp.log(x - 100.0), name="log"), Dense(1)]
    )
    for model in (inner, Sequential([inner, Activation("tanh")])):
        text, before = diagnosis(model)
        assert (
            "step 0 (step 1 of its epoch): it first appears in the output of layer 'log' (Lambda)"
            in text
        )
        assert equal(before, model.get_weights())


def test_a_target_or_a_weight_may_be_at_fault():
    reset_names()
    text, _ = diagnosis(
        Sequential([Dense(1, input_shape=(4,))]),
        y=np.where(np.arange(24)[:, None] == 20, np.inf, Y),
    )
    assert "the target 'dense_1' holds values that are not finite" in text
    model = Sequential([Dense(1, input_shape=(4,), name="spoiled")])
    model.set_weights([np.full((4, 1), 1e38), np.zeros(1)])
    model.compile("sgd", "mse")
    with pytest.raises(NonFiniteLossError, match=r"loss or in its gradient|'spoiled'"):
        model.fit(X, Y, epochs=1, verbose=0, nan="raise")


def test_a_gradient_alone_may_be_at_fault():
    x = Input((4,))
    root = Lambda(lambda v: jnp.sqrt(v * 0.0))(Dense(2)(x))
    model = Model(x, Dense(1)(root))
    text, before = diagnosis(model)
    assert "all layers give finite outputs; it appears in the loss or in its gradient" in text
    assert equal(before, model.get_weights())
