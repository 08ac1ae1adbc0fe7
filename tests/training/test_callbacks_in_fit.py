"""What callbacks may do while fit runs: read, predict, set weights and rates, stop, train other
models.
"""

import itertools

import numpy as np
import pytest

from jaxcnn.callbacks import (
    Callback,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ReduceLROnPlateau,
)
from jaxcnn.layers import BatchNormalization, Dense
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD, Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 4)).astype("float32")
Y = RNG.normal(size=(20, 1)).astype("float32")


def network(optimizer="sgd", **options):
    reset_names()
    model = Sequential(
        [Dense(5, activation="tanh", input_shape=(4,)), BatchNormalization(), Dense(1)]
    )
    model.compile(optimizer, "mse", **options)
    return model


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


class Reader(Callback):
    """Reads the model in every way, at every moment."""

    def __init__(self, by_batch):
        self.weights, self.losses = [], []
        if by_batch:
            self.on_batch_end = self.read

    def read(self, epoch, logs=None):
        self.weights.append(self.model.get_weights())
        self.losses.append(self.model.evaluate(X, Y, verbose=0))
        self.model.predict(X[:3])
        _ = self.model.opt_state, self.model.layers[0].kernel, self.model.variables

    on_epoch_end = read


@pytest.mark.parametrize("by_batch", [False, True])
def test_reading_changes_nothing_and_sees_the_newest_weights(by_batch):
    plain, watched = network("adam"), network("adam")
    plain.fit(X, Y, batch_size=8, epochs=3, verbose=0)
    reader = Reader(by_batch)
    watched.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[reader])
    assert equal(plain.get_weights(), watched.get_weights()) and equal(
        reader.weights[-1], watched.get_weights()
    )
    assert len({w[0].tobytes() for w in reader.weights}) == (9 if by_batch else 3)
    assert reader.losses[-1] == watched.evaluate(X, Y, verbose=0)


def test_weights_set_by_a_callback_are_trained_on():
    start = [w + 1 for w in network().get_weights()]
    expected = network()
    expected.set_weights(start)
    expected.fit(X, Y, batch_size=20, epochs=2, shuffle=False, verbose=0)

    def reset(epoch, logs):
        if epoch == 1:
            model.set_weights(start)

    model = network()
    begin = LambdaCallback(on_epoch_begin=reset)
    model.fit(X, Y, batch_size=20, epochs=3, shuffle=False, verbose=0, callbacks=[begin])
    assert all(
        np.allclose(a, b, atol=1e-6)
        for a, b in zip(expected.get_weights(), model.get_weights(), strict=True)
    )


def test_weights_of_one_layer_set_in_a_batch_hook():
    model, seen = network(SGD(0.0)), []

    def hook(batch, logs):
        seen.append(model.layers[2].get_weights()[1].item())
        model.layers[2].set_weights([model.layers[2].get_weights()[0], np.array([batch + 1.0])])

    model.fit(
        X, Y, epochs=1, batch_size=8, verbose=0, callbacks=[LambdaCallback(on_batch_end=hook)]
    )
    assert seen == [0.0, 1.0, 2.0] and model.layers[2].get_weights()[1].item() == 3.0


def test_a_rate_set_by_a_callback_counts_from_the_next_step_without_compiling_again():
    model, steps = network(SGD(0.1)), []

    def begin(epoch, logs):
        steps.append(model.get_weights())
        model.optimizer.lr = [0.0, 0.1, 0.0][epoch]

    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[LambdaCallback(on_epoch_begin=begin)])
    steps.append(model.get_weights())
    changed = [not np.array_equal(a[0], b[0]) for a, b in itertools.pairwise(steps)]
    assert changed == [False, True, False]
    dispatcher = model.functions.train.dispatcher
    assert dispatcher.single.compiled_count + dispatcher.many.compiled_count == 1
    assert history.epoch == [0, 1, 2]


def test_schedules_and_plateaus():
    model = network(SGD(0.1))
    schedule = LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    rates = []
    note = LambdaCallback(on_epoch_end=lambda epoch, logs: rates.append(model.optimizer.lr))
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[schedule, note])
    assert rates == pytest.approx([0.1, 0.05, 0.1 / 3])
    model = network(SGD(0.1))
    plateau = ReduceLROnPlateau("loss", factor=0.5, patience=0, epsilon=100.0)
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[plateau])
    assert model.optimizer.lr < 0.1 and history.history["lr"][0] == pytest.approx(0.1)


