"""The formulas of the advanced activations at the points where something happens."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import layers, nn

X = jnp.asarray([[-2.0, -1.0, 0.0, 0.5, 1.0, 1.5]])


@pytest.mark.parametrize(
    ("module", "wanted"),
    [
        (nn.LeakyReLU(), [-0.6, -0.3, 0.0, 0.5, 1.0, 1.5]),  # Q1.F10
        (nn.ELU(), [np.expm1(-2.0), -0.63212, 0.0, 0.5, 1.0, 1.5]),  # Q1.F12
        (nn.ThresholdedReLU(), [0.0, 0.0, 0.0, 0.0, 0.0, 1.5]),  # Q1.F13: x = theta gives 0
        (nn.ReLU(), [0.0, 0.0, 0.0, 0.5, 1.0, 1.5]),
        (
            nn.ReLU(max_value=1.2, negative_slope=0.1, threshold=0.5),
            [-0.25, -0.15, -0.05, 0.0, 1.0, 1.2],
        ),
        (nn.Softmax(), np.exp(X[0]) / np.exp(X[0]).sum()),
    ],
)
def test_formulas(module, wanted):
    np.testing.assert_allclose(module.apply({}, X)[0], wanted, rtol=1e-5, atol=1e-6)


def test_prelu_learns_its_slope():
    """Q1.F11: the gradient with respect to alpha is x where x is negative."""
    module = nn.PReLU(alpha_initializer="zeros")
    variables = {"params": {"alpha": jnp.asarray([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])}}
    np.testing.assert_allclose(
        module.apply(variables, X)[0], [-0.2, -0.2, 0.0, 0.5, 1.0, 1.5], rtol=1e-6
    )
    gradient = jax.grad(lambda v: module.apply(v, X).sum())(variables)["params"]["alpha"]
    np.testing.assert_allclose(gradient, [-2.0, -1.0, 0.0, 0.0, 0.0, 0.0])


def test_a_randomized_slope():
    """F14: drawn anew for each number in training mode, the mean of the range else."""
    module = nn.RandomizedReLU(lower=0.2, upper=0.6)
    x = jnp.concatenate([-jnp.ones((1, 4000)), jnp.ones((1, 4000))])
    slopes, kept = -np.asarray(module.apply({}, x, train=True, rngs={"dropout": jax.random.key(0)}))
    np.testing.assert_array_equal(kept, -1.0)
    assert 0.2 <= slopes.min() < 0.21 and 0.59 < slopes.max() <= 0.6
    np.testing.assert_allclose(slopes.mean(), 0.4, atol=0.01)
    np.testing.assert_allclose(module.apply({}, x)[0], -0.4, rtol=1e-6)
    with pytest.raises(ValueError, match=r"`upper` is 0\.1"):
        nn.RandomizedReLU(lower=0.2, upper=0.1)


@pytest.mark.parametrize(
    ("module", "slope"),
    [
        (nn.ReLU(), 0.0),
        (nn.LeakyReLU(), 0.3),
        (nn.PReLU("ones"), 1.0),
        (nn.RandomizedReLU(0.1, 0.3), 0.2),
    ],
)
def test_a_dead_unit_is_revived_by_a_slope(module, slope):
    """F13: with w1 = w2 = -1 the sum is nowhere positive on [0, 1]^2, so that ReLU has no gradient
    left; F14 has.
    """
    x = jnp.asarray([[0.1, 0.9], [0.5, 0.5], [1.0, 0.2]])
    variables = module.init(jax.random.key(0), x[:, :1])

    def output(w):
        return module.apply(variables, x @ w[:, None]).sum()

    np.testing.assert_allclose(jax.grad(output)(-jnp.ones(2)), slope * x.sum(0), rtol=1e-5)


@pytest.mark.parametrize(
    ("shared_axes", "shape"),
    [(None, (4, 5, 3)), ([1, 2], (1, 1, 3)), (1, (1, 5, 3)), ([-1], (4, 5, 1))],
)
def test_prelu_shares_axes(shared_axes, shape):
    layer = layers.PReLU(shared_axes=shared_axes)
    layer(layers.Input((4, 5, 3)))
    assert [w.shape for w in layer.get_weights()] == [shape]


@pytest.mark.parametrize("layer", [layers.LeakyReLU(0.2), layers.ELU(0.5), layers.ReLU(6)])
def test_a_layer_as_the_activation_of_another(layer):
    """Q2: ``Conv2D(..., activation=LeakyReLU(alpha=0.2))``, which survives a round trip of its
    configuration.
    """
    dense = layers.Dense(3, activation=layer)
    x = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    y = dense(x)
    np.testing.assert_allclose(
        y, layer.module.apply({}, x @ dense.get_weights()[0]), rtol=1e-5, atol=1e-6
    )
    again = layers.Dense.from_config(dense.get_config())
    again(x)
    again.set_weights(dense.get_weights())
    np.testing.assert_array_equal(again(x), y)
