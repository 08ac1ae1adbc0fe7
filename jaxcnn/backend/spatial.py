"""Convolution, pooling, padding and resizing.

Each function computes what the layer of that name does, with the kernel as an argument.
`data_format` is by default the configured one; kernels are laid out (*window, input channels,
output channels) in both formats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp

from jaxcnn import nn, ops
from jaxcnn.layers.symbolic.operation import operation, per_sample
from jaxcnn.nn import arguments


def _applied(
    module_class: Any, x: Any, weights: Mapping[str, Any] | None = None, **settings: Any
) -> Any:
    """What a layer with these settings and weights makes of `x`."""
    x = jnp.asarray(x)
    params = {name: jnp.asarray(weight).astype(x.dtype) for name, weight in (weights or {}).items()}
    return module_class(**settings, parent=None).apply({"params": params} if params else {}, x)


def _convolved(module_class: Any, x: Any, kernel: Any, **settings: Any) -> Any:
    window, filters = jnp.shape(kernel)[:-2], jnp.shape(kernel)[-1]
    return _applied(
        module_class,
        x,
        {"kernel": kernel},
        filters=filters,
        kernel_size=window,
        use_bias=False,
        **settings,
    )


@operation(per_sample)
def conv1d(
    x: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    """Convolution over steps; `padding` 'valid', 'same' or 'causal'."""
    data_format = arguments.data_format("conv1d", data_format)
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    if data_format == "channels_first":
        return jnp.moveaxis(
            _convolved(nn.Conv1D, jnp.moveaxis(jnp.asarray(x), 1, -1), kernel, **settings), -1, 1
        )
    return _convolved(nn.Conv1D, x, kernel, **settings)


@operation(per_sample)
def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Convolution over pictures; `padding` 'valid' or 'same'."""
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    return _convolved(nn.Conv2D, x, kernel, data_format=data_format, **settings)


@operation(per_sample)
def conv3d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1, 1),
) -> Any:
    """Convolution over volumes; `padding` 'valid' or 'same'."""
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    return _convolved(nn.Conv3D, x, kernel, data_format=data_format, **settings)


@operation(per_sample)
def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
) -> Any:
    """The gradient of `conv2d` with respect to its input, applied to `x`.

    `kernel` is (rows, columns, output channels, input channels). `output_shape` is the whole shape
    of the result, of which the batch may be None: of the sizes that `conv2d` with these strides
    would turn into that of `x`, it chooses.

    Raises:
        ValueError: no such convolution turns `output_shape` into the shape of `x`.
    """
    x, kernel = jnp.asarray(x), jnp.asarray(kernel)
    channels_first = arguments.data_format("conv2d_transpose", data_format) == "channels_first"
    strides = arguments.integers("conv2d_transpose", "strides", strides, 2)
    x = jnp.moveaxis(x, 1, -1) if channels_first else x
    wanted = tuple(output_shape)[2:] if channels_first else tuple(output_shape)[1:-1]
    axes = zip(x.shape[1:-1], kernel.shape[:2], strides, wanted, strict=True)
    extras = []
    for length, window, stride, size in axes:
        choices = {
            ops.conv_transpose_output_length(
                length, window, padding, stride, output_padding=extra
            ): extra
            for extra in (*range(stride), None)
        }
        if int(size) not in choices:
            raise ValueError(
                f"conv2d_transpose: with stride {stride} and padding {padding!r} a size of "
                f"{length} can become "
                f"{', '.join(map(str, sorted(c for c in choices if c)))}; `output_shape` "
                f"{tuple(output_shape)} asks "
                f"for {size}."
            )
        extras.append(choices[int(size)])
    result = ops.conv_transpose(
        x, kernel.astype(x.dtype), strides=strides, padding=padding, output_padding=extras
    )
    return jnp.moveaxis(result, -1, 1) if channels_first else result


