"""Normalizations against NumPy; batch normalization beside Keras 3 is in tests/parity."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn
from jaxcnn.nn.batch import batch_parts, valid_rows

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "settings", [{}, {"depth_radius": 1, "bias": 2.0, "alpha": 0.3, "beta": 0.5}]
)
def test_local_response(settings):
    module = nn.LocalResponseNormalization(**settings)
    assert settings or (module.depth_radius, module.bias, module.alpha, module.beta) == (
        2,
        1.0,
        2e-5,
        0.75,
    )  # C3
    x = (30 * RNG.normal(size=(2, 3, 4, 7))).astype("float32")
    wanted = np.empty_like(x)
    for c in range(7):
        near = x[..., max(c - module.depth_radius, 0) : c + module.depth_radius + 1]
        wanted[..., c] = x[..., c] / (module.bias + module.alpha * (near**2).sum(-1)) ** module.beta
    np.testing.assert_allclose(module.apply({}, x), wanted, rtol=1e-5, atol=1e-6)


def test_batch_statistics_move_the_running_ones():
    """moving = momentum * moving + (1 - momentum) * batch, with the biased variance; inference uses
    the moving ones.
    """
    x = (3 + 2 * RNG.normal(size=(6, 4))).astype("float32")
    module = nn.BatchNormalization(momentum=0.9)
    variables = module.init(jax.random.key(0), x)
    y, changed = module.apply(variables, x, train=True, mutable=["batch_stats"])
    np.testing.assert_allclose(y, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), rtol=1e-4, atol=1e-5)
    moving = changed["batch_stats"]
    np.testing.assert_allclose(moving["moving_mean"], 0.1 * x.mean(0), rtol=1e-5)
    np.testing.assert_allclose(moving["moving_variance"], 0.9 + 0.1 * x.var(0), rtol=1e-5)
    inferred = module.apply({**variables, **changed}, x)
    mean, variance = (np.asarray(moving[name]) for name in ("moving_mean", "moving_variance"))
    wanted = (x - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(inferred, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("module", [nn.BatchNormalization(), nn.LayerNormalization()])
def test_constant_inputs_have_finite_gradients(module):
    x = jnp.ones((3, 4))
    variables = module.init(jax.random.key(0), x)

    def loss(x):
        return jnp.sum(jnp.sin(module.apply(variables, x, **mode)[0]))

    mode = (
        {"train": True, "mutable": ["batch_stats"]}
        if isinstance(module, nn.BatchNormalization)
        else {}
    )
    assert np.isfinite(jax.grad(loss)(x)).all()


def test_half_precision_statistics_are_computed_in_full():
    """A mean of 1,000 would swallow every difference in bfloat16."""
    x = jnp.asarray(1000.0 + 8.0 * RNG.integers(0, 2, (64, 8)), jnp.bfloat16)
    y = nn.LayerNormalization(center=False, scale=False).apply({}, x)
    assert y.dtype == jnp.bfloat16
    assert np.all(np.abs(np.asarray(y, np.float32).mean(-1)) < 0.05)


def test_each_part_of_a_batch_can_have_its_own_statistics():
    module = nn.BatchNormalization(momentum=0.5, axis=-1)
    x = np.random.default_rng(0).normal(2.0, 3.0, (6, 4, 3)).astype("float32")
    variables = module.init(jax.random.key(0), x)

    def apply(x, rows=None, parts=1):
        with batch_parts(parts), valid_rows(rows):
            y, changed = module.apply(variables, x, train=True, mutable=["batch_stats"])
        return np.asarray(y), changed["batch_stats"]

    halves = [apply(x[:3]), apply(x[3:])]
    y, stats = apply(x, parts=2)
    assert np.allclose(y, np.concatenate([half for half, _ in halves]), atol=1e-6)
    for name, value in stats.items():
        assert np.allclose(value, np.mean([half[name] for _, half in halves], axis=0), atol=1e-6)

    rows = np.array([1, 1, 0, 0, 0, 0], "float32")  # the second part is all padding
    y, stats = apply(x, rows, parts=2)
    alone, expected = apply(x[:2])
    assert np.isfinite(y).all()
    assert np.allclose(y[:2], alone, atol=1e-6)
    for name, value in stats.items():
        assert np.allclose(value, expected[name], atol=1e-6)
    assert np.allclose(apply(x, parts=4)[0], apply(x)[0])  # 6 rows make no 4 parts


@pytest.mark.parametrize("train", [False, True])
def test_layers_of_one_shape_are_traced_once(train):
    layers = [nn.BatchNormalization() for _ in range(3)]
    x = jnp.ones((4, 5))
    variables = [layer.init(jax.random.key(0), x) for layer in layers]

    def network(x):
        for layer, values in zip(layers, variables, strict=True):
            x, _ = layer.apply(values, x, train=train, mutable=["batch_stats"])
        return x

    parts = [eqn for eqn in jax.make_jaxpr(network)(x).eqns if "jaxpr" in eqn.params]
    assert len(parts) == 3
    assert len({id(part.params["jaxpr"]) for part in parts}) == 1
