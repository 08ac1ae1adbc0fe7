"""Convolution and its two gradients in terms of XLA operations.

Each function computes the target ('output', 'input' gradient or 'kernel' gradient) from the two
other arrays, in the order of :func:`jaxcnn.ops.primitive.convolve`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.ops.geometry import Geometry, Target
from jaxcnn.ops.product import product
from jaxcnn.runtime.arrays import wide_float

_DIMENSIONS = {
    1: ("NWC", "WIO", "NWC"),
    2: ("NHWC", "HWIO", "NHWC"),
    3: ("NDHWC", "DHWIO", "NDHWC"),
}

# Patches are cut out for as many images as give a matrix of this size, so that it is still in the
# cache when it is multiplied. Two to sixteen megabytes measured alike.
_PATCH_BYTES = 4 << 20


def direct(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """XLA's own convolution: the best there is on GPU and TPU."""

    def forward(x: jax.Array, kernel: jax.Array) -> jax.Array:
        x, padding = _with_unknown_padding(x, geometry)
        return lax.conv_general_dilated(
            x,
            kernel,
            window_strides=geometry.strides,
            padding=padding,
            rhs_dilation=geometry.dilation,
            dimension_numbers=_DIMENSIONS[geometry.rank],
            feature_group_count=geometry.groups,
        )

    if target == "output":
        return forward(a, b)
    unknown = jax.ShapeDtypeStruct(geometry.shape(target, a.shape, b.shape), a.dtype)
    gradient: jax.Array
    if target == "input":
        (gradient,) = jax.linear_transpose(lambda x: forward(x, b), unknown)(a)
    else:
        (gradient,) = jax.linear_transpose(lambda kernel: forward(a, kernel), unknown)(b)
    return gradient


