"""The parts of `keras.applications` that programs build their own networks from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxcnn import backend as K
from jaxcnn.layers import Activation, BatchNormalization, Conv2D, Layer, add
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Shape
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import dialect


def channel_axis() -> int:
    """Where images have their channels."""
    return 1 if config.image_data_format() == "channels_first" else 3


def obtain_input_shape(
    input_shape: Sequence[int | None] | None,
    default_size: int | None,
    min_size: int,
    data_format: str | None = None,
    include_top: bool = True,
    require_flatten: bool | None = None,
    weights: str | None = "imagenet",
    dim_ordering: str | None = None,
) -> Shape:
    """The checked input shape of a network for ImageNet.

    Args:
        input_shape: what the user gave, or None.
        default_size: rows and columns of the images it was trained on.
        min_size: the fewest rows and columns.
        data_format: 'channels_last' or 'channels_first'.
        include_top, require_flatten: whether the network ends in layers of a fixed size.
        weights: 'imagenet' needs 3 channels.
        dim_ordering: `data_format` in Keras 1: 'tf' or 'th'.

    Raises:
        ValueError: a shape that the network cannot take.
    """
    fixed = include_top if require_flatten is None else require_flatten
    orders = {"th": "channels_first", "tf": "channels_last"}
    order = data_format or orders.get(dim_ordering or "", config.image_data_format())
    first = order == "channels_first"
    default = (3, default_size, default_size) if first else (default_size, default_size, 3)
    if input_shape is None:
        return default if fixed else tuple(3 if size == 3 else None for size in default)
    shape = tuple(input_shape)
    if len(shape) != 3:
        raise ValueError("`input_shape` must be a tuple of three integers.")
    channels, *sizes = shape if first else (shape[2], shape[0], shape[1])
    if weights != "imagenet" and channels not in (1, 3, None):
        warn_user(f"Images have 1 or 3 channels; `input_shape={shape}` has {channels}.")
    if weights == "imagenet" and channels != 3:
        raise ValueError(f"The input must have 3 channels; got `input_shape={shape}`")
    if weights == "imagenet" and fixed and shape != default:
        raise ValueError(f"When setting`include_top=True`, `input_shape` should be {default}.")
    if any(size is not None and size < min_size for size in sizes):
        raise ValueError(
            f"Input size must be at least {min_size}x{min_size}, got `input_shape={shape}`"
        )
    return shape


def identity_block(
    input_tensor: SymbolicTensor,
    kernel_size: int,
    filters: Sequence[int],
    stage: int,
    block: str,
) -> SymbolicTensor:
    """The block of ResNet50 whose input is added to its output as it is."""
    return _residual(input_tensor, kernel_size, filters, f"{stage}{block}_branch", None)


def conv_block(
    input_tensor: SymbolicTensor,
    kernel_size: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    strides: int | tuple[int, int] = (2, 2),
) -> SymbolicTensor:
    """The block of ResNet50 whose input passes a convolution before it is added."""
    return _residual(input_tensor, kernel_size, filters, f"{stage}{block}_branch", strides)


def convolution(filters: int, size: int, name: str, **options: Any) -> Conv2D:
    """A convolution of ResNet50, whose kernels began in He's way from Keras 2.2 on."""
    initializer = "he_normal" if dialect().since_2_2 else "glorot_uniform"
    return Conv2D(filters, size, kernel_initializer=initializer, name=name, **options)


def _residual(
    x: SymbolicTensor,
    kernel_size: int,
    filters: Sequence[int],
    label: str,
    strides: int | tuple[int, int] | None,
) -> SymbolicTensor:
    def convolved(
        x: SymbolicTensor, count: int, size: int, part: str, **options: Any
    ) -> SymbolicTensor:
        x = convolution(count, size, f"res{label}{part}", **options)(x)
        return BatchNormalization(axis=channel_axis(), name=f"bn{label}{part}")(x)

    first, middle, last = filters
    y = Activation("relu")(convolved(x, first, 1, "2a", strides=strides or 1))
    y = Activation("relu")(convolved(y, middle, kernel_size, "2b", padding="same"))
    y = convolved(y, last, 1, "2c")
    shortcut = x if strides is None else convolved(x, last, 1, "1", strides=strides)
    result: SymbolicTensor = Activation("relu")(add([y, shortcut]))
    return result


def conv2d_bn(
    x: SymbolicTensor,
    filters: int,
    num_row: int,
    num_col: int,
    padding: str = "same",
    strides: int | tuple[int, int] = (1, 1),
    name: str | None = None,
) -> SymbolicTensor:
    """The convolution of InceptionV3, normalised and rectified."""
    x = Conv2D(
        filters,
        (num_row, num_col),
        strides=strides,
        padding=padding,
        use_bias=False,
        name=name and f"{name}_conv",
    )(x)
    x = BatchNormalization(axis=channel_axis(), scale=False, name=name and f"{name}_bn")(x)
    result: SymbolicTensor = Activation("relu", name=name)(x)
    return result


def relu6(x: TensorLike) -> Tensor:
    """The rectifier of MobileNet, at most 6."""
    return K.relu(x, max_value=6)


def convert_dense_weights_data_format(
    dense: Layer,
    previous_feature_map_shape: tuple[int, int, int],
    target_data_format: str = "channels_first",
) -> None:
    """Sort the rows of a Dense after a Flatten for feature maps in the other order of axes.

    Args:
        dense: the layer, in place.
        previous_feature_map_shape: of the maps, in the new order.
        target_data_format: the new order, 'channels_first' or 'channels_last'.
    """
    kernel, *rest = dense.get_weights()
    shape = previous_feature_map_shape
    if target_data_format == "channels_first":
        maps = kernel.reshape(shape[1], shape[2], shape[0], -1).transpose(2, 0, 1, 3)
    else:
        maps = kernel.reshape(shape[2], shape[0], shape[1], -1).transpose(1, 2, 0, 3)
    dense.set_weights([np.reshape(maps, kernel.shape), *rest])
