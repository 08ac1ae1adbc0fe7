"""Products, running sums and lengths of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike

__all__ = [
    "clip_by_global_norm",
    "clip_by_norm",
    "cumsum",
    "einsum",
    "global_norm",
    "norm",
    "tensordot",
]


@word("einsum")
def einsum(equation: str, *inputs: ArrayLike) -> jax.Array:
    """The sum of products that an equation like 'ij,jk->ik' describes."""
    return jnp.einsum(equation, *(jnp.asarray(value) for value in inputs))


@word("Tensordot", at_once=("axes",))
def tensordot(a: ArrayLike, b: ArrayLike, axes: int | Sequence[Any]) -> jax.Array:
    """The sum of products along pairs of axes, or along so many of the last and first ones."""
    return jnp.tensordot(jnp.asarray(a), jnp.asarray(b), axes)


@word("Cumsum", at_once=("axis",))
def cumsum(
    x: ArrayLike, axis: int = 0, exclusive: bool = False, reverse: bool = False
) -> jax.Array:
    """Running sums along an axis, without the number itself or from the end."""
    x = jnp.asarray(x)
    x = jnp.flip(x, axis) if reverse else x
    sums = jnp.cumsum(x, axis, x.dtype) - (x if exclusive else 0)
    return jnp.flip(sums, axis) if reverse else sums


@word("norm/Squeeze", at_once=("ord", "axis"))
def norm(
    tensor: ArrayLike,
    ord: str | float = "euclidean",
    axis: int | Sequence[int] | None = None,
    keep_dims: bool = False,
    keepdims: bool | None = None,
) -> jax.Array:
    """The length: the root of the sum of squares, by default of all numbers.

    Args:
        ord: 'euclidean', a number above 0 or infinity; of two axes, which make a matrix,
            'euclidean', 'fro', 1 or infinity.
        axis: one axis, or two.

    Raises:
        ValueError: another `ord`.
    """
    x, axes = jnp.asarray(tensor), tuple(axis) if isinstance(axis, list | tuple) else axis
    matrix = isinstance(axes, tuple)
    if ord not in (("euclidean", "fro", 1, np.inf) if matrix else ("euclidean",)) and (
        matrix or isinstance(ord, str) or ord <= 0
    ):
        kind = "matrix" if matrix else "vector"
        raise ValueError(f"'ord' must be a supported {kind} norm, got {ord}")
    keep = keep_dims if keepdims is None else keepdims
    if ord in ("euclidean", "fro", 2):
        return jnp.sqrt(jnp.sum(jnp.square(x), axes, keepdims=keep))
    if axes is None:  # of all numbers, whatever their axes
        whole: jax.Array = jnp.linalg.norm(x.reshape(-1), ord)
        return whole.reshape((1,) * x.ndim) if keep else whole
    lengths: jax.Array = jnp.linalg.norm(x, ord, axes, keep)
    return lengths


@word("clip_by_norm", at_once=("axes",))
def clip_by_norm(
    t: ArrayLike, clip_norm: ArrayLike, axes: int | Sequence[int] | None = None
) -> jax.Array:
    """`t` at most so long, by default all of its numbers together."""
    t = jnp.asarray(t)
    along = tuple(axes) if isinstance(axes, list | tuple) else axes
    inverse = jax.lax.rsqrt(jnp.sum(jnp.square(t), along, keepdims=True))
    return t * clip_norm * jnp.minimum(inverse, 1 / jnp.asarray(clip_norm, t.dtype))


@word("global_norm/global_norm")
def global_norm(t_list: Sequence[ArrayLike | None]) -> jax.Array:
    """The length of all numbers of a list of tensors together; None counts nothing."""
    squares = [jnp.sum(jnp.square(jnp.asarray(t))) for t in t_list if t is not None]
    return jnp.sqrt(jnp.sum(jnp.stack(squares)))


@word("clip_by_global_norm")
def _clipped(
    t_list: Sequence[ArrayLike | None], clip_norm: ArrayLike, length: ArrayLike
) -> list[jax.Array]:
    factor = clip_norm * jnp.minimum(1 / jnp.asarray(length), 1 / jnp.asarray(clip_norm, "f"))
    return [jnp.asarray(t) * factor for t in t_list]


def clip_by_global_norm(
    t_list: Sequence[Any],
    clip_norm: ArrayLike,
    use_norm: Any = None,
    name: str | None = None,
) -> tuple[list[Any], Any]:
    """The tensors of a list, together at most so long, and how long they were; None stays."""
    length = global_norm(t_list) if use_norm is None else use_norm
    clipped = iter(_clipped([t for t in t_list if t is not None], clip_norm, length, name=name))
    return [None if t is None else next(clipped) for t in t_list], length