def portable(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """By convolutions along one or two axes, without zeros between elements.

    For these other formats have a form, any number of images included.
    """
    if target == "kernel" or (target == "input" and geometry.groups > 1):
        return direct(target, a, b, geometry)
    if target == "input":
        a, b, geometry = _as_convolution(a, b, geometry)
    if geometry.rank < 3:
        return direct("output", a, b, geometry)
    flat = Geometry(
        geometry.lengths[1:],
        geometry.window[1:],
        strides=geometry.strides[1:],
        dilation=geometry.dilation[1:],
        padding=geometry.padding[1:],
        groups=geometry.groups,
    )
    before, after = geometry.padding[0]  # negative: cut off
    a = jnp.pad(a, [(0, 0), (max(before, 0), max(after, 0)), (0, 0), (0, 0), (0, 0)])
    a = a[:, max(-before, 0) : a.shape[1] - max(-after, 0)]
    step, reach = geometry.strides[0], (geometry.positions[0] - 1) * geometry.strides[0] + 1
    total = None
    for tap, start in zip(b, range(0, a.shape[1], geometry.dilation[0]), strict=False):
        images = a[:, start : start + reach : step].reshape(-1, *a.shape[2:])
        part = direct("output", images, tap, flat)
        total = part if total is None else total + part
    assert total is not None
    return total.reshape(-1, geometry.positions[0], *total.shape[1:])


def _as_convolution(
    y: jax.Array, kernel: jax.Array, geometry: Geometry
) -> tuple[jax.Array, jax.Array, Geometry]:
    """(input, kernel, geometry) of the convolution that a transposed one of one group is."""
    pads = []
    axes = zip(
        geometry.lengths,
        geometry.window,
        geometry.strides,
        geometry.dilation,
        geometry.padding,
        strict=True,
    )
    for axis, (length, size, stride, dilation, (before, _)) in enumerate(axes, 1):
        y = _with_zeros(y, axis, stride)
        reach = (size - 1) * dilation
        pads.append((reach - before, length - y.shape[axis] + before))
    ones = (1,) * geometry.rank
    turned = jnp.flip(jnp.swapaxes(kernel, -1, -2), tuple(range(geometry.rank)))
    lengths = y.shape[1:-1]
    return y, turned, Geometry(lengths, geometry.window, ones, geometry.dilation, tuple(pads))


def _with_zeros(x: jax.Array, axis: int, stride: int) -> jax.Array:
    """`x` with ``stride - 1`` zeros between its elements along an axis."""
    if stride == 1:
        return x
    parts = jnp.stack([x, *[jnp.zeros_like(x)] * (stride - 1)], axis + 1)
    length = x.shape[axis] * stride
    whole = parts.reshape(*x.shape[:axis], length, *x.shape[axis + 1 :])
    return lax.slice_in_dim(whole, 0, length - stride + 1, axis=axis)


def _with_unknown_padding(
    x: jax.Array, geometry: Geometry
) -> tuple[jax.Array, Sequence[tuple[int, int]]]:
    """(padded images, padding that is left to do): what depends on sizes that an exported program
    does not know is done, as convolutions and `lax.pad` take numbers only.
    """
    if all(isinstance(n, int) for pad in geometry.padding for n in pad):
        return x, geometry.padding
    for axis, pad in enumerate(geometry.padding, 1):
        sides = [jnp.zeros((*x.shape[:axis], n, *x.shape[axis + 1 :]), x.dtype) for n in pad]
        x = jnp.concatenate([sides[0], x, sides[1]], axis)
    return x, [(0, 0)] * geometry.rank


def exported_for_cpu(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """`direct`, but depthwise convolutions as sums of shifted products, six to thirty times as
    fast on CPU; for any number of images, which an exported program need not know.
    """
    shifts = target == "output" and is_depthwise(target, a, b, geometry)
    return (_shifted if shifts else direct)(target, a, b, geometry)


def is_depthwise(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> bool:
    """Whether each of several input channels has kernels of its own."""
    return geometry.groups > 1 and geometry.groups == _channels(target, a, b, geometry)


def blocked(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """Patches times kernel as matrix products, a block of images at a time.

    Depthwise convolutions are sums of shifted products, their gradients for all images at once: in
    a loop over blocks these took two to nine times as long.
    On CPU this is about as fast as XLA's convolution or faster, keeps its speed inside ``lax.scan``
    (where XLA's gradients take a path that is more than twenty times slower), and needs one block
    of patches as extra memory.
    """
    depthwise = is_depthwise(target, a, b, geometry)
    if depthwise and target != "output":
        return _shifted(target, a, b, geometry)
    multiply = _shifted if depthwise else _matmul
    images = a.shape[0]
    patch_elements = math.prod(geometry.positions) * geometry.taps
    patch_bytes = patch_elements * _channels(target, a, b, geometry) * a.dtype.itemsize
    limit = max(_PATCH_BYTES // max(patch_bytes, 1), 1)
    size = next((n for n in range(min(limit, images), 0, -1) if images % n == 0), 1)
    if size >= images:
        return multiply(target, a, b, geometry)
    shape = geometry.shape(target, a.shape, b.shape)
    blocks = a.reshape(images // size, size, *a.shape[1:])  # (blocks, size, *lengths, channels)
    if target != "kernel":
        results: jax.Array = lax.map(lambda block: multiply(target, block, b, geometry), blocks)
        return results.reshape(shape)
    total = jnp.zeros(shape, wide_float(a.dtype))
    pairs = blocks, b.reshape(images // size, size, *b.shape[1:])

    def add(total: jax.Array, pair: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        return total + multiply(target, *pair, geometry).astype(total.dtype), None

    return lax.scan(add, total, pairs)[0].astype(a.dtype)


def _matmul(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """Patches times kernel as one matrix product (one for each group)."""
    groups, taps = geometry.groups, geometry.taps
    shape = geometry.shape(target, a.shape, b.shape)

    def rows(y: jax.Array) -> jax.Array:  # (N, *positions, O) -> (g, n, o)
        return jnp.moveaxis(y.reshape(-1, groups, y.shape[-1] // groups), 1, 0)

    def patches(x: jax.Array) -> jax.Array:  # (N, *lengths, C) -> (g, n, k c)
        cut = jnp.concatenate(list(_slices(x, geometry)), -1).reshape(
            -1, taps, groups, x.shape[-1] // groups
        )
        return jnp.moveaxis(cut, 2, 0).reshape(groups, -1, taps * cut.shape[-1])

    def matrix(kernel: jax.Array) -> jax.Array:  # (*window, C / groups, O) -> (g, k c, o)
        return jnp.moveaxis(kernel.reshape(-1, groups, kernel.shape[-1] // groups), 1, 0)

    def times(x: jax.Array, y: jax.Array, x_axis: int, y_axis: int) -> jax.Array:
        if groups == 1:
            return product(x[0], y[0], x_axis, y_axis)[None]
        return jax.vmap(lambda x, y: product(x, y, x_axis, y_axis))(x, y)

    if target == "output":
        return jnp.moveaxis(times(patches(a), matrix(b), 1, 0), 0, 1).reshape(shape)
    if target == "kernel":
        return jnp.moveaxis(times(patches(a), rows(b), 0, 0), 0, 1).reshape(shape)
    columns = times(rows(a), matrix(b), 1, 1).reshape(groups, -1, taps, shape[-1] // groups)
    columns = jnp.moveaxis(columns, 0, 2).reshape(*a.shape[:-1], taps, shape[-1])
    return _unslice((columns[..., tap, :] for tap in range(taps)), geometry)


def _shifted(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """Depthwise convolution as a sum of shifted products."""
    shape = geometry.shape(target, a.shape, b.shape)
    channels = geometry.groups

    def split(array: jax.Array) -> jax.Array:  # (..., outputs) -> (..., channels, outputs of each)
        return array.reshape(*array.shape[:-1], channels, -1)

    def taps_of(kernel: jax.Array) -> jax.Array:  # each with as many axes as its factor
        return kernel.reshape(geometry.taps, *(1,) * (a.ndim - 1), channels, -1)

    if target == "output":
        pairs = zip(_slices(a, geometry), taps_of(b), strict=True)
        total: jax.Array = sum(x[..., None] * tap for x, tap in pairs)
        return total.reshape(shape)
    if target == "kernel":
        y, axes = split(b), tuple(range(a.ndim - 1))
        gradients = [(x[..., None] * y).sum(axes) for x in _slices(a, geometry)]
        return jnp.stack(gradients).reshape(shape)
    y = split(a)
    return _unslice(((y * tap).sum(-1) for tap in taps_of(b)), geometry)


def _channels(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> int:
    """The input channels of the convolution."""
    return b.shape[-2] * geometry.groups if target != "kernel" else a.shape[-1]


def _offsets(geometry: Geometry) -> Iterator[tuple[int, ...]]:
    """Where each tap of the window starts in the padded input, in row-major order."""
    axes = zip(geometry.window, geometry.dilation, strict=True)
    return itertools.product(*(range(0, k * d, d) for k, d in axes))


def _slices(x: jax.Array, geometry: Geometry) -> Iterator[jax.Array]:
    """For each tap of the window the elements that it meets, (N, *positions, C)."""
    x, padding = _with_unknown_padding(x, geometry)
    padded = lax.pad(
        x, jnp.zeros((), x.dtype), [(0, 0, 0), *((*pad, 0) for pad in padding), (0, 0, 0)]
    )
    steps = (1, *geometry.strides, 1)
    for offset in _offsets(geometry):
        axes = zip(offset, geometry.positions, geometry.strides, strict=True)
        stops = (start + (n - 1) * s + 1 for start, n, s in axes)
        yield lax.slice(padded, (0, *offset, 0), (x.shape[0], *stops, x.shape[-1]), steps)


def _unslice(pieces: Iterator[jax.Array], geometry: Geometry) -> jax.Array:
    """The transpose of :func:`_slices`: add each tap's piece where it was taken from."""
    total = None
    for offset, piece in zip(_offsets(geometry), pieces, strict=True):
        config = [(0, 0, 0)]
        axes = zip(
            offset,
            geometry.padding,
            geometry.positions,
            geometry.strides,
            geometry.lengths,
            strict=True,
        )
        for start, (before, _), n, s, length in axes:
            low = start - before
            config.append((low, length - (low + (n - 1) * s + 1), s - 1))
        placed = lax.pad(piece, jnp.zeros((), piece.dtype), [*config, (0, 0, 0)])
        total = placed if total is None else total + placed
    assert total is not None
    return total
