"""Convolution and its transpose for one, two or three spatial axes, channels last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import jax

from jaxcnn.ops.geometry import Geometry
from jaxcnn.ops.primitive import convolve, convolve_relu
from jaxcnn.ops.product import common_dtype
from jaxcnn.ops.windows import (
    Padding,
    Sizes,
    conv_output_length,
    conv_transpose_output_length,
    effective_size,
    per_axis,
    resolve_padding,
)
from jaxcnn.runtime.arrays import on_last_axes

__all__ = [
    "conv",
    "conv_output_length",
    "conv_relu",
    "conv_transpose",
    "conv_transpose_output_length",
]


class Window(TypedDict, total=False):
    """How a kernel goes over its input, see :func:`conv`."""

    strides: Sizes
    padding: Padding
    dilation: Sizes
    groups: int


def conv(
    x: jax.Array,
    kernel: jax.Array,
    **window: Unpack[Window],
) -> jax.Array:
    """Cross-correlate ``x`` (N, *spatial, C_in) with ``kernel`` (*window, C_in // groups, C_out).

    Returns (N, *positions, C_out) in the dtype of ``x``. ``padding`` is 'valid', 'same'
    (``ceil(length / stride)`` positions, the odd element of padding at the end), 'causal' (one
    spatial axis only) or a (before, after) pair for each spatial axis. ``groups`` splits both
    channel axes; ``groups == C_in`` is a depthwise convolution.

    Args:
        x: float array (N, *spatial, C_in).
        kernel: array (*window, C_in // groups, C_out) of the same dtype.
        **window: `strides`, `padding`, `dilation` and `groups`, by default 1, 'valid', 1 and 1.

    Raises:
        ValueError: the shapes do not fit together.
        TypeError: the dtypes differ.

    Examples:
        >>> jc.ops.conv(jnp.ones((1, 5, 5, 2)), jnp.ones((3, 3, 2, 4)), padding="same").shape
        (1, 5, 5, 4)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/convolution.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/convolution.py>
    """
    return convolve("output", x, kernel, _geometry(x, kernel, **window))


def conv_relu(
    x: jax.Array,
    kernel: jax.Array,
    bias: jax.Array,
    **window: Unpack[Window],
) -> jax.Array:
    """``relu(conv(x, kernel) + bias)`` with `bias` (C_out,), on CPU in one pass over the output.

    Arguments, result and errors are those of :func:`conv`; the bias may have another dtype.

    Args:
        x: float array (N, *spatial, C_in).
        kernel: array (*window, C_in // groups, C_out) of the same dtype.
        bias: float array (C_out,).
        **window: as of `conv`.

    Examples:
        >>> jc.ops.conv_relu(jnp.ones((1, 5, 2)), jnp.ones((3, 2, 4)), -jnp.ones(4)).max()
        Array(5., dtype=float32)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/convolution.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/convolution.py>
    """
    geometry = _geometry(x, kernel, **window)
    if bias.dtype != x.dtype:
        dtype = common_dtype(x, bias)
        y = convolve("output", x, kernel, geometry).astype(dtype)
        return jax.nn.relu(y + on_last_axes(bias.astype(dtype), y))
    return convolve_relu(x, kernel, bias, geometry)


def _geometry(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: Sizes = 1,
    padding: Padding = "valid",
    dilation: Sizes = 1,
    groups: int = 1,
) -> Geometry:
    """The geometry of a convolution of arrays that are checked to fit together."""
    rank = _rank(x, kernel)
    strides, dilation = per_axis(strides, rank, "strides"), per_axis(dilation, rank, "dilation")
    if x.shape[-1] != kernel.shape[-2] * groups or kernel.shape[-1] % groups:
        raise ValueError(
            f"a kernel for {x.shape[-1]} input channels in {groups} group(s) must have shape "
            f"(*window, {x.shape[-1] // groups}, a multiple of {groups}); got {kernel.shape} for "
            f"an input of {x.shape}."
        )
    lengths, window = x.shape[1:-1], kernel.shape[:-2]
    return Geometry(
        lengths,
        window,
        strides=strides,
        dilation=dilation,
        padding=resolve_padding(padding, lengths, window, strides, dilation),
        groups=groups,
    )


def conv_transpose(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Sizes | None = None,
    dilation: Sizes = 1,
) -> jax.Array:
    """The gradient of :func:`conv` with respect to its input, applied to ``x`` (N, *spatial, C_in).

    ``kernel`` is (*window, C_out, C_in): the kernel of the convolution whose gradient this is.
    Lengths follow :func:`conv_transpose_output_length`; the result is (N, *lengths, C_out) in the
    dtype of ``x``.

    Args:
        x: float array (N, *spatial, C_in).
        kernel: float array (*window, C_out, C_in).
        strides: steps of the window, an integer for all spatial axes or one for each. Default: 1.
        padding: 'valid', 'same' or 'full'. Default: 'valid'.
        output_padding: what is added to the lengths; None for what follows from `padding`.
        dilation: distance of the elements of the window. Default: 1.

    Raises:
        ValueError: the shapes do not fit together.
        TypeError: the dtypes differ.

    Examples:
        >>> jc.ops.conv_transpose(jnp.ones((1, 5, 2)), jnp.ones((3, 4, 2)), strides=2).shape
        (1, 11, 4)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/convolution.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/convolution.py>
    """
    rank = _rank(x, kernel)
    strides, dilation = per_axis(strides, rank, "strides"), per_axis(dilation, rank, "dilation")
    if x.shape[-1] != kernel.shape[-1]:
        raise ValueError(
            f"the kernel of a transposed convolution of {x.shape[-1]} channels must have shape "
            f"(*window, C_out, {x.shape[-1]}); got {kernel.shape} for an input of {x.shape}."
        )
    extras: Sequence[int | None]
    extras = (
        [output_padding] * rank
        if output_padding is None or isinstance(output_padding, int)
        else output_padding
    )
    axes = list(zip(x.shape[1:-1], kernel.shape[:-2], strides, dilation, extras, strict=True))
    lengths = tuple(
        conv_transpose_output_length(n, k, padding, stride=s, dilation=d, output_padding=extra) or 0
        for n, k, s, d, extra in axes
    )
    pads = []
    for (n, k, s, d, _), length in zip(axes, lengths, strict=True):
        # negative: trailing outputs that no input reaches
        total = (n - 1) * s + effective_size(k, d) - length
        before = max(total, 0) // 2
        pads.append((before, total - before))
    geometry = Geometry(lengths, kernel.shape[:-2], strides, dilation, tuple(pads))
    return convolve("input", x, kernel, geometry)


def _rank(x: jax.Array, kernel: jax.Array) -> int:
    """The number of spatial axes of an input and a kernel that agree in it and in their dtype."""
    rank = x.ndim - 2
    if rank not in (1, 2, 3) or kernel.ndim != x.ndim:
        raise ValueError(
            "an input is (batch, 1 to 3 spatial axes, channels) and its kernel has as many axes; "
            f"got an input of {x.shape} and a kernel of {kernel.shape}."
        )
    if x.dtype != kernel.dtype:
        raise TypeError(
            f"the input and the kernel must have one dtype; got {x.dtype} and {kernel.dtype}."
        )
    return rank
