"""A model with the running averages of its weights."""

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import BatchNormalization, Dense

X = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
Y = X @ np.ones((5, 1), "float32")


def network(**options):
    model = jc.Sequential([Dense(4, input_shape=(5,)), BatchNormalization(), Dense(1)])
    model.layers[0].trainable = False
    model.compile(jc.optimizers.SGD(lr=0.1, **options), "mse")
    return model


def test_averages_are_in_the_model_only_within_the_block():
    model = network(ema=0.9)
    weights = {name: [] for name in ("kernel", "average")}
    expected = np.asarray(model.layers[2].get_weights()[0])
    for _ in range(5):
        model.train_on_batch(X, Y)
        weights["kernel"].append(model.layers[2].get_weights()[0])
        expected = 0.9 * expected + 0.1 * weights["kernel"][-1]
    frozen = model.layers[0].get_weights()[0]
    with model.averaged():
        np.testing.assert_allclose(model.layers[2].get_weights()[0], expected, rtol=1e-5)
        np.testing.assert_array_equal(model.layers[0].get_weights()[0], frozen)
        averaged = model.evaluate(X, Y, verbose=0)
    np.testing.assert_array_equal(model.layers[2].get_weights()[0], weights["kernel"][-1])
    assert averaged != model.evaluate(X, Y, verbose=0)
    model.fit(X, Y, epochs=1, verbose=0)  # goes on with the trained weights


def test_without_averages():
    model = network()
    model.train_on_batch(X, Y)
    with (
        pytest.raises(
            ValueError, match=r"has no averaged weights: compile it with .*Adam\(ema=0.999\)"
        ),
        model.averaged(),
    ):
        pass
