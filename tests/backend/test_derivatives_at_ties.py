"""Derivatives where a maximum, a minimum or a limit meets its argument.

The numbers are those of Keras 2.0.4 on TensorFlow 1.4 and, where they differ, of 2.2.4 on 1.13;
`K.sqrt` at 0 and what rounds are left out.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import activations, layers, losses
from jaxcnn import backend as K
from jaxcnn.runtime import ties
from jaxcnn.spellings.dialect import speak

X = (0.0, 0.0, 1.0, -1.0, 2.5)
FUNCTIONS = {
    "x first": (lambda x: K.maximum(x, 0.0), [1, 1, 1, 0, 1]),
    "0 first": (lambda x: K.maximum(0.0, x), [0, 0, 1, 0, 1]),
    "minimum": (lambda x: K.minimum(x, 0.0), [1, 1, 0, 1, 0]),
    "absolute": (lambda x: K.maximum(x, -x), [1, 1, 1, -1, 1]),
    "clip": (lambda x: K.clip(x, 0.0, 1.0), [1, 1, 1, 0, 0]),
    "ReLU with a limit": (lambda x: K.relu(x, max_value=1.0), [0, 0, 1, 0, 0]),
    "leaky with a limit": (lambda x: K.relu(x, 0.3, 1.0), [0, 0, 1, 0.3, 0]),
    "leaky": (lambda x: K.relu(x, 0.3), [0, 0, 1, 0.3, 1]),
    "hard_sigmoid": (activations.hard_sigmoid, [0.2, 0.2, 0.2, 0.2, 0.2]),
    "Maximum": (lambda x: layers.Maximum()([x, 0 * x]), [1, 1, 1, 0, 1]),
    "Minimum": (lambda x: layers.Minimum()([x, 0 * x]), [1, 1, 0, 1, 0]),
    "LeakyReLU": (lambda x: layers.LeakyReLU(0.3)(x), [0, 0, 1, 0.3, 1]),
    "PReLU": (lambda x: layers.PReLU()(x), [0, 0, 1, 0, 1]),
    "hinge": (lambda x: losses.hinge(jnp.ones_like(x), x), [-0.2, -0.2, -0.2, -0.2, 0]),
    "msle": (
        lambda x: losses.mean_squared_logarithmic_error(jnp.ones_like(x), x + 1e-7),
        [-0.27725884, -0.27725884, 0, 0, 0.06395613],
    ),
    "kld": (
        lambda x: losses.kullback_leibler_divergence(jnp.full_like(x, 0.5), x),
        [0, 0, -0.5, 0, 0],
    ),
    "bce": (
        lambda x: losses.binary_crossentropy(jnp.zeros_like(x), x + 1e-7),
        [0.2, 0.2, 0, 0, 0],
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_of_it_is_that_of_the_first_argument(name):
    function, expected = FUNCTIONS[name]
    derivatives = jax.grad(lambda x: jnp.sum(function(x[None])))(jnp.asarray(X))
    np.testing.assert_allclose(derivatives, expected, rtol=1e-4, atol=1e-7)


@pytest.fixture
def of_2_2():
    speak("2.2")
    yield
    speak(None)


def test_a_leaky_relu_of_2_2_has_the_slope_below_at_0(of_2_2):
    for name in ("leaky", "LeakyReLU"):
        derivatives = jax.grad(lambda x: jnp.sum(FUNCTIONS[name][0](x[None])))(jnp.asarray(X))  # noqa: B023
        np.testing.assert_allclose(derivatives, [0.3, 0.3, 1, 0.3, 1])
    test_all_of_it_is_that_of_the_first_argument("leaky with a limit")
    test_all_of_it_is_that_of_the_first_argument("PReLU")


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_values_are_those_of_numpy(dtype):
    x, y = np.array([3, -1, 0, 2], dtype), np.array([2, 5, 0, -7], dtype)
    np.testing.assert_array_equal(ties.maximum(x, y), np.maximum(x, y))
    np.testing.assert_array_equal(ties.minimum(x, y), np.minimum(x, y))
    np.testing.assert_array_equal(ties.clip(x, 0, 2), np.clip(x, 0, 2))
    np.testing.assert_array_equal(ties.clip(x, high=2), np.minimum(x, 2))
    np.testing.assert_array_equal(ties.clip(x), x)
    assert ties.maximum(x, y).dtype == ties.clip(x, 0, 2).dtype == dtype


def test_nan_stays():
    for x, y in ((np.nan, 1.0), (1.0, np.nan)):
        assert np.isnan(ties.maximum(x, y)) and np.isnan(ties.minimum(x, y))
    assert np.isnan(ties.clip(np.nan, 0.0, 1.0))
