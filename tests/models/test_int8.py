"""Kernels of eight bits give nearly the same predictions from a quarter of the memory."""

import jax
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import LSTM, BatchNormalization, Conv2D, Dense, Embedding, Flatten, Input
from jaxcnn.models.int8 import Rounded, multiplied_out, rounded

RNG = np.random.default_rng(0)


def test_each_column_is_rounded_to_127_steps():
    kernel = np.array([[1.0, 0.0, -3.0], [-0.5, 0.0, 1.5]], np.float32)
    small = rounded(kernel)
    assert isinstance(small, Rounded) and small.values.dtype == np.int8
    assert small.values.tolist() == [[127, 0, -127], [-64, 0, 64]]
    np.testing.assert_allclose(small.scales, [1 / 127, 1, 3 / 127], rtol=1e-6)
    error = np.abs(multiplied_out({"kernel": small})["kernel"] - kernel)
    assert (error <= np.asarray(small.scales) / 2 + 1e-7).all()
    bias = np.ones(3, np.float32)
    assert rounded(bias) is bias


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Conv2D(8, 3, input_shape=(8, 8, 3)), BatchNormalization(), Flatten(), Dense(5)],
        lambda: [Embedding(30, 8, input_length=6), LSTM(16), Dense(5)],
    ],
)
def test_predictions_are_nearly_the_same(layers):
    model = jc.Sequential(layers())
    shape = model.input_shape[1:]
    x = RNG.random((45, *shape), np.float32) * (30 if len(shape) == 1 else 1)
    small = jc.models.Int8Model(model)
    expected, given = model.predict(x), small.predict(x)
    assert given.shape == expected.shape
    assert np.abs(given - expected).max() <= 0.02 * np.abs(expected).max()
    assert not np.array_equal(given, expected)


def test_the_memory_is_a_quarter():
    model = jc.Sequential([Dense(512, input_shape=(256,)), Dense(256)])
    whole = sum(array.nbytes for array in jax.tree.leaves(model.variables))
    assert jc.models.Int8Model(model).nbytes < 0.27 * whole


def test_several_inputs_and_outputs():
    a, b = Input((3,)), Input((4,))
    both = jc.layers.concatenate([a, b])
    model = jc.Model([a, b], [Dense(2)(both), Dense(1)(both)])
    x = [RNG.random((7, 3), np.float32), RNG.random((7, 4), np.float32)]
    for given, expected in zip(
        jc.models.Int8Model(model, batch_size=4).predict(x), model.predict(x), strict=True
    ):
        np.testing.assert_allclose(given, expected, atol=0.03)
    with pytest.raises(ValueError, match="input"):
        jc.models.Int8Model(jc.Sequential([Dense(2)]))


def test_a_last_batch_that_is_shorter_sees_no_other_rows():
    model = jc.Sequential([jc.layers.Lambda(lambda x: x - x.mean(axis=0), input_shape=(3,))])
    x = RNG.random((6, 3), np.float32)
    given = jc.models.Int8Model(model, batch_size=4).predict(x)
    np.testing.assert_allclose(given[4:], x[4:] - x[4:].mean(0), atol=1e-6)
    with pytest.raises(ValueError, match="no samples"):
        jc.models.Int8Model(model).predict(x[:0])
