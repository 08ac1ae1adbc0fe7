"""Arrays made on the host, random numbers in blocks, and the precision of sums."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.runtime import arrays


@pytest.mark.parametrize(
    ("dtype", "wide"),
    [
        ("float32", "float32"),
        ("float16", "float32"),
        ("bfloat16", "float32"),
        ("int32", "float32"),
        ("bool", "float32"),
    ],
)
def test_sums_are_made_in_floats_of_32_bits(dtype, wide):
    widened = arrays.widened(jnp.ones(3, dtype))
    assert widened.dtype == arrays.wide_float(dtype) == wide
    assert widened.tolist() == [1.0, 1.0, 1.0]


def test_float64_stays():
    assert arrays.wide_float("float64") == np.float64


def test_filled_and_on_device():
    filled = arrays.filled([2, 3], 1.5, jnp.bfloat16)
    assert filled.dtype == jnp.bfloat16 and filled.tolist() == [[1.5] * 3] * 2
    host = np.arange(3.0)
    placed = arrays.on_device(host, "float32")
    host[:] = -1
    assert placed.dtype == jnp.float32 and placed.tolist() == [0.0, 1.0, 2.0]
    assert arrays.on_device(placed, "int32").dtype == jnp.int32


@pytest.mark.parametrize("copy", [arrays.copied, arrays.fresh])
def test_copies_survive_the_deletion_of_the_originals(copy):
    tree = {"a": jnp.ones(2), "b": [jnp.zeros(3)]}
    copies = copy(tree)
    jax.tree.map(lambda array: array.delete(), tree)
    assert copies["a"].tolist() == [1.0, 1.0] and copies["b"][0].tolist() == [0.0] * 3


def test_keys_depend_on_seed_and_names_only():
    keys = [
        arrays.named_key(0, "dense", "kernel"),
        arrays.named_key(1, "dense", "kernel"),
        arrays.named_key(0, "dense", "bias"),
        arrays.named_key(0, "kernel", "dense"),
    ]
    data = [tuple(jax.random.key_data(key).tolist()) for key in keys]
    assert len(set(data)) == 4
    assert data[0] == (908047986, 963438914)  # a seed means the same numbers in every release


@pytest.mark.parametrize("kind", ["uniform", "normal", "truncated_normal"])
def test_draws_are_the_same_at_any_size_and_in_compiled_programs(kind):
    key = jax.random.key(3)
    draw = arrays.standard_draw(kind, key, (2, 20_000))
    assert isinstance(draw, np.ndarray) and draw.dtype == np.float32
    assert np.array_equal(draw.ravel()[:100], arrays.standard_draw(kind, key, (100,)))
    assert len(np.unique(draw)) > 30_000  # the second block is not the first one again
    traced = jax.jit(lambda key: arrays.standard_draw(kind, key, (40_000,)))(key)
    np.testing.assert_allclose(traced, draw.ravel(), rtol=1e-6)


def test_draws_have_their_distribution():
    key = jax.random.key(0)
    uniform, normal, truncated = (
        arrays.standard_draw(kind, key, (30_000,))
        for kind in ("uniform", "normal", "truncated_normal")
    )
    assert uniform.min() >= 0 and uniform.max() < 1 and abs(uniform.mean() - 0.5) < 0.01
    assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02 and normal.max() > 3
    assert np.abs(truncated).max() <= 2 and abs(truncated.mean()) < 0.02


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int32", "bool"])
def test_argmax_is_that_of_jax(dtype):
    drawn = np.random.default_rng(0).integers(-2, 3, (200, 5))
    x = jnp.asarray(drawn).astype(dtype)
    assert jnp.array_equal(arrays.argmax(x), jnp.argmax(x, axis=-1))


def test_argmax_of_numbers_that_are_none():
    x = jnp.array([[1, jnp.nan, 3, jnp.nan], [-jnp.inf] * 4, [jnp.inf, 0, jnp.inf, 0]])
    assert arrays.argmax(x).tolist() == jnp.argmax(x, axis=-1).tolist() == [1, 0, 0]
