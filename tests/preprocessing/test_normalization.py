import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import initializers
from jaxcnn.preprocessing import normalization as norm


def correlated(n=500):
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)) + [1, -2, 30, 0]).astype(np.float32)


def covariance(x):
    centred = np.asarray(x) - np.asarray(x).mean(0)
    return centred.T @ centred / len(centred)


def test_zero_mean_and_standard_deviation():
    x = correlated()
    np.testing.assert_allclose(norm.zero_mean(x), x - x.mean(0), atol=1e-4)
    actual = np.asarray(norm.standardize(x))
    np.testing.assert_allclose(actual.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(actual.std(0), 1, atol=1e-5)
    images = x.reshape(10, 10, 5, 4)
    np.testing.assert_allclose(
        np.asarray(norm.zero_mean(images, (0, 1, 2))).mean((0, 1, 2)), 0, atol=1e-4
    )
    grey = norm.zero_mean(images, None)
    np.testing.assert_allclose(np.asarray(grey), images - images.mean(), atol=1e-4)
    # No division by zero.
    np.testing.assert_array_equal(norm.standardize(np.ones((3, 2))), np.zeros((3, 2)))


def test_principal_axes_and_whitening():
    x = correlated()
    actual = norm.principal_axes(x)
    assert np.all(np.diff(actual.variances) <= 0)
    rotated = norm.rotate(x, actual)
    np.testing.assert_allclose(
        covariance(rotated), np.diag(actual.variances), atol=2e-3 * float(actual.variances[0])
    )
    np.testing.assert_allclose(rotated @ actual.axes.T + actual.mean, x, atol=1e-3)
    np.testing.assert_allclose(covariance(norm.whiten(x, actual)), np.eye(4), atol=5e-3)
    white = norm.zca(x, actual)
    np.testing.assert_allclose(covariance(white), np.eye(4), atol=5e-3)
    np.testing.assert_allclose(
        white, (x - x.mean(0)) @ np.asarray(norm.zca_matrix(covariance(x))), atol=5e-3
    )
    # Of both whitened forms ZCA is the nearer to the data.
    assert np.linalg.norm(white - norm.zero_mean(x)) < np.linalg.norm(
        norm.whiten(x, actual) - norm.zero_mean(x)
    )


def test_fewer_components():
    x = correlated()
    actual = norm.principal_axes(x)
    assert norm.rotate(x, actual, 2).shape == norm.whiten(x, actual, components=2).shape == (500, 2)
    np.testing.assert_array_equal(norm.rotate(x, actual, 2), norm.rotate(x, actual)[:, :2])


def test_fewer_samples_than_features_stay_finite():
    x = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    actual = norm.principal_axes(x)
    assert np.all(np.asarray(actual.variances) >= 0)
    assert np.isfinite(np.asarray(norm.zca(x, actual))).all()


def test_images_must_be_rows():
    with pytest.raises(ValueError, match=r"\(n, features\); given \(2, 3, 3, 1\)"):
        norm.principal_axes(np.zeros((2, 3, 3, 1)))


def variances_through_layers(initializer, activation, layers=8, width=512):
    x = jax.random.normal(jax.random.key(0), (256, width))
    actual = []
    for key in jax.random.split(jax.random.key(1), layers):
        s = x @ initializer(key, (width, width), jnp.float32)
        actual.append(float(s.var()))
        x = activation(s)
    return np.array(actual)


def test_recipes_for_initial_weights():
    plain = initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal")  # randn(n) / sqrt(n)
    np.testing.assert_allclose(variances_through_layers(plain, lambda s: s), 1, rtol=0.15)
    # randn(n) * sqrt(2 / n)
    relu = initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
    np.testing.assert_allclose(variances_through_layers(relu, jax.nn.relu)[1:], 2, rtol=0.3)
    # Half of the variance is lost at each layer.
    assert variances_through_layers(plain, jax.nn.relu)[-1] < 0.05
    # 0.01 * randn
    small = initializers.RandomNormal(0.0, 0.01)(jax.random.key(0), (300, 300), jnp.float32)
    np.testing.assert_allclose(float(small.std()), 0.01, rtol=0.02)


def test_weights_that_start_equal_stay_equal():
    """Zeros are no initial weights: units that start alike get the same gradient for ever."""
    x, y = correlated(50)[:, :3], correlated(50)[:, 3:]

    def loss(params):
        return jnp.mean(jnp.square(jnp.tanh(x @ params["w"]) @ params["v"] - y))

    def trained(initializer):
        keys = jax.random.split(jax.random.key(0))
        params = {
            "w": initializer(keys[0], (3, 4), jnp.float32),
            "v": initializer(keys[1], (4, 1), jnp.float32),
        }
        for _ in range(5):
            params = jax.tree.map(lambda p, g: p - 0.01 * g, params, jax.grad(loss)(params))
        return np.asarray(params["w"])

    assert not trained(initializers.Zeros()).any()
    alike = trained(initializers.Constant(0.1))
    np.testing.assert_allclose(alike, alike[:, :1] * np.ones(4), rtol=1e-6)
    assert np.ptp(trained(initializers.RandomNormal(0.0, 0.1)), axis=1).min() > 1e-3
