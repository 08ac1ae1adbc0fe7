"""Masks, and layers on each step, where functions use tensors of the graph, as in Keras 2.0.4."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import LSTM, Dense, Input, Lambda, Layer, Masking, TimeDistributed
from jaxcnn.models import Model

X = np.ones((2, 3, 4), "float32")
X[0, 2] = X[1, 1:] = 0
TWOS = np.full((2, 4), 2, "float32")
MASKED = [[0.9640, 0.9640], [0.7616, 0.7616]]  # of an LSTM that skips the zeros
UNMASKED = [[0.8797, 0.8797], [0.7907, 0.7907]]


class Times(Layer):
    """Multiplies by a tensor of the graph where the mask is true."""

    def __init__(self, other, supports_masking=True):
        super().__init__()
        self.other, self.supports_masking = other, supports_masking

    def call(self, x, mask=None):
        return x * K.expand_dims(self.other, 1) * K.expand_dims(K.cast(mask, "float32"), -1)


class Pool(Times):
    """The mean of the steps that count."""

    def call(self, x, mask=None):
        real = K.expand_dims(K.cast(mask, "float32"), -1)
        return K.sum(x * real, axis=1) / K.sum(real, axis=1) + 0 * self.other

    def compute_mask(self, x, mask=None):
        return None


def summed():
    return LSTM(2, kernel_initializer="ones", recurrent_initializer="ones")


def predicted(make, x=X):
    inputs, other = Input((3, 4)), Input((4,))
    return Model([inputs, other], make(Masking()(inputs), other)).predict([x, TWOS])


def times(other):
    return lambda t: t * K.expand_dims(other, 1)


@pytest.mark.parametrize(("make", "expected"), [
    (lambda x, z: summed()(Times(z)(x)), MASKED),
    (lambda x, z: summed()(Lambda(times(z))(x)), UNMASKED),
    (lambda x, z: summed()(Lambda(times(z), mask=lambda inputs, mask: mask)(x)), MASKED),
    (lambda x, z: Pool(z)(x)[:, :2], [[1.5, 1.5], [1, 1]]),
    (
        lambda x, z: Lambda(lambda t, mask=None: K.sum(K.cast(mask, "float32"), 1)[:, None] + z)(x),
        [[4, 4, 4, 4], [3, 3, 3, 3]],
    ),
], ids=["layer", "lambda", "lambda with a mask", "pool", "mask in a lambda"])  # fmt: skip
def test_masked_inputs(make, expected):
    x = X * np.arange(1, 4)[:, None] if np.shape(expected) == (2, 2) and expected[1][0] == 1 else X
    assert np.allclose(predicted(make, x), expected, atol=1e-4)


def test_a_mask_that_the_layer_does_not_support():
    with pytest.raises(ValueError, match="does not support masking"):
        predicted(lambda x, z: Times(z, supports_masking=False)(x))


def test_masks_in_functions():
    inputs, other = Input((3, 4)), Input((4,))
    output = summed()(Times(other)(Masking()(inputs)))
    assert np.allclose(K.function([inputs, other], [output])([X, TWOS])[0], MASKED, atol=1e-4)


def test_layers_on_each_step():
    x, other, inner = Input((3, 4)), Input((4,)), Dense(2, kernel_initializer="ones")
    by_rows = np.array([[1] * 4, [3] * 4], "float32")
    scaled = TimeDistributed(Lambda(lambda t: t * other))(x)
    assert np.allclose(
        Model([x, other], scaled).predict([X, by_rows]).sum(-1), [[4, 4, 0], [12, 0, 0]]
    )
    dense = TimeDistributed(Lambda(lambda t: inner(t)))(x)
    model = Model(x, dense)
    assert np.allclose(model.predict(X).sum(-1), [[8, 8, 0], [8, 0, 0]])
    with pytest.raises(ValueError, match="a known number"):
        TimeDistributed(Lambda(lambda t: t * other))(Input((None, 4)))


def test_an_input_that_only_functions_use():
    x, other, unused = Input((4,)), Input((4,)), Input((4,))
    model = Model([x, other], Lambda(lambda t: t + other)(x))
    assert np.allclose(model.predict([TWOS, TWOS]), 4)
    with pytest.warns(UserWarning, match="leads to none of the outputs"):
        Model([x, other, unused], Lambda(lambda t: t + other)(x))