@operation(per_sample)
def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Each channel convolved apart, with a kernel (rows, columns, channels, results of each
    channel).
    """
    return _applied(
        nn.DepthwiseConv2D,
        x,
        {"depthwise_kernel": depthwise_kernel},
        kernel_size=jnp.shape(depthwise_kernel)[:2],
        depth_multiplier=jnp.shape(depthwise_kernel)[-1],
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilation_rate=dilation_rate,
        use_bias=False,
    )


@operation(per_sample)
def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """`depthwise_conv2d`, then a convolution with a kernel (1, 1, its channels, output channels)."""
    return _applied(
        nn.SeparableConv2D,
        x,
        {"depthwise_kernel": depthwise_kernel, "pointwise_kernel": pointwise_kernel},
        filters=jnp.shape(pointwise_kernel)[-1],
        kernel_size=jnp.shape(depthwise_kernel)[:2],
        depth_multiplier=jnp.shape(depthwise_kernel)[-1],
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilation_rate=dilation_rate,
        use_bias=False,
    )


def _pooled(
    kinds: Mapping[str, Any], mode: str, x: Any, size: Any, strides: Any, padding: str, format: Any
) -> Any:
    if mode not in kinds:
        raise ValueError(f"pool_mode must be 'max' or 'avg', got {mode!r}.")
    return _applied(
        kinds[mode], x, pool_size=size, strides=strides, padding=padding, data_format=format
    )


@operation(per_sample)
def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> Any:
    """The largest element of each window, or with `pool_mode` 'avg' the mean."""
    kinds = {"max": nn.MaxPooling2D, "avg": nn.AveragePooling2D}
    return _pooled(kinds, pool_mode, x, pool_size, strides, padding, data_format)


@operation(per_sample)
def pool3d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> Any:
    """The largest element of each window, or with `pool_mode` 'avg' the mean."""
    kinds = {"max": nn.MaxPooling3D, "avg": nn.AveragePooling3D}
    return _pooled(kinds, pool_mode, x, pool_size, strides, padding, data_format)


@operation(per_sample)
def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """`x` with one number of `bias` added to each channel; an `x` of two axes has its channels
    last.
    """
    x, bias = jnp.asarray(x), jnp.asarray(bias)
    if bias.ndim != 1:
        raise ValueError(
            f"bias_add: the bias has shape {bias.shape}; it needs one axis, a number for each "
            "channel."
        )
    if arguments.data_format("bias_add", data_format) == "channels_first" and x.ndim > 2:
        bias = bias.reshape(-1, *(1,) * (x.ndim - 2))
    return x + bias


@operation(per_sample)
def resize_images(
    x: Any,
    height_factor: int,
    width_factor: int,
    data_format: Any = None,
    interpolation: str = "nearest",
) -> Any:
    """Pictures enlarged by whole factors, repeating pixels ('nearest') or interpolating linearly
    ('bilinear').
    """
    size = (height_factor, width_factor)
    return _applied(
        nn.UpSampling2D, x, size=size, data_format=data_format, interpolation=interpolation
    )


@operation(per_sample)
def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: Any = None
) -> Any:
    """Volumes enlarged by whole factors, repeating their elements."""
    return _applied(
        nn.UpSampling3D,
        x,
        size=(depth_factor, height_factor, width_factor),
        data_format=data_format,
    )


@operation(per_sample)
def temporal_padding(x: Any, padding: Sequence[int] = (1, 1)) -> Any:
    """(batch, steps, features) with steps of zeros before and after."""
    return _applied(nn.ZeroPadding1D, x, padding=tuple(padding))


@operation(per_sample)
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Pictures with rows (before, after) and columns (before, after) of zeros."""
    return _applied(nn.ZeroPadding2D, x, padding=padding, data_format=data_format)


@operation(per_sample)
def spatial_3d_padding(
    x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None
) -> Any:
    """Volumes with planes of zeros (before, after) along each of the three axes."""
    return _applied(nn.ZeroPadding3D, x, padding=padding, data_format=data_format)