def test_stopping_at_the_end_of_an_epoch():
    history = network().fit(
        X, Y, epochs=50, verbose=0, callbacks=[EarlyStopping("loss", min_delta=100, patience=2)]
    )
    assert 1 < len(history.epoch) < 6


@pytest.mark.parametrize("by_batch", [False, True])
def test_a_model_that_is_told_to_stop_stops(by_batch):
    class Stop(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.stop_training = not by_batch and epoch == 1

        def on_batch_end(self, batch, logs=None):
            self.model.stop_training = self.model.stop_training or (by_batch and batch == 1)

    model = network()
    history = model.fit(X, Y, batch_size=2, epochs=5, verbose=0, callbacks=[Stop()])
    assert len(history.epoch) == (1 if by_batch else 2)
    assert int(model.opt_state.count) == (2 if by_batch else 11)
    model.fit(X, Y, epochs=1, batch_size=2, verbose=0)
    assert int(model.opt_state.count) == (12 if by_batch else 21)


def test_a_callback_may_train_another_model_that_shares_layers():
    model = network(SGD(0.1))
    other = Sequential([model.layers[0], Dense(2)])
    other.compile(SGD(0.1), "mse")
    seen = []

    class Alternate(Callback):
        def on_epoch_end(self, epoch, logs=None):
            before = model.layers[0].get_weights()
            other.fit(X, np.ones((20, 2)), epochs=1, verbose=0)
            other.train_on_batch(X, np.ones((20, 2)))
            seen.append((before, model.layers[0].get_weights()))

        def on_epoch_begin(self, epoch, logs=None):
            if seen:
                assert equal(model.layers[0].get_weights(), seen[-1][1])

    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[Alternate()])
    assert len(history.epoch) == len(seen) == 3
    assert all(not np.array_equal(before[0], after[0]) for before, after in seen)
    assert equal(model.layers[0].get_weights(), seen[-1][1])
    assert int(model.opt_state.count) == 3 and int(other.opt_state.count) == 6


def test_a_callback_may_compile_for_the_next_fit():
    plain, model = network(), network()
    again = LambdaCallback(on_epoch_end=lambda epoch, logs: model.compile(Adam(), "mae"))
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[again])
    plain.fit(X, Y, batch_size=8, epochs=2, verbose=0)
    assert equal(plain.get_weights(), model.get_weights()) and model.opt_state is None
    model.fit(X, Y, epochs=1, verbose=0)
    assert int(model.opt_state.count) == 1 and not equal(plain.get_weights(), model.get_weights())


def test_the_history_is_at_hand_while_fit_runs():
    model, lengths = network(), []
    note = LambdaCallback(
        on_epoch_begin=lambda epoch, logs: lengths.append(len(model.history.epoch))
    )
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[note])
    assert lengths == [0, 1, 2]


def test_callbacks_are_told_about_the_run():
    seen = {}

    class Note(Callback):
        def on_train_begin(self, logs=None):
            seen.update(self.params, validation=self.validation_data, model=self.model)

        def on_batch_begin(self, batch, logs=None):
            seen.setdefault("sizes", []).append(logs["size"])

    model = network(metrics=["mae"])
    model.fit(
        X, Y, batch_size=8, epochs=1, verbose=0, callbacks=[Note()], validation_data=(X[:3], Y[:3])
    )
    assert (seen["epochs"], seen["batch_size"], seen["samples"], seen["do_validation"]) == (
        1,
        8,
        20,
        True,
    )
    assert seen["metrics"] == ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"]
    assert seen["sizes"] == [8, 8, 4] and seen["model"] is model
    assert np.array_equal(seen["validation"][0], X[:3]) and np.array_equal(
        seen["validation"][1], Y[:3]
    )


def test_what_is_no_callback():
    with pytest.raises(TypeError, match="callbacks must be objects"):
        network().fit(X, Y, epochs=1, callbacks=[print])
