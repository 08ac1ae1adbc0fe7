"""Parts of tensors by their places: what gathers, scatters, sorts and reverses them."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.dtypes import bool as boolean
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike, DTypeLike

__all__ = [
    "argsort",
    "batch_gather",
    "broadcast_to",
    "extract_image_patches",
    "gather_nd",
    "meshgrid",
    "reverse_sequence",
    "roll",
    "scatter_nd",
    "sequence_mask",
    "sort",
    "strided_slice",
    "unsorted_segment_sum",
]


def along_first(indices: ArrayLike) -> tuple[jax.Array, ...]:
    """Places (..., axes) as an index of that many first axes."""
    return tuple(jnp.moveaxis(jnp.asarray(indices), -1, 0))


@word("GatherNd")
def gather_nd(params: ArrayLike, indices: ArrayLike) -> jax.Array:
    """The parts of `params` at `indices` (..., axes), each along so many first axes.

    Raises:
        ValueError: there are not so many. Where their number is not known, all are taken then.
    """
    x, places = jnp.asarray(params), along_first(indices)
    if len(places) > x.ndim:
        raise ValueError(
            f"tf.gather_nd: incompatible shapes: `params` of {x.ndim} axes ({x.ndim},) cannot be "
            f"indexed along {len(places)}."
        )
    return x[places]


@word("ScatterNd", at_once=("shape",))
def scatter_nd(indices: ArrayLike, updates: ArrayLike, shape: Sequence[int]) -> jax.Array:
    """Zeros with `updates` added at `indices` (..., axes)."""
    updates = jnp.asarray(updates)
    return jnp.zeros(tuple(shape), updates.dtype).at[along_first(indices)].add(updates)


@word("batch_gather/Reshape_1")
def batch_gather(params: ArrayLike, indices: ArrayLike) -> jax.Array:
    """The parts of each of `params` at its own `indices`, along their last axis."""
    indices = jnp.asarray(indices)

    def gather(values: jax.Array, places: jax.Array) -> jax.Array:
        return jnp.take(values, places, 0)

    function = gather
    for _ in range(indices.ndim - 1):
        function = jax.vmap(function)
    return function(jnp.asarray(params), indices)


@word("UnsortedSegmentSum", at_once=("num_segments",))
def unsorted_segment_sum(data: ArrayLike, segment_ids: ArrayLike, num_segments: int) -> jax.Array:
    """The sums of the parts of `data` with the same number."""
    return jax.ops.segment_sum(jnp.asarray(data), jnp.asarray(segment_ids), num_segments)


@word("StridedSlice", at_once=("begin", "end", "strides"))
def strided_slice(
    input_: ArrayLike,
    begin: Sequence[int],
    end: Sequence[int],
    strides: Sequence[int] | None = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> jax.Array:
    """``input_[begin:end:stride]`` along each axis; bits of the masks leave an end out."""
    steps = [1] * len(begin) if strides is None else strides
    index: list[builtins.slice | int] = []
    for axis, (first, last, step) in enumerate(zip(begin, end, steps, strict=True)):
        if shrink_axis_mask >> axis & 1:
            index.append(first)
        else:
            start = None if begin_mask >> axis & 1 else first
            index.append(builtins.slice(start, None if end_mask >> axis & 1 else last, step))
    return jnp.asarray(input_)[tuple(index)]


@word("meshgrid")
def meshgrid(*args: ArrayLike, indexing: str = "xy") -> list[jax.Array]:
    """Grids of the values of vectors."""
    return list(jnp.meshgrid(*map(jnp.asarray, args), indexing=indexing))


@word("BroadcastTo", at_once=("shape",))
def broadcast_to(input: ArrayLike, shape: Sequence[int]) -> jax.Array:
    """Repeated to a shape."""
    return jnp.broadcast_to(jnp.asarray(input), tuple(shape))


@word("Roll", at_once=("shift", "axis"))
def roll(input: ArrayLike, shift: int | Sequence[int], axis: int | Sequence[int]) -> jax.Array:
    """Moved along axes; what leaves at one end comes in at the other."""
    listed = [tuple(v) if isinstance(v, list) else v for v in (shift, axis)]
    return jnp.roll(jnp.asarray(input), *listed)


# -- in order --------------------------------------------------------------------------------------


def descends(direction: str) -> bool:
    """Whether the greatest comes first.

    Raises:
        ValueError: another direction than the two.
    """
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"direction is 'ASCENDING' or 'DESCENDING'; given {direction!r}.")
    return direction == "DESCENDING"


@word("sort")
def sort(values: ArrayLike, axis: int = -1, direction: str = "ASCENDING") -> jax.Array:
    """In order along an axis."""
    return jnp.sort(jnp.asarray(values), axis, descending=descends(direction))


@word("argsort")
def argsort(
    values: ArrayLike, axis: int = -1, direction: str = "ASCENDING", stable: bool = False
) -> jax.Array:
    """The places of the values in order along an axis."""
    return jnp.argsort(jnp.asarray(values), axis, descending=descends(direction))


@word("ReverseSequence", at_once=("seq_axis", "batch_axis", "seq_dim", "batch_dim"))
def reverse_sequence(
    input: ArrayLike,
    seq_lengths: ArrayLike,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> jax.Array:
    """The first steps of each sample, as many as its length, in reverse order."""
    steps = (seq_dim or 0) if seq_axis is None else seq_axis
    samples = (batch_dim or 0) if batch_axis is None else batch_axis
    x = jnp.moveaxis(jnp.asarray(input), (samples, steps), (0, 1))
    lengths = jnp.asarray(seq_lengths)[:, None]
    order = jnp.arange(x.shape[1])[None]
    order = jnp.where(order < lengths, lengths - 1 - order, order)
    reversed_ = jax.vmap(lambda sample, steps_of_it: sample[steps_of_it])(x, order)
    return jnp.moveaxis(reversed_, (0, 1), (samples, steps))


@word("SequenceMask/Less", at_once=("maxlen",))
def sequence_mask(
    lengths: ArrayLike, maxlen: int | None = None, dtype: DTypeLike = boolean
) -> jax.Array:
    """True for the first places of each row of `maxlen`, as many as the length says.

    Raises:
        ValueError: without `maxlen`.
    """
    if maxlen is None:
        raise ValueError("tf.sequence_mask needs `maxlen`: the longest is known when it runs.")
    places = jnp.arange(maxlen)
    return (places < jnp.asarray(lengths)[..., None]).astype(as_dtype(dtype))


@word("ExtractImagePatches", at_once=("ksizes", "strides", "rates"))
def extract_image_patches(
    images: ArrayLike,
    ksizes: Sequence[int],
    strides: Sequence[int],
    rates: Sequence[int],
    padding: str,
) -> jax.Array:
    """The numbers under a window (rows, columns, channels) that moves over images, as channels."""
    x = jnp.asarray(images)
    _, rows, columns, _ = ksizes
    patches = jax.lax.conv_general_dilated_patches(
        x,
        (rows, columns),
        tuple(strides[1:3]),
        padding,
        rhs_dilation=tuple(rates[1:3]),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    sizes = patches.shape[:3]
    apart = patches.reshape(*sizes, x.shape[-1], rows * columns)
    return apart.swapaxes(-1, -2).reshape(*sizes, -1)
