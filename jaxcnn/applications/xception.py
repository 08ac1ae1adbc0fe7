"""Xception: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017."""

from __future__ import annotations

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SeparableConv2D,
    SymbolicTensor,
)


def convolution(x: SymbolicTensor, filters: int, strides: int, name: str) -> SymbolicTensor:
    """A plain 3x3 convolution, normalization and relu."""
    x = Conv2D(filters, 3, strides=strides, use_bias=False, name=name)(x)
    x = BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)
    return Activation("relu", name=f"{name}_act")(x)


def separable(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """A separable 3x3 convolution and normalization."""
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)


def shrinking_block(
    x: SymbolicTensor, first: int, filters: int, block: int, activate: bool = True
) -> SymbolicTensor:
    """Two separable convolutions and a pool, added to a strided 1x1 convolution of the input."""
    residual = Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
    residual = BatchNormalization(axis=channel_axis())(residual)
    if activate:
        x = Activation("relu", name=f"block{block}_sepconv1_act")(x)
    x = separable(x, first, f"block{block}_sepconv1")
    x = Activation("relu", name=f"block{block}_sepconv2_act")(x)
    x = separable(x, filters, f"block{block}_sepconv2")
    x = MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
    return Add()([x, residual])


def middle_block(x: SymbolicTensor, block: int) -> SymbolicTensor:
    """Three separable convolutions of 728 channels, added to the input."""
    residual = x
    for i in (1, 2, 3):
        x = Activation("relu", name=f"block{block}_sepconv{i}_act")(x)
        x = separable(x, 728, f"block{block}_sepconv{i}")
    return Add()([x, residual])


@application("xception", size=299, smallest=71, mode="tf", files=keras_files("xception"))
def Xception(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Fourteen blocks of mostly separable convolutions, 22,910,480 parameters.

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
    """
    x = convolution(image, 32, 2, "block1_conv1")
    x = convolution(x, 64, 1, "block1_conv2")
    x = shrinking_block(x, 128, 128, 2, activate=False)
    x = shrinking_block(x, 256, 256, 3)
    x = shrinking_block(x, 728, 728, 4)
    for block in range(5, 13):
        x = middle_block(x, block)
    x = shrinking_block(x, 728, 1024, 13)
    for i, filters in enumerate((1536, 2048), 1):
        x = separable(x, filters, f"block14_sepconv{i}")
        x = Activation("relu", name=f"block14_sepconv{i}_act")(x)
    return options.head(x, "avg_pool")


preprocess_input = Xception.preprocess_input
