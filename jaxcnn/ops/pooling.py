"""Maximum and average over sliding windows of one, two or three spatial axes, channels last.

A window is taken apart into its elements, each a view of the input at every position: on CPU the
gradient of XLA's `reduce_window` takes ten to eighty times as long as what this becomes.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxcnn.ops.tracing import is_spelled_out
from jaxcnn.ops.windows import Sizes, conv_output_length, per_axis, resolve_padding

T = TypeVar("T")

# Up to so many elements the views are written out one by one; beyond, compiling them would take too
# long.
_MOST_VIEWS = 16


@dataclass(frozen=True)
class _Windows:
    """Where the windows lie: a number (pads: two) for each spatial axis."""

    lengths: tuple[int, ...]
    size: tuple[int, ...]
    strides: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]

    @property
    def positions(self) -> list[int]:
        axes = zip(self.lengths, self.size, self.pads, self.strides, strict=True)
        return [conv_output_length(length, k, pad, s) or 0 for length, k, pad, s in axes]

    def elements(self) -> list[tuple[int, ...]]:
        """Offsets in the window, in row-major order."""
        return list(itertools.product(*map(range, self.size)))

    def along(self, axis: int) -> _Windows:
        """The same windows, but one element wide along every other axis."""

        def only(values: tuple[T, ...], other: T) -> tuple[T, ...]:
            return tuple(v if i == axis else other for i, v in enumerate(values))

        return replace(
            self,
            size=only(self.size, 1),
            strides=only(self.strides, 1),
            pads=only(self.pads, (0, 0)),
        )

    def over(self, lengths: Sequence[int]) -> _Windows:
        """The same windows over axes of these lengths."""
        return replace(self, lengths=tuple(lengths))


def max_pool(
    x: jax.Array, window: Sizes, strides: Sizes | None = None, padding: str = "valid"
) -> jax.Array:
    """Maximum of each window of ``x`` (N, *spatial, C); ``strides`` defaults to ``window``.

    ``padding`` is 'valid' or 'same'. Where a window holds its maximum several times the gradient
    goes to the first of them, in row-major order.

    Args:
        x: float array (N, *spatial, C).
        window: size of the window, an integer for all spatial axes or one for each.
        strides: steps of the window, given as its size is; None for the size.
        padding: 'valid' or 'same'. Default: 'valid'.

    Examples:
        >>> jc.ops.max_pool(jnp.arange(4.0).reshape(1, 4, 1), 2).ravel()
        Array([1., 3.], dtype=float32)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/windowed_reductions.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/windowed_reductions.py>
    """
    return _pooled(x, _windows(x, window, strides, padding), _MAXIMUM)


def avg_pool(
    x: jax.Array, window: Sizes, strides: Sizes | None = None, padding: str = "valid"
) -> jax.Array:
    """Mean of each window of ``x`` (N, *spatial, C) over the elements that are not padding.

    ``strides`` defaults to ``window``; ``padding`` is 'valid' or 'same'.

    Args:
        x: float array (N, *spatial, C).
        window: size of the window, an integer for all spatial axes or one for each.
        strides: steps of the window, given as its size is; None for the size.
        padding: 'valid' or 'same'. Default: 'valid'.

    Examples:
        >>> jc.ops.avg_pool(jnp.arange(4.0).reshape(1, 4, 1), 2).ravel()
        Array([0.5, 2.5], dtype=float32)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/windowed_reductions.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/windowed_reductions.py>
    """
    windows = _windows(x, window, strides, padding)
    return _pooled(x, windows, _SUM) / _counts(windows, x.dtype)


def largest(x: jax.Array, axis: Sequence[int], keepdims: bool = False) -> jax.Array:
    """The maximum over some axes, or NaN where one of its elements is.

    That of XLA on CPU (jaxlib 0.10) passes over NaN where channels fill its vectors.

    Args:
        x: array of any shape, of numbers.
        axis: the axes over which the maximum is taken.
        keepdims: whether they stay, with size 1. Default: False.

    Examples:
        >>> jc.ops.largest(jnp.array([[1.0, 5.0], [3.0, jnp.nan]]), (1,))
        Array([ 5., nan], dtype=float32)
    """
    axes = tuple(axis)
    maximum = x.max(axes, keepdims=keepdims)
    if not jnp.issubdtype(x.dtype, jnp.floating):
        return maximum
    marks = jnp.where(x == x, 0, jnp.nan).astype(x.dtype)  # adds nothing, or NaN
    return maximum + marks.sum(axes, keepdims=keepdims)


def _windows(x: jax.Array, window: Sizes, strides: Sizes | None, padding: str) -> _Windows:
    rank = x.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(
            f"pooling needs an input of (batch, 1 to 3 spatial axes, channels); got {x.shape}."
        )
    if padding not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same'; got {padding!r}.")
    size = per_axis(window, rank, "window")
    steps = size if strides is None else per_axis(strides, rank, "strides")
    lengths = x.shape[1:-1]
    pads = resolve_padding(padding, lengths, size, steps, (1,) * rank)
    return _Windows(lengths, size, steps, pads)


@dataclass(frozen=True)
class _Reduction:
    """How a window becomes one element, in the three ways that it may be computed."""

    of_views: Callable[[jax.Array, _Windows], jax.Array]
    of_blocks: Callable[[jax.Array, _Windows], jax.Array]
    combine: Callable[[jax.Array, jax.Array], jax.Array]
    fill: float  # what padding counts as


def _pooled(x: jax.Array, windows: _Windows, reduction: _Reduction) -> jax.Array:
    if is_spelled_out():
        return _axis_by_axis(x, windows, reduction)
    pooled: jax.Array = _pool(x, windows, reduction)
    return pooled


def _axis_by_axis(x: jax.Array, windows: _Windows, reduction: _Reduction) -> jax.Array:
    """The windows of ``x`` by operations over three axes: ONNX Runtime knows no more for maxima."""
    shape = list(x.shape)
    axes = zip(windows.size, windows.strides, windows.pads, windows.positions, strict=True)
    for axis, (k, stride, pad, positions) in enumerate(axes, start=1):
        lead, trail = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
        x = lax.reduce_window(
            x.reshape(lead, shape[axis], trail),
            np.asarray(reduction.fill, x.dtype),
            reduction.combine,
            window_dimensions=(1, k, 1),
            window_strides=(1, stride, 1),
            padding=((0, 0), pad, (0, 0)),
        )
        shape[axis] = positions
    return x.reshape(shape)


# One program also where it is called by itself.
@functools.partial(jax.jit, static_argnums=(1, 2), inline=True)
def _pool(x: jax.Array, windows: _Windows, reduction: _Reduction) -> jax.Array:
    few = math.prod(windows.size) <= _MOST_VIEWS
    if windows.size == windows.strides:
        return (reduction.of_views if few else reduction.of_blocks)(x, windows)
    wide = [axis for axis, k in enumerate(windows.size) if k > 1 or windows.strides[axis] > 1]
    if len(wide) > 1:
        # Windows overlap: XLA, which fuses all this, would compute each of them once for each
        # element of the gradient. The last axis first: then the first maximum along one axis after
        # the other is the first in row-major order.
        for axis in reversed(wide):
            x = _pool(x, windows.over(x.shape[1:-1]).along(axis), reduction)
        return x
    if few:
        return reduction.of_views(x, windows)
    pooled: jax.Array = lax.reduce_window(
        x,
        np.asarray(reduction.fill, x.dtype),
        reduction.combine,
        window_dimensions=(1, *windows.size, 1),
        window_strides=(1, *windows.strides, 1),
        padding=((0, 0), *windows.pads, (0, 0)),
    )
    return pooled


def _counts(windows: _Windows, dtype: jnp.dtype) -> jax.Array:
    """How many elements of each window are not padding: (1, *positions, 1)."""
    counts = jnp.ones((1,) * (len(windows.size) + 2), dtype)
    axes = zip(
        windows.lengths, windows.size, windows.strides, windows.pads, windows.positions, strict=True
    )
    for axis, (length, k, s, (before, _), positions) in enumerate(axes, start=1):
        numpy = np if isinstance(positions, int) else jnp  # which knows sizes that are not known
        starts = numpy.arange(positions) * s - before
        inside = numpy.minimum(starts + k, length) - numpy.maximum(starts, 0)
        counts = counts * jnp.expand_dims(
            jnp.asarray(inside, dtype), [i for i in range(counts.ndim) if i != axis]
        )
    return counts


def _pad(x: jax.Array, fill: float, windows: _Windows, lengths: Sequence[int]) -> jax.Array:
    """Pad or crop the spatial axes to ``lengths``."""
    axes = zip(windows.pads, windows.lengths, lengths, strict=True)
    config = [(before, target - length - before, 0) for (before, _), length, target in axes]
    return lax.pad(x, np.asarray(fill, x.dtype), [(0, 0, 0), *config, (0, 0, 0)])


def _values(x: jax.Array, fill: float, windows: _Windows) -> list[jax.Array]:
    """For each element of the window its view of the input: (N, *positions, C)."""
    axes = zip(windows.positions, windows.strides, strict=True)
    # From the first window's element to the last one's. Where an exported program does not know the
    # number of positions there is one at least.
    reaches = [0 if isinstance(p, int) and p < 1 else (p - 1) * s + 1 for p, s in axes]
    lengths = [max(n - 1, 0) if isinstance(n, int) else n - 1 for n in reaches]
    padded = _pad(x, fill, windows, [n + k for n, k in zip(lengths, windows.size, strict=True)])

    def view(element: tuple[int, ...]) -> jax.Array:
        stops = [i + reach for i, reach in zip(element, reaches, strict=True)]
        return lax.slice(
            padded, (0, *element, 0), (x.shape[0], *stops, x.shape[-1]), (1, *windows.strides, 1)
        )

    return [view(element) for element in windows.elements()]


def _linear_values(x: jax.Array, windows: _Windows) -> list[jax.Array]:
    """:func:`_values` with zeros as padding, written for the sake of its transpose.

    The input is first split into its phases (every s-th element), of which the views are plain
    slices: the transpose puts whole phases together again, instead of adding up arrays that are
    mostly zero.
    """
    axes = list(zip(windows.positions, windows.size, windows.strides, strict=True))
    phases: dict[tuple[int, ...], jax.Array] = {
        (): _pad(x, 0.0, windows, [(p + (k - 1) // s) * s for p, k, s in axes])
    }
    for axis, s in enumerate(windows.strides, 1):
        phases = {
            (*key, i): part
            for key, array in phases.items()
            for i, part in enumerate(_phases(array, axis, s))
        }

    def view(element: tuple[int, ...]) -> jax.Array:
        offsets = [divmod(i, s) for i, s in zip(element, windows.strides, strict=True)]
        stops = [start + p for (start, _), p in zip(offsets, windows.positions, strict=True)]
        phase = phases[tuple(rest for _, rest in offsets)]
        return lax.slice(
            phase, (0, *(start for start, _ in offsets), 0), (x.shape[0], *stops, x.shape[-1])
        )

    return [view(element) for element in windows.elements()]


def _phases(x: jax.Array, axis: int, stride: int) -> list[jax.Array]:
    """Every `stride`-th element along an axis, for each place to begin with."""
    shape = x.shape
    # (..., length / stride, stride, ...)
    apart = x.reshape(*shape[:axis], shape[axis] // stride, stride, *shape[axis + 1 :])
    return [part.squeeze(axis + 1) for part in lax.split(apart, (1,) * stride, axis + 1)]


def _sum_of_views(x: jax.Array, windows: _Windows) -> jax.Array:
    return functools.reduce(operator.add, _linear_values(x, windows))


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _max_of_views(x: jax.Array, windows: _Windows) -> jax.Array:
    return functools.reduce(lax.max, _values(x, -np.inf, windows))


@_max_of_views.defjvp
def _max_of_views_jvp(
    windows: _Windows, primals: tuple[jax.Array], tangents: tuple[jax.Array]
) -> tuple[jax.Array, jax.Array]:
    (x,), (tangent,) = primals, tangents
    maximum, *rest = _values(x, -np.inf, windows)
    where = jnp.zeros(maximum.shape, jnp.uint8)
    for i, value in enumerate(rest, 1):
        # Not lax.max: its gradient shares out ties, and XLA fuses this better. NaN wins, to stay
        # visible.
        larger = (value > maximum) | jnp.isnan(value)
        maximum, where = jnp.where(larger, value, maximum), jnp.where(larger, jnp.uint8(i), where)
    moved = _linear_values(tangent, windows)
    chosen = (jnp.where(where == jnp.uint8(i), t, jnp.zeros_like(t)) for i, t in enumerate(moved))
    return maximum, functools.reduce(operator.add, chosen)


def _blocks(x: jax.Array, fill: float, windows: _Windows) -> tuple[jax.Array, tuple[int, ...]]:
    """Windows that do not overlap, their elements on separate axes, and these axes."""
    axes = list(zip(windows.positions, windows.size, strict=True))
    padded = _pad(x, fill, windows, [p * k for p, k in axes])
    apart = [n for pair in axes for n in pair]
    # (batch, positions, size of the window, positions, size, ..., channels)
    blocks = padded.reshape(x.shape[0], *apart, x.shape[-1])
    return blocks, tuple(range(2, x.ndim + len(windows.size) - 1, 2))


def _sum_of_blocks(x: jax.Array, windows: _Windows) -> jax.Array:
    blocks, axes = _blocks(x, 0.0, windows)
    return blocks.sum(axes)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _max_of_blocks(x: jax.Array, windows: _Windows) -> jax.Array:
    blocks, axes = _blocks(x, -np.inf, windows)
    return largest(blocks, axes)


@_max_of_blocks.defjvp
def _max_of_blocks_jvp(
    windows: _Windows, primals: tuple[jax.Array], tangents: tuple[jax.Array]
) -> tuple[jax.Array, jax.Array]:
    (x,), (tangent,) = primals, tangents
    blocks, axes = _blocks(x, -np.inf, windows)
    maximum = largest(blocks, axes, keepdims=True)
    count = math.prod(windows.size)
    window = [n for k in windows.size for n in (1, k)]
    order = np.arange(count, dtype=np.int32).reshape(1, *window, 1)  # like `blocks`
    chosen = (blocks == maximum) | jnp.isnan(blocks)
    first = jnp.where(chosen, order, np.int32(count)).min(axes, keepdims=True)
    moved, _ = _blocks(tangent, 0.0, windows)
    return largest(blocks, axes), jnp.where(first == order, moved, jnp.zeros_like(moved)).sum(axes)


_MAXIMUM = _Reduction(_max_of_views, _max_of_blocks, lax.max, -np.inf)
_SUM = _Reduction(_sum_of_views, _sum_of_blocks, lax.add, 0.0)
