"""Pooling against XLA's windows and, where elements tie, against their order."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from jaxcnn import ops

# rank, window, strides, padding: overlapping or not, small enough to be written out or not
CASES = [
    (1, 2, None, "valid"),
    (1, 3, 2, "same"),
    (1, 20, None, "valid"),
    (1, 20, 3, "same"),
    (2, 2, None, "valid"),
    (2, 2, None, "same"),
    (2, 3, 2, "same"),
    (2, 3, 1, "same"),
    (2, (1, 2), (2, 1), "valid"),
    (2, (2, 3), 4, "valid"),
    (2, 5, None, "same"),
    (2, 5, 2, "same"),
    (3, 2, None, "valid"),
    (3, 3, 2, "same"),
]
LENGTHS = {1: (43,), 2: (11, 13), 3: (7, 5, 6)}


def tied(rank, seed=0):
    """An input whose windows hold many equal maxima: small whole numbers, most of them zero."""
    values = np.random.default_rng(seed).integers(-3, 3, (3, *LENGTHS[rank], 2))
    return jnp.maximum(jnp.asarray(values, jnp.float32), 0)


def by_xla(x, window, strides, padding, initial, combine):
    rank = x.ndim - 2
    window = (window,) * rank if isinstance(window, int) else window
    strides = (
        window if strides is None else (strides,) * rank if isinstance(strides, int) else strides
    )
    return lax.reduce_window(
        x, initial, combine, (1, *window, 1), (1, *strides, 1), padding.upper()
    )


@pytest.mark.parametrize(("rank", "window", "strides", "padding"), CASES)
def test_max_pool_equals_reduce_window_with_ties(rank, window, strides, padding):
    x = tied(rank)
    y, pullback = jax.vjp(lambda x: ops.max_pool(x, window, strides, padding), x)
    expected, expected_pullback = jax.vjp(
        lambda x: by_xla(x, window, strides, padding, -jnp.inf, lax.max), x
    )
    np.testing.assert_array_equal(y, expected)
    cotangent = jnp.asarray(np.random.default_rng(1).normal(size=y.shape), jnp.float32)
    np.testing.assert_allclose(
        pullback(cotangent)[0], expected_pullback(cotangent)[0], rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(("rank", "window", "strides", "padding"), CASES)
def test_avg_pool_counts_only_real_elements(rank, window, strides, padding):
    x = jnp.asarray(np.random.default_rng(0).normal(size=(3, *LENGTHS[rank], 2)), jnp.float32)

    def expected(x):
        total = by_xla(x, window, strides, padding, 0.0, lax.add)
        return total / by_xla(jnp.ones(x.shape), window, strides, padding, 0.0, lax.add)

    y, pullback = jax.vjp(lambda x: ops.avg_pool(x, window, strides, padding), x)
    wanted, wanted_pullback = jax.vjp(expected, x)
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(pullback(y)[0], wanted_pullback(y)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [(2, 2), (5, 5)])
def test_the_first_of_several_maxima_gets_the_gradient(size):
    gradient = jax.grad(lambda x: ops.max_pool(x, size).sum())(jnp.zeros((1, *size, 1)))
    assert gradient[0, 0, 0, 0] == 1.0 and gradient.sum() == 1.0


@pytest.mark.parametrize("pool", [ops.max_pool, ops.avg_pool])
@pytest.mark.parametrize("settings", [(2,), (3, 2, "same"), (6,)])
def test_second_derivatives_vmap_scan_and_forward_mode(pool, settings):
    x = tied(2) + jnp.arange(2 * 11 * 13, dtype=jnp.float32).reshape(1, 11, 13, 2) % 7 / 50
    f = lambda x: (pool(x, *settings) ** 3).sum()  # noqa: E731
    direction = jnp.cos(jnp.arange(x.size, dtype=jnp.float32)).reshape(x.shape)
    gradient, second = jax.jvp(jax.grad(f), (x,), (direction,))
    numeric = (jax.grad(f)(x + 1e-2 * direction) - jax.grad(f)(x - 1e-2 * direction)) / 2e-2
    if pool is ops.avg_pool:  # smooth; a maximum may change its place within the step
        np.testing.assert_allclose(second, numeric, atol=2e-2)
    np.testing.assert_allclose(
        jnp.vdot(gradient, direction), jax.jvp(f, (x,), (direction,))[1], rtol=1e-4
    )
    np.testing.assert_allclose(
        jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), direction))(x), second, rtol=1e-4, atol=1e-4
    )
    each = jax.vmap(lambda image: pool(image[None], *settings)[0])(x)
    np.testing.assert_array_equal(each, pool(x, *settings))
    scanned = jax.jit(lambda x: lax.scan(lambda c, _: (c, jax.grad(f)(c)), x, None, length=2)[1])(x)
    np.testing.assert_allclose(scanned[1], gradient, rtol=1e-5)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.float64])
def test_dtype_is_kept(dtype):
    with jax.enable_x64(True):
        for pool, settings in itertools.product(
            (ops.max_pool, ops.avg_pool), [(2,), (6,), (5, 2, "same")]
        ):
            y, pullback = jax.vjp(lambda x: pool(x, *settings), tied(2).astype(dtype))  # noqa: B023
            assert y.dtype == dtype and pullback(y)[0].dtype == dtype


def test_what_is_not_a_number_stays_visible():
    x = tied(2).at[0, 0, 1, 0].set(jnp.nan)
    for settings in [(2,), (6,), (5, 2, "same")]:
        assert jnp.isnan(ops.max_pool(x, *settings)[0, 0, 0, 0])


def test_windows_that_do_not_fit_give_no_positions():
    assert ops.max_pool(tied(2), 12).shape == (3, 0, 1, 2)
    assert ops.avg_pool(tied(1)[:, :1], 2).shape == (3, 0, 2)


@pytest.mark.parametrize(
    ("shape", "settings", "message"),
    [
        ((3, 4), (2,), "1 to 3 spatial axes"),
        ((1, 4, 4, 1), (2, 2, "full"), "'full'"),
        ((1, 4, 4, 1), (0,), "window"),
    ],
)
def test_what_does_not_fit_is_said(shape, settings, message):
    for pool in (ops.max_pool, ops.avg_pool):
        with pytest.raises(ValueError, match=message):
            pool(jnp.zeros(shape), *settings)
