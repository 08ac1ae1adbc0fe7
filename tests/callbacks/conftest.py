"""Stand-ins for a model and the training loop, with which callbacks are driven by hand."""

import numpy as np
import pytest

from jaxcnn import callbacks as cb


class FakeOptimizer:
    def __init__(self, lr=0.1):
        self.lr = lr


class FakeModel:
    """Counts its epochs as weights and writes down what is saved."""

    def __init__(self):
        self.stop_training = False
        self.optimizer = FakeOptimizer()
        self.weights = [np.zeros(2)]
        self.saved = []

    def get_weights(self):
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights):
        self.weights = [weight.copy() for weight in weights]

    def save(self, path, overwrite=False):
        assert overwrite
        self.saved.append(("model", path))

    def save_weights(self, path, overwrite=False):
        assert overwrite
        self.saved.append(("weights", path))


@pytest.fixture
def model():
    return FakeModel()


@pytest.fixture
def fit(model):
    """A loop over two batches an epoch. `fit(...)` returns the History; `fit.rates` has the rates
    used.
    """

    def run(
        callbacks,
        epoch_logs,
        metrics=("loss",),
        do_validation=False,
        verbose=0,
        initial_epoch=0,
        states=None,
    ):
        params = {"epochs": len(epoch_logs), "samples": 6, "batch_size": 3, "verbose": verbose}
        params |= {"metrics": list(metrics), "do_validation": do_validation}
        listing = cb.CallbackList(callbacks, model, params)
        model.stop_training = False
        listing.on_train_begin()
        if states is not None:
            listing.set_state(states[0])
            listing.set_arrays(states[1])
        run.rates = []
        for epoch, logs in enumerate(epoch_logs, initial_epoch):
            listing.on_epoch_begin(epoch)
            run.rates.append(model.optimizer.lr)
            running = {name: value for name, value in logs.items() if not name.startswith("val_")}
            for batch in range(2):
                if listing.needs_batches:
                    listing.on_batch_begin(batch, {"batch": batch, "size": 3})
                    listing.on_batch_end(batch, {"batch": batch, "size": 3, **running})
                listing.update(3 * (batch + 1), lambda running=running: running)
            model.weights = [weight + 1 for weight in model.weights]
            listing.on_epoch_end(epoch, dict(logs))
            if model.stop_training:
                break
        run.states = listing.get_state(), listing.get_arrays()
        listing.on_train_end()
        return listing.history

    return run
