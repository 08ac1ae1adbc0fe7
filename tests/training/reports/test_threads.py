"""What users saw who read a model from other threads while it was being trained."""

import threading
import time

import numpy as np
import pytest

from jaxcnn.callbacks.base import ProgressWatcher
from jaxcnn.layers import Dense
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 64, 4)).astype("float32")


def network():
    reset_names()
    model = Sequential([Dense(4, input_shape=(4,)), Dense(4)])
    model.compile("adam", "mse")
    return model


class Trained(ProgressWatcher):
    """Ends training after so many seconds."""

    def __init__(self, seconds):
        self.until = time.monotonic() + seconds

    def update(self, seen, logs_fn):
        pass

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = time.monotonic() > self.until


def read_while_training(seconds, readers):
    """(the trained model, its epochs, calls of the readers, their errors)."""
    model, calls, errors = network(), [], []
    ended = threading.Event()
    model.predict(X[:4]), model.evaluate(X, Y, verbose=0)

    def read(reader):
        while not ended.is_set():
            try:
                reader(model)
                calls.append(reader)
            except Exception as error:
                errors.append(repr(error)[:200])

    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    history = model.fit(X, Y, 8, 10**6, verbose=0, callbacks=[Trained(seconds)])
    ended.set()
    for thread in threads:
        thread.join()
    return model, len(history.epoch), calls, errors


def check(seconds, tmp_path):
    readers = [
        lambda model: model.predict(X[:4]),
        lambda model: model.evaluate(X, Y, verbose=0),
        lambda model: model.get_weights(),
        lambda model: model.save(tmp_path / "m.h5"),
    ]
    model, epochs, calls, errors = read_while_training(seconds, readers)
    assert errors == [] and all(reader in calls for reader in readers)
    alone = network()
    alone.fit(X, Y, 8, epochs, verbose=0)
    for a, b in zip(model.get_weights(), alone.get_weights(), strict=True):
        assert np.array_equal(a, b)
    return epochs, len(calls)


def test_readers_beside_a_fit_never_fail_and_change_nothing(tmp_path):
    check(1.0, tmp_path)


@pytest.mark.slow
def test_a_minute_of_readers_beside_a_fit(tmp_path):
    print(check(60.0, tmp_path))
