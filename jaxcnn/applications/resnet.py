"""Residual networks, with the activations after or before the convolutions.

Sources: He et al., "Deep Residual Learning for Image Recognition", 2015; "Identity Mappings in Deep
Residual Networks", 2016.
"""

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
    SymbolicTensor,
    ZeroPadding2D,
)

# Of the bottlenecks of each stage; a stage's output has four times as many channels.
FILTERS = (64, 128, 256, 512)


def normalization(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Batch normalization with the epsilon that all these networks have."""
    return BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=name)(x)


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Batch normalization and relu: 'NAME_bn' and 'NAME_relu'."""
    return Activation("relu", name=f"{name}_relu")(normalization(x, f"{name}_bn"))


def stem(x: SymbolicTensor, normalise: bool) -> SymbolicTensor:
    """A 7x7 convolution and a 3x3 pool, each halving height and width."""
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if normalise:
        x = normalised(x, "conv1")
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def residual_block(
    x: SymbolicTensor, filters: int, stride: int, project: bool, name: str
) -> SymbolicTensor:
    """1x1, 3x3 and 1x1 convolutions added to the input.

    With `project` the input goes through a 1x1 convolution first, because the sizes differ.
    """
    shortcut = x
    if project:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = normalization(shortcut, f"{name}_0_bn")
    x = normalised(Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x), f"{name}_1")
    x = normalised(Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2")
    x = normalization(Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn")
    x = Add(name=f"{name}_add")([shortcut, x])
    return Activation("relu", name=f"{name}_out")(x)


def preactivated_block(
    x: SymbolicTensor, filters: int, stride: int, project: bool, name: str
) -> SymbolicTensor:
    """The same with normalization and relu before each convolution; the 3x3 one is strided."""
    active = normalised(x, f"{name}_preact")
    if project:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(active)
    else:
        shortcut = MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = normalised(Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(active), f"{name}_1")
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = normalised(
        Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x), f"{name}_2"
    )
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])


def resnet(x: SymbolicTensor, options: Options, depths: tuple[int, ...]) -> SymbolicTensor:
    """A network with that many blocks a stage.

    The first block of a stage projects and, except in the first stage, halves height and width.
    """
    x = stem(x, normalise=True)
    for stage, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 2):
        for block in range(1, depth + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            x = residual_block(x, filters, stride, block == 1, f"conv{stage}_block{block}")
    return options.head(x, "avg_pool", "max_pool")


def resnet_v2(x: SymbolicTensor, options: Options, depths: tuple[int, ...]) -> SymbolicTensor:
    """A pre-activated network; the last block of a stage halves, except in the last stage."""
    x = stem(x, normalise=False)
    for stage, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 2):
        for block in range(1, depth + 1):
            stride = 2 if block == depth and stage < 5 else 1
            x = preactivated_block(x, filters, stride, block == 1, f"conv{stage}_block{block}")
    return options.head(normalised(x, "post"), "avg_pool", "max_pool")


@application("resnet50", size=224, mode="caffe", files=keras_files("resnet50", "resnet"))
def ResNet50(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 50 weight layers: stages of 3, 4, 6 and 3 blocks, 25,636,712 parameters.

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    return resnet(image, options, (3, 4, 6, 3))


@application("resnet101", size=224, mode="caffe", files=keras_files("resnet101", "resnet"))
def ResNet101(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 101 weight layers: stages of 3, 4, 23 and 3 blocks, 44,707,176 parameters.

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    return resnet(image, options, (3, 4, 23, 3))


@application("resnet152", size=224, mode="caffe", files=keras_files("resnet152", "resnet"))
def ResNet152(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 152 weight layers: stages of 3, 8, 36 and 3 blocks, 60,419,944 parameters.

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    return resnet(image, options, (3, 8, 36, 3))


@application("resnet50v2", size=224, mode="tf", files=keras_files("resnet50v2", "resnet"))
def ResNet50V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 50 weight layers, 25,613,800 parameters.

    References:
        - He et al., "Identity Mappings in Deep Residual Networks", 2016,
          <https://arxiv.org/abs/1603.05027>
    """
    return resnet_v2(image, options, (3, 4, 6, 3))


@application("resnet101v2", size=224, mode="tf", files=keras_files("resnet101v2", "resnet"))
def ResNet101V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 101 weight layers, 44,675,560 parameters.

    References:
        - He et al., "Identity Mappings in Deep Residual Networks", 2016,
          <https://arxiv.org/abs/1603.05027>
    """
    return resnet_v2(image, options, (3, 4, 23, 3))


@application("resnet152v2", size=224, mode="tf", files=keras_files("resnet152v2", "resnet"))
def ResNet152V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 152 weight layers, 60,380,648 parameters.

    References:
        - He et al., "Identity Mappings in Deep Residual Networks", 2016,
          <https://arxiv.org/abs/1603.05027>
    """
    return resnet_v2(image, options, (3, 8, 36, 3))


preprocess_input = ResNet50.preprocess_input
