"""The activations beside NumPy: values, shapes, dtypes and names."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from jaxcnn import activations

FORMULAS = {
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "softplus": lambda x: np.log(np.exp(x) + 1),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "scaled_tanh": lambda x: 1.7159 * np.tanh(2 * x / 3),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "piecewise_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "linear": lambda x: x,
    "exponential": np.exp,
    "gelu": lambda x: x * 0.5 * (1 + special.erf(x / np.sqrt(2))),
    "swish": lambda x: x / (1 + np.exp(-x)),
}
FUNCTIONS = {name: f for name, f in activations.registry.items().items() if inspect.isfunction(f)}
X = np.array([[-30.0, -2.6, -2.5, -1.0, -0.1], [0.0, 0.1, 1.0, 2.5, 30.0]])


def test_every_activation_has_a_formula_here():
    assert FUNCTIONS.keys() == FORMULAS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values(name):
    result = activations.get(name)(jnp.asarray(X, jnp.float32))
    np.testing.assert_allclose(result, FORMULAS[name](X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_finite_and_dtypes_kept(name):
    gradient = jax.grad(lambda x: FUNCTIONS[name](x).sum())(jnp.asarray(X, jnp.float32))
    assert np.isfinite(gradient).all()
    assert jax.jit(FUNCTIONS[name])(jnp.asarray(X, jnp.bfloat16)).dtype == jnp.bfloat16


@pytest.mark.parametrize("name", FUNCTIONS)
def test_serialize_and_back(name):
    assert activations.deserialize(activations.serialize(FUNCTIONS[name])) is FUNCTIONS[name]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"alpha": 0.5}, [-2.0, 0.0, 3.0, 9.0]),
        ({"max_value": 6.0}, [0.0, 0.0, 3.0, 6.0]),
        ({"alpha": 0.5, "max_value": 6.0}, [-2.0, 0.0, 3.0, 6.0]),
    ],
)
def test_relu_with_slope_and_ceiling(arguments, expected):
    np.testing.assert_array_equal(
        activations.relu(jnp.array([-4.0, 0.0, 3.0, 9.0]), **arguments), expected
    )


def test_elu_with_alpha():
    np.testing.assert_allclose(
        activations.elu(jnp.array([-1.0, 2.0]), alpha=0.5), [0.5 * np.expm1(-1), 2.0], rtol=1e-6
    )


def test_softmax_along_another_axis():
    x = jnp.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_allclose(activations.softmax(x, axis=1).sum(axis=1), 1, rtol=1e-6)


def test_softmax_needs_an_axis_beside_the_batch():
    with pytest.raises(ValueError, match=r"two dimensions, got shape \(3,\)"):
        activations.softmax(jnp.ones(3))


def test_get():
    assert activations.get(None) is activations.linear
    assert activations.get("silu") is activations.swish
    assert activations.get(jnp.sin) is jnp.sin
    with pytest.raises(ValueError, match=r"Unknown activation 'rellu'.*relu"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="activation must be a name"):
        activations.get(1)


def test_a_layer_as_activation_warns_programs_of_old_keras():
    from jaxcnn.layers import Dense
    from jaxcnn.spellings.dialect import speaking

    layer = Dense(2)
    with speaking("2.0"), pytest.warns(UserWarning, match="given as the activation"):
        assert activations.get(layer) is layer


def test_relu_above_a_threshold():
    # Keras 2.2.4: activations.relu(x, alpha=.1, max_value=2., threshold=.5)
    x = jnp.array([-3.0, 0.0, 0.5, 1.0, 4.0])
    values = activations.relu(x, alpha=0.1, max_value=2.0, threshold=0.5)
    np.testing.assert_allclose(values, [-0.35, -0.05, 0.0, 1.0, 2.0], atol=1e-6)
