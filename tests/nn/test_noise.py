"""What the noise layers do in training mode: the statistics that their formulas promise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn

SHAPE = (100, 400)  # 40,000 values: the standard error of their mean is 0.005


def trained(module, x, seed=0):
    return np.asarray(
        module.apply(
            {}, jnp.asarray(x, "float32"), train=True, rngs={"dropout": jax.random.key(seed)}
        )
    )


def test_gaussian_noise_is_added():
    """Q1.F14."""
    noise = trained(nn.GaussianNoise(0.5), np.full(SHAPE, 3.0)) - 3.0
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 0.5) < 0.01


def test_gaussian_dropout_multiplies():
    """Q1.F15: the standard deviation is sqrt(rate / (1 - rate))."""
    y = trained(nn.GaussianDropout(0.2), np.full(SHAPE, 2.0)) / 2.0
    assert abs(y.mean() - 1.0) < 0.01
    assert abs(y.std() - np.sqrt(0.2 / 0.8)) < 0.01


def test_dropout_keeps_the_mean():
    y = trained(nn.Dropout(0.25), np.ones(SHAPE))
    np.testing.assert_allclose(np.unique(y), [0.0, 1.0 / 0.75], rtol=1e-6)
    assert abs((y == 0).mean() - 0.25) < 0.01


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=SHAPE)
    y = trained(nn.AlphaDropout(0.3), x)
    assert abs(y.mean()) < 0.02
    assert abs(y.std() - 1.0) < 0.02
    lowest = -1.0507009873554805 * 1.6732632423543772
    a = (0.7 * (1 + 0.3 * lowest**2)) ** -0.5
    dropped = np.isclose(y, a * lowest * (1 - 0.3), atol=1e-5)
    assert abs(dropped.mean() - 0.3) < 0.01
    np.testing.assert_allclose(
        y[~dropped], (a * x - a * lowest * 0.3)[~dropped], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(
    ("module", "shape", "axes"),
    [
        (nn.Dropout(0.5, noise_shape=(None, 1, None)), (20, 5, 30), 1),
        (nn.AlphaDropout(0.5, noise_shape=(20, 1, 30)), (20, 5, 30), 1),
        (nn.SpatialDropout1D(0.5), (20, 5, 30), 1),
        (nn.SpatialDropout2D(0.5), (20, 4, 5, 30), (1, 2)),
        (nn.SpatialDropout2D(0.5, data_format="channels_first"), (20, 30, 4, 5), (2, 3)),
        (nn.SpatialDropout3D(0.5), (20, 2, 3, 4, 30), (1, 2, 3)),
    ],
)
def test_shared_masks(module, shape, axes):
    y = trained(module, np.ones(shape))
    assert np.all(y == y.mean(axis=axes, keepdims=True))
    dropped = (y == y.min()).mean()
    assert 0.4 < dropped < 0.6


@pytest.mark.parametrize(
    "module", [nn.Dropout(0), nn.GaussianDropout(0), nn.AlphaDropout(0), nn.SpatialDropout1D(0)]
)
def test_a_rate_of_zero_changes_nothing(module):
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(trained(module, x), x)


def test_a_rate_of_one_drops_everything():
    assert not trained(nn.Dropout(1.0), np.ones((2, 3))).any()


def test_a_layer_with_a_seed_has_a_stream_of_its_own():
    x = np.ones((2, 50))
    assert np.array_equal(trained(nn.Dropout(0.5, seed=3), x), trained(nn.Dropout(0.5, seed=3), x))
    assert not np.array_equal(
        trained(nn.Dropout(0.5, seed=3), x), trained(nn.Dropout(0.5, seed=4), x)
    )
