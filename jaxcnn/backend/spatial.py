"""Convolution, pooling, padding and resizing.

Each function computes what the layer of that name does, with the kernel as an argument.
`data_format` is by default the configured one; kernels are laid out (*window, input channels,
output channels) in both formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import flax.linen
import jax
import jax.numpy as jnp

from jaxcnn import nn, ops
from jaxcnn.backend.modules import applied
from jaxcnn.backend.shapes import sizes
from jaxcnn.layers.symbolic.operation import operation, per_sample
from jaxcnn.layers.symbolic.types import Integers, SizesLike, Tensor, TensorLike
from jaxcnn.nn import arguments

ModuleClass: TypeAlias = Callable[..., flax.linen.Module]
# (before, after) along each axis of an image or volume, or a number for both ends.
Padding: TypeAlias = int | Sequence[int] | Sequence[Sequence[int]]


def _convolved(
    module_class: ModuleClass, x: TensorLike, kernel: TensorLike, **settings: Any
) -> jax.Array:
    *window, _, filters = jnp.asarray(kernel).shape
    module = module_class(
        filters=filters, kernel_size=tuple(window), use_bias=False, parent=None, **settings
    )
    return applied(module, x, {"kernel": kernel})


@operation(per_sample)
def conv1d(
    x: TensorLike,
    kernel: TensorLike,
    strides: Integers = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = 1,
) -> Tensor:
    """Convolution over steps; `padding` 'valid', 'same' or 'causal'.

    Args:
        x: tensor, variable or array (batch, steps, channels) in float.
        kernel: float kernel (*window, channels, outputs).
        strides: steps of the window, an integer or one for each axis. Default: 1.
        padding: 'valid', 'same' or 'causal'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: 1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.conv1d(np.ones((1, 8, 2)), np.ones((3, 2, 4))).shape
        (1, 6, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    data_format = arguments.data_format("conv1d", data_format)
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    if data_format == "channels_first":
        return jnp.moveaxis(
            _convolved(nn.Conv1D, jnp.moveaxis(jnp.asarray(x), 1, -1), kernel, **settings), -1, 1
        )
    return _convolved(nn.Conv1D, x, kernel, **settings)


@operation(per_sample)
def conv2d(
    x: TensorLike,
    kernel: TensorLike,
    strides: Integers = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = (1, 1),
) -> Tensor:
    """Convolution over images; `padding` 'valid' or 'same'.

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) in float; channels first where
            `data_format` says so.
        kernel: float kernel (*window, channels, outputs).
        strides: steps of the window, an integer or one for each axis. Default: (1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: (1, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.conv2d(np.ones((1, 8, 8, 2)), np.ones((3, 3, 2, 4))).shape
        (1, 6, 6, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    return _convolved(nn.Conv2D, x, kernel, data_format=data_format, **settings)


@operation(per_sample)
def conv3d(
    x: TensorLike,
    kernel: TensorLike,
    strides: Integers = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = (1, 1, 1),
) -> Tensor:
    """Convolution over volumes; `padding` 'valid' or 'same'.

    Args:
        x: tensor, variable or array (batch, planes, rows, columns, channels) in float; channels
            first where `data_format` says so.
        kernel: float kernel (*window, channels, outputs).
        strides: steps of the window, an integer or one for each axis. Default: (1, 1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: (1, 1, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.conv3d(np.ones((1, 4, 4, 4, 2)), np.ones((3, 3, 3, 2, 4))).shape
        (1, 2, 2, 2, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    return _convolved(nn.Conv3D, x, kernel, data_format=data_format, **settings)


class TransposeSettings(NamedTuple):
    """What else a transposed convolution is told."""

    strides: Integers
    padding: str
    data_format: str | None
    dilation_rate: Integers = 1


@operation(per_sample)
def conv2d_transpose(
    x: TensorLike,
    kernel: TensorLike,
    output_shape: SizesLike,
    strides: Integers = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = (1, 1),
) -> Tensor:
    """The gradient of `conv2d` with respect to its input, applied to `x`.

    `kernel` is (rows, columns, output channels, input channels). `output_shape` is the whole shape
    of the result, of which the batch may be None: of the sizes that `conv2d` with these strides
    would turn into that of `x`, it chooses.

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) in float; channels first where
            `data_format` says so.
        kernel: float kernel (*window, outputs, channels).
        output_shape: shape of the result, with the batch.
        strides: steps of the window, an integer or one for each axis. Default: (1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of the window, an integer or one for each axis.
            Default: (1, 1).

    Raises:
        ValueError: no such convolution turns `output_shape` into the shape of `x`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> images, kernel = np.ones((1, 4, 4, 2)), np.ones((3, 3, 5, 2))
        >>> K.conv2d_transpose(images, kernel, (1, 8, 8, 5), 2, "same").shape
        (1, 8, 8, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    settings = TransposeSettings(strides, padding, data_format, dilation_rate)
    return _transposed("conv2d_transpose", x, kernel, output_shape, settings)


@operation(per_sample)
def conv3d_transpose(
    x: TensorLike,
    kernel: TensorLike,
    output_shape: SizesLike,
    strides: Integers = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """`conv2d_transpose` over volumes.

    Args:
        x: tensor, variable or array (batch, planes, rows, columns, channels) in float; channels
            first where `data_format` says so.
        kernel: float kernel (*window, outputs, channels).
        output_shape: shape of the result, with the batch.
        strides: steps of the window, an integer or one for each axis. Default: (1, 1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> volumes, kernel = np.ones((1, 4, 4, 4, 2)), np.ones((3, 3, 3, 5, 2))
        >>> K.conv3d_transpose(volumes, kernel, (1, 8, 8, 8, 5), 2, "same").shape
        (1, 8, 8, 8, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    settings = TransposeSettings(strides, padding, data_format)
    return _transposed("conv3d_transpose", x, kernel, output_shape, settings)


def _transposed(
    function: str,
    x: TensorLike,
    kernel: TensorLike,
    output_shape: SizesLike,
    settings: TransposeSettings,
) -> Tensor:
    padding = settings.padding
    x, kernel = jnp.asarray(x), jnp.asarray(kernel)
    rank = kernel.ndim - 2
    channels_first = arguments.data_format(function, settings.data_format) == "channels_first"
    strides = arguments.integers(function, "strides", settings.strides, rank)
    x = jnp.moveaxis(x, 1, -1) if channels_first else x
    target_sizes = sizes(output_shape[2:] if channels_first else output_shape[1:-1])
    dilation = arguments.integers(function, "dilation_rate", settings.dilation_rate, rank)
    axes = zip(x.shape[1:-1], kernel.shape[:rank], strides, dilation, target_sizes, strict=True)
    extras = []
    for length, window, stride, distance, size in axes:
        choices = {
            ops.conv_transpose_output_length(
                length, window, padding, stride, distance, output_padding=extra
            ): extra
            for extra in (*range(stride), None)
        }
        if size not in choices:
            raise ValueError(
                f"{function}: with stride {stride} and padding {padding!r} a size of "
                f"{length} can become "
                f"{', '.join(map(str, sorted(c for c in choices if c)))}; `output_shape` "
                f"{tuple(output_shape)} asks for {size}."
            )
        extras.append(choices[size])
    result = ops.conv_transpose(
        x,
        kernel.astype(x.dtype),
        strides=strides,
        padding=padding,
        output_padding=extras,
        dilation=dilation,
    )
    return jnp.moveaxis(result, -1, 1) if channels_first else result


@operation(per_sample)
def depthwise_conv2d(
    x: TensorLike,
    depthwise_kernel: TensorLike,
    strides: Integers = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = (1, 1),
) -> Tensor:
    """Each channel convolved apart; the kernel is (rows, columns, channels, outputs of each).

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) in float; channels first where
            `data_format` says so.
        depthwise_kernel: float kernel (*window, channels, outputs of each).
        strides: steps of the window, an integer or one for each axis. Default: (1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: (1, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.depthwise_conv2d(np.ones((1, 8, 8, 2)), np.ones((3, 3, 2, 4))).shape
        (1, 6, 6, 8)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    rows, columns, _, multiplier = jnp.asarray(depthwise_kernel).shape
    module = nn.DepthwiseConv2D(
        kernel_size=(rows, columns),
        depth_multiplier=multiplier,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilation_rate=dilation_rate,
        use_bias=False,
        parent=None,
    )
    return applied(module, x, {"depthwise_kernel": depthwise_kernel})


@operation(per_sample)
def separable_conv1d(
    x: TensorLike,
    depthwise_kernel: TensorLike,
    pointwise_kernel: TensorLike,
    strides: Integers = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = 1,
) -> Tensor:
    """`separable_conv2d` over steps; the second kernel is (1, channels, output channels).

    Args:
        x: tensor, variable or array (batch, steps, channels) in float.
        depthwise_kernel: float kernel (*window, channels, outputs of each).
        pointwise_kernel: float kernel (1, ..., channels, outputs).
        strides: steps of the window, an integer or one for each axis. Default: 1.
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: 1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.separable_conv1d(np.ones((1, 8, 2)), np.ones((3, 2, 2)), np.ones((1, 4, 5))).shape
        (1, 6, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    kernels = depthwise_kernel, pointwise_kernel
    return _separated(nn.SeparableConv1D, x, kernels, data_format=data_format, **settings)


@operation(per_sample)
def separable_conv2d(
    x: TensorLike,
    depthwise_kernel: TensorLike,
    pointwise_kernel: TensorLike,
    strides: Integers = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Integers = (1, 1),
) -> Tensor:
    """`depthwise_conv2d`, then a convolution with the kernel (1, 1, channels, output channels).

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) in float; channels first where
            `data_format` says so.
        depthwise_kernel: float kernel (*window, channels, outputs of each).
        pointwise_kernel: float kernel (1, ..., channels, outputs).
        strides: steps of the window, an integer or one for each axis. Default: (1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dilation_rate: distance of the elements of a window, an integer or one for each axis.
            Default: (1, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> images = np.ones((1, 8, 8, 2))
        >>> K.separable_conv2d(images, np.ones((3, 3, 2, 2)), np.ones((1, 1, 4, 5))).shape
        (1, 6, 6, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    settings = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    kernels = depthwise_kernel, pointwise_kernel
    return _separated(nn.SeparableConv2D, x, kernels, data_format=data_format, **settings)


def _separated(
    kind: ModuleClass,
    x: TensorLike,
    given: tuple[TensorLike, TensorLike],
    **settings: Any,
) -> jax.Array:
    depthwise_kernel, pointwise_kernel = given
    *window, _, multiplier = jnp.asarray(depthwise_kernel).shape
    module = kind(
        filters=jnp.asarray(pointwise_kernel).shape[-1],
        kernel_size=tuple(window),
        depth_multiplier=multiplier,
        use_bias=False,
        parent=None,
        **settings,
    )
    kernels = {"depthwise_kernel": depthwise_kernel, "pointwise_kernel": pointwise_kernel}
    return applied(module, x, kernels)


def _pooled(
    kinds: Mapping[str, ModuleClass], mode: str, x: TensorLike, **settings: Any
) -> jax.Array:
    if mode not in kinds:
        raise ValueError(f"pool_mode must be 'max' or 'avg', got {mode!r}.")
    return applied(kinds[mode](**settings, parent=None), x)


@operation(per_sample)
def pool2d(
    x: TensorLike,
    pool_size: Integers,
    strides: Integers = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """The largest element of each window, or with `pool_mode` 'avg' the mean.

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) in float; channels first where
            `data_format` says so.
        pool_size: size of the window, an integer or one for each axis.
        strides: steps of the window, an integer or one for each axis. Default: (1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        pool_mode: 'max' or 'avg'. Default: 'max'.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.pool2d(np.ones((1, 8, 8, 2)), (2, 2), (2, 2)).shape
        (1, 4, 4, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    kinds = {"max": nn.MaxPooling2D, "avg": nn.AveragePooling2D}
    settings = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return _pooled(kinds, pool_mode, x, data_format=data_format, **settings)


@operation(per_sample)
def pool3d(
    x: TensorLike,
    pool_size: Integers,
    strides: Integers = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """The largest element of each window, or with `pool_mode` 'avg' the mean.

    Args:
        x: tensor, variable or array (batch, planes, rows, columns, channels) in float; channels
            first where `data_format` says so.
        pool_size: size of the window, an integer or one for each axis.
        strides: steps of the window, an integer or one for each axis. Default: (1, 1, 1).
        padding: 'valid' or 'same'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        pool_mode: 'max' or 'avg'. Default: 'max'.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.pool3d(np.ones((1, 4, 4, 4, 2)), (2, 2, 2), (2, 2, 2)).shape
        (1, 2, 2, 2, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    kinds = {"max": nn.MaxPooling3D, "avg": nn.AveragePooling3D}
    settings = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return _pooled(kinds, pool_mode, x, data_format=data_format, **settings)


@operation(per_sample)
def bias_add(x: TensorLike, bias: TensorLike, data_format: str | None = None) -> Tensor:
    """`x` with a number of `bias` added to each channel, which is the last axis if `x` has two.

    Args:
        x: tensor, variable or array (batch, ..., channels) in float; channels first where
            `data_format` says so.
        bias: one number for each channel, or one for each element of a sample.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Raises:
        ValueError: the shape of `bias` fits neither the channels nor a sample.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.bias_add(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0])))
        array([[11., 22.],
               [13., 24.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
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
    x: TensorLike,
    height_factor: int,
    width_factor: int,
    data_format: str | None = None,
    interpolation: str = "nearest",
) -> Tensor:
    """Images enlarged by whole factors; `interpolation` 'nearest' or 'bilinear'.

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) of any dtype; channels first
            where `data_format` says so.
        height_factor: how many times as many rows.
        width_factor: how many times as many columns.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        interpolation: 'nearest' or 'bilinear'. Default: 'nearest'.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.resize_images(np.ones((1, 4, 4, 2)), 2, 3, "channels_last").shape
        (1, 8, 12, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    size = (height_factor, width_factor)
    module = nn.UpSampling2D(
        size=size, data_format=data_format, interpolation=interpolation, parent=None
    )
    return applied(module, x)


@operation(per_sample)
def resize_volumes(
    x: TensorLike,
    depth_factor: int,
    height_factor: int,
    width_factor: int,
    data_format: str | None = None,
) -> Tensor:
    """Volumes enlarged by whole factors, repeating their elements.

    Args:
        x: tensor, variable or array (batch, planes, rows, columns, channels) of any dtype; channels
            first where `data_format` says so.
        depth_factor: how many times as many planes.
        height_factor: how many times as many rows.
        width_factor: how many times as many columns.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.resize_volumes(np.ones((1, 2, 2, 2, 1)), 2, 2, 2, "channels_last").shape
        (1, 4, 4, 4, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    size = (depth_factor, height_factor, width_factor)
    return applied(nn.UpSampling3D(size=size, data_format=data_format, parent=None), x)


@operation(per_sample)
def temporal_padding(x: TensorLike, padding: Sequence[int] = (1, 1)) -> Tensor:
    """(batch, steps, features) with steps of zeros before and after.

    Args:
        x: tensor, variable or array (batch, steps, channels) of any dtype.
        padding: zero steps (before, after). Default: (1, 1).

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.temporal_padding(np.ones((1, 4, 2)), (1, 2)).shape
        (1, 7, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return applied(nn.ZeroPadding1D(padding=tuple(padding), parent=None), x)


@operation(per_sample)
def spatial_2d_padding(
    x: TensorLike, padding: Padding = ((1, 1), (1, 1)), data_format: str | None = None
) -> Tensor:
    """Images with rows (before, after) and columns (before, after) of zeros.

    Args:
        x: tensor, variable or array (batch, rows, columns, channels) of any dtype; channels first
            where `data_format` says so.
        padding: zeros (before, after) of each spatial axis. Default: ((1, 1), (1, 1)).
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.spatial_2d_padding(np.ones((1, 4, 4, 2))).shape
        (1, 6, 6, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return applied(nn.ZeroPadding2D(padding=padding, data_format=data_format, parent=None), x)


@operation(per_sample)
def spatial_3d_padding(
    x: TensorLike, padding: Padding = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None
) -> Tensor:
    """Volumes with planes of zeros (before, after) along each of the three axes.

    Args:
        x: tensor, variable or array (batch, planes, rows, columns, channels) of any dtype; channels
            first where `data_format` says so.
        padding: zeros (before, after) of each spatial axis. Default: ((1, 1), (1, 1), (1, 1)).
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.spatial_3d_padding(np.ones((1, 4, 4, 4, 2))).shape
        (1, 6, 6, 6, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return applied(nn.ZeroPadding3D(padding=padding, data_format=data_format, parent=None), x)
