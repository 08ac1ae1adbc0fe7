"""Training as Keras 3 on its JAX backend: the same weights and batches, the same result."""

import keras
import numpy as np
import pytest

from jaxcnn import layers
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD

RNG = np.random.default_rng(0)
PICTURES = RNG.random((32, 10, 10, 1)).astype("float32")
CLASSES = np.eye(3, dtype="float32")[RNG.integers(0, 3, 32)]
STEPS = 20


def cnn(kind, model):
    """A small MNIST CNN without its dropout, whose random numbers are everyone's own."""
    return model(
        [
            kind.Input((10, 10, 1)),
            kind.Conv2D(4, (3, 3), activation="relu"),
            kind.Conv2D(6, (3, 3), activation="relu"),
            kind.MaxPooling2D((2, 2)),
            kind.Flatten(),
            kind.Dense(8, activation="relu"),
            kind.Dense(3, activation="softmax"),
        ]
    )


def with_statistics(kind, model):
    return model(
        [
            kind.Input((10, 10, 1)),
            kind.Conv2D(4, (3, 3), padding="same", use_bias=False),
            kind.BatchNormalization(momentum=0.9),
            kind.Activation("relu"),
            kind.AveragePooling2D((2, 2)),
            kind.Flatten(),
            kind.Dense(3, activation="softmax"),
        ]
    )


def compare(ours, theirs, fit_ours, fit_theirs, tolerance=1e-5):
    theirs.set_weights(ours.get_weights())
    history, their_history = fit_ours(ours), fit_theirs(theirs)
    for a, b in zip(
        ours.get_weights(), [variable.value for variable in theirs.weights], strict=True
    ):
        np.testing.assert_allclose(a, b, atol=tolerance, rtol=tolerance)
    return history, their_history


@pytest.mark.parametrize("make", [cnn, with_statistics])
def test_twenty_steps_of_a_small_cnn(make):
    ours, theirs = make(layers, Sequential), make(keras.layers, keras.Sequential)
    ours.compile(SGD(0.05), "categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy", metrics=["accuracy"])
    options = {"batch_size": 8, "epochs": STEPS // 4, "shuffle": False, "verbose": 0}
    history, their_history = compare(
        ours,
        theirs,
        lambda model: (
            model.fit(PICTURES, CLASSES, validation_data=(PICTURES, CLASSES), **options).history
        ),
        lambda model: (
            model.fit(PICTURES, CLASSES, validation_data=(PICTURES, CLASSES), **options).history
        ),
    )
    assert int(ours.opt_state.count) == STEPS
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        np.testing.assert_allclose(history[name], their_history[name], rtol=1e-4)


def test_momentum_a_short_batch_and_two_losses():
    def make(kind, model):
        x = kind.Input((4,))
        common = kind.Dense(6, activation="tanh")(x)
        a = kind.Dense(3, activation="softmax", name="a")(common)
        return model(x, [a, kind.Dense(1, name="b")(common)])

    x, y = RNG.normal(size=(30, 4)).astype("float32"), RNG.normal(size=(30, 1)).astype("float32")
    ours, theirs = make(layers, Model), make(keras.layers, keras.Model)
    loss, weights = ["categorical_crossentropy", "mean_squared_error"], [1.0, 0.3]
    ours.compile(SGD(0.05, momentum=0.9, nesterov=True), loss, loss_weights=weights)
    theirs.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), loss, loss_weights=weights
    )
    options = {"batch_size": 8, "epochs": 5, "shuffle": False, "verbose": 0}
    history, their_history = compare(
        ours,
        theirs,
        lambda model: model.fit(x, [CLASSES[:30], y], **options).history,
        lambda model: model.fit(x, [CLASSES[:30], y], **options).history,
    )
    np.testing.assert_allclose(history["loss"], their_history["loss"], rtol=1e-4)


def test_penalties():
    def make(kind, model):
        return model(
            [
                kind.Input((4,)),
                kind.Dense(3, kernel_regularizer="l2"),
                kind.Dense(1, kernel_regularizer="l1"),
            ]
        )

    x, y = RNG.normal(size=(16, 4)).astype("float32"), RNG.normal(size=(16, 1)).astype("float32")
    ours, theirs = make(layers, Sequential), make(keras.layers, keras.Sequential)
    ours.compile(SGD(0.1), "mse")
    theirs.compile(keras.optimizers.SGD(0.1), "mse")
    options = {"batch_size": 4, "epochs": 5, "shuffle": False, "verbose": 0}
    history, their_history = compare(
        ours,
        theirs,
        lambda m: m.fit(x, y, **options).history,
        lambda m: m.fit(x, y, **options).history,
    )
    np.testing.assert_allclose(history["loss"], their_history["loss"], rtol=1e-4)
