"""Parts of tensors by their values: partitions, and each value once."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.arithmetic import cast, equal
from jaxcnn.compat.tensorflow.arrays import boolean_mask
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree, Settings, Shape

__all__ = ["dynamic_partition", "dynamic_stitch", "unique", "unique_with_counts"]


class Unique(NamedTuple):
    """Each value of a vector once, in the order of their first places, and where values stand.

    Attributes:
        y: the values.
        idx: for each element the place of its value in `y`.
    """

    y: PyTree
    idx: PyTree


class UniqueWithCounts(NamedTuple):
    """As `Unique`, with the number of elements that have each value.

    Attributes:
        y, idx: as there.
        count: one number for each of `y`.
    """

    y: PyTree
    idx: PyTree
    count: PyTree


def dynamic_partition(
    data: PyTree, partitions: PyTree, num_partitions: int, name: str | None = None
) -> list[PyTree]:
    """The parts of `data`, each those elements whose number among `partitions` is the part's."""
    return [boolean_mask(data, equal(partitions, i)) for i in range(num_partitions)]


def _stitched(arguments: Settings) -> tuple[Shape, DTypeLike]:
    index, part = arguments["indices"][0], arguments["data"][0]
    dtype = part.dtype if hasattr(part, "dtype") else jnp.asarray(part).dtype
    return (None, *np.shape(part)[np.ndim(index) :]), dtype


@word("DynamicStitch", by_value=_stitched)
def dynamic_stitch(indices: PyTree, data: PyTree) -> jax.Array:
    """One tensor of the parts in `data`, each element at its place by `indices`; the last counts.

    Raises:
        ValueError: no element at all.
    """
    listed = [jnp.asarray(index, jnp.int32) for index in indices]
    parts = [
        jnp.asarray(part).reshape(index.size, *np.shape(part)[index.ndim :])
        for index, part in zip(listed, data, strict=True)
    ]
    at = np.concatenate([np.asarray(index).ravel() for index in listed])
    if not at.size:
        raise ValueError("tf.dynamic_stitch: there is no element.")
    values = jnp.concatenate(parts)
    last = {int(number): row for row, number in enumerate(at)}
    result = jnp.zeros((int(at.max()) + 1, *values.shape[1:]), values.dtype)
    return result.at[np.array(list(last))].set(values[np.array(list(last.values()))])


@word("Unique/first")
def _first(x: ArrayLike) -> jax.Array:
    """For each element of a vector the place of the first that is equal."""
    x = jnp.asarray(x)
    if x.ndim != 1:
        raise ValueError(f"tf.unique: x must be a vector; given the shape {x.shape}.")
    _, firsts, ranks = jnp.unique(x, return_index=True, return_inverse=True, size=x.size)
    places: jax.Array = firsts[ranks]
    return places


@word("Unique/is_first")
def _is_first(first: ArrayLike) -> jax.Array:
    first = jnp.asarray(first)
    return first == jnp.arange(first.shape[0])


@word("Unique/places")
def _places(first: ArrayLike) -> jax.Array:
    first = jnp.asarray(first)
    return (jnp.cumsum(first == jnp.arange(first.shape[0])) - 1)[first]


@word("Unique/counts")
def _counts(first: ArrayLike) -> jax.Array:
    first = jnp.asarray(first)
    return jnp.bincount(first, length=first.shape[0])


def unique(x: PyTree, out_idx: DTypeLike = "int32", name: str | None = None) -> Unique:
    """Each value of a vector once, and for each element the place of its value among them."""
    first = _first(x)
    return Unique(boolean_mask(x, _is_first(first)), cast(_places(first), as_dtype(out_idx)))


def unique_with_counts(
    x: PyTree, out_idx: DTypeLike = "int32", name: str | None = None
) -> UniqueWithCounts:
    """As `unique`, with the number of elements of each value."""
    first = _first(x)
    count = boolean_mask(_counts(first), _is_first(first))
    return UniqueWithCounts(*unique(x, out_idx), cast(count, as_dtype(out_idx)))
