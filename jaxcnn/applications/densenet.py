"""DenseNet: Huang et al., "Densely Connected Convolutional Networks", 2017."""

from __future__ import annotations

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_count, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.applications.resnet import normalised, normalization
from jaxcnn.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)

GROWTH = 32  # channels that each block adds


def dense_block(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """A 1x1 and a 3x3 convolution, each after normalization and relu, appended to the input."""
    y = normalised(x, f"{name}_0")
    y = Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = normalised(y, f"{name}_1")
    y = Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return joined([x, y], f"{name}_concat")


def transition(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Half the channels, half the height, half the width."""
    x = Conv2D(channel_count(x) // 2, 1, use_bias=False, name=f"{name}_conv")(normalised(x, name))
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def densenet(x: SymbolicTensor, options: Options, depths: tuple[int, ...]) -> SymbolicTensor:
    """A network with that many dense blocks in each of its four stages."""
    x = ZeroPadding2D(3)(x)
    x = normalised(Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x), "conv1")
    x = MaxPooling2D(3, strides=2, name="pool1")(ZeroPadding2D(1)(x))
    for stage, depth in enumerate(depths, 2):
        for block in range(1, depth + 1):
            x = dense_block(x, f"conv{stage}_block{block}")
        if stage < 5:
            x = transition(x, f"pool{stage}")
    x = Activation("relu", name="relu")(normalization(x, "bn"))
    return options.head(x, "avg_pool", "max_pool")


@application("densenet121", size=224, mode="torch", files=keras_files("densenet121", "densenet"))
def DenseNet121(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """121 weight layers: stages of 6, 12, 24 and 16 blocks, 8,062,504 parameters.

    References:
        - Huang et al., "Densely Connected Convolutional Networks", 2016,
          <https://arxiv.org/abs/1608.06993>
    """
    return densenet(image, options, (6, 12, 24, 16))


@application("densenet169", size=224, mode="torch", files=keras_files("densenet169", "densenet"))
def DenseNet169(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """169 weight layers: stages of 6, 12, 32 and 32 blocks, 14,307,880 parameters.

    References:
        - Huang et al., "Densely Connected Convolutional Networks", 2016,
          <https://arxiv.org/abs/1608.06993>
    """
    return densenet(image, options, (6, 12, 32, 32))


@application("densenet201", size=224, mode="torch", files=keras_files("densenet201", "densenet"))
def DenseNet201(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """201 weight layers: stages of 6, 12, 48 and 32 blocks, 20,242,984 parameters.

    References:
        - Huang et al., "Densely Connected Convolutional Networks", 2016,
          <https://arxiv.org/abs/1608.06993>
    """
    return densenet(image, options, (6, 12, 48, 32))


preprocess_input = DenseNet121.preprocess_input
