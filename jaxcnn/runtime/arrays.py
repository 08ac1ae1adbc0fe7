"""Arrays made without compiling a program for each shape.

On a CPU, XLA takes 0.2 to 0.8 s to compile one random draw and some 15 ms for an array of zeros. So
constants and keys are made on the host, and random numbers are drawn in blocks of one size by one
compiled function. Where a computation is being traced the same values are made by traced
operations.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import Sharding

from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike, PyTree

_BLOCK = 32768

_DRAWS: dict[str, ArrayFunction] = {
    "uniform": lambda key: jax.random.uniform(key, (_BLOCK,), jnp.float32),
    "normal": lambda key: jax.random.normal(key, (_BLOCK,), jnp.float32),
    "truncated_normal": lambda key: jax.random.truncated_normal(
        key, -2.0, 2.0, (_BLOCK,), jnp.float32
    ),
}


def filled(
    shape: Sequence[int],
    value: ArrayLike = 0,
    dtype: DTypeLike = jnp.float32,
    sharding: Sharding | None = None,
) -> Array:
    """An array of one value that owns its memory, on the default device or by ``sharding``."""
    return on_device(np.full(tuple(shape), value, jnp.dtype(dtype)), dtype, sharding)


def on_device(
    values: np.ndarray | Array, dtype: DTypeLike, sharding: Sharding | None = None
) -> Array:
    """``values`` in the given dtype; an array of the host is copied to the device."""
    if isinstance(values, np.ndarray):
        array: Array = jax.device_put(values.astype(jnp.dtype(dtype)), sharding, may_alias=False)
        return array
    return values.astype(dtype)


def arrays_of_jax(tree: PyTree) -> PyTree:
    """Numbers of NumPy in a tree as arrays of JAX, of the widths that it has, without a warning."""
    return jax.tree.map(
        lambda leaf: (
            jnp.asarray(leaf)
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fiubc"
            else leaf
        ),
        tree,
    )


def wide_float(dtype: DTypeLike) -> np.dtype:
    """The type itself when it is a float of at least 32 bits, else float32."""
    wide = jnp.issubdtype(dtype, jnp.floating) and jnp.finfo(dtype).bits >= 32
    return jnp.dtype(dtype if wide else jnp.float32)


def widened(x: Array) -> Array:
    """``x`` as floats of at least 32 bits, in which sums and logarithms are computed."""
    return x.astype(wide_float(x.dtype))


def argmax(x: Array) -> Array:
    """Where the greatest number of the last axis stands, the first of equal ones, or the first NaN.

    As `jax.numpy.argmax`, by two plain reductions: of its own, JAX keeps a part of each program in
    which it stands for as long as the process lives.
    """
    greatest = jnp.max(x, axis=-1, keepdims=True)
    index = jax.lax.broadcasted_iota(jnp.int32, x.shape, x.ndim - 1)
    first: Array = jnp.min(jnp.where((x == greatest) | (x != x), index, x.shape[-1]), axis=-1)
    return first


def copied(tree: PyTree) -> PyTree:
    """A copy of all arrays of a tree, by one program for all trees with such arrays."""
    leaves, structure = jax.tree.flatten(tree)
    return jax.tree.unflatten(structure, _copies(leaves))


@jax.jit
def _copies(arrays: list[Array]) -> list[Array]:
    return [jnp.copy(array) for array in arrays]


def fresh(tree: PyTree) -> PyTree:
    """A copy of a few small arrays that share no memory, by way of the host, without a program."""
    return jax.device_put(jax.tree.map(np.array, tree))


def on_last_axes(array: Array, like: Array) -> Array:
    """`array` with axes of size 1 put before its own until it has as many as `like`."""
    return array.reshape((1,) * (like.ndim - array.ndim) + array.shape)


def named_key(seed: int, *names: str) -> Array:
    """A random key that depends on a seed and names only."""
    digest = hashlib.blake2b("/".join((str(seed), *names)).encode(), digest_size=8).digest()
    words = jnp.asarray(np.frombuffer(digest, "<u4"))
    key: Array = jax.random.wrap_key_data(words, impl="threefry2x32")
    return key


def standard_draw(kind: str, key: Array, shape: Sequence[int]) -> np.ndarray | Array:
    """float32 numbers on the host, or a traced array of them.

    Args:
        kind: 'uniform' on [0, 1), 'normal' of mean 0 and standard deviation 1, or
            'truncated_normal', the same with values beyond ±2 drawn again.
        key: block ``i`` of the numbers is a function of this key and ``i``.
        shape: shape of the result.
    """
    size = math.prod(shape)
    blocks = max(1, -(-size // _BLOCK))
    first = _block(kind, key, 0)
    if isinstance(first, jax.core.Tracer):
        drawn: np.ndarray | Array = jax.vmap(partial(_block, kind, key))(jnp.arange(blocks))
    else:
        drawn = np.stack([first, *(_block(kind, key, i) for i in range(1, blocks))])
    return drawn.reshape(-1)[:size].reshape(tuple(shape))


@partial(jax.jit, static_argnums=0)
def _block(kind: str, key: Array, index: int | Array) -> Array:
    return _DRAWS[kind](jax.random.fold_in(key, index))


def dense(value: Any) -> Any:
    """A sparse matrix of SciPy as an array; anything else as it is."""
    return value.toarray() if hasattr(value, "tocsr") else value
