"""Residual networks, with the activations after or before the convolutions.

Sources: He et al., "Deep Residual Learning for Image Recognition", 2015; "Identity Mappings in Deep
Residual Networks", 2016.
"""

from __future__ import annotations

from collections.abc import Callable

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_files
from jaxcnn.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)

# MD5 checksums of the published weights, with and without the classifier.
CHECKSUMS = {
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}

# Of the bottlenecks of each stage; a stage's output has four times as many channels.
FILTERS = (64, 128, 256, 512)


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Batch normalization and relu: 'NAME_bn' and 'NAME_relu'."""
    x = BatchNormalization(axis=channel_axis(), epsilon=1.001e-5, name=f"{name}_bn")(x)
    return Activation("relu", name=f"{name}_relu")(x)


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
    axis, shortcut = channel_axis(), x
    if project:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = BatchNormalization(axis=axis, epsilon=1.001e-5, name=f"{name}_0_bn")(shortcut)
    x = normalised(Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x), f"{name}_1")
    x = normalised(Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = BatchNormalization(axis=axis, epsilon=1.001e-5, name=f"{name}_3_bn")(x)
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


def published(network: str) -> Callable[..., WeightFile]:
    """`files` of one of these networks."""
    path = f"resnet/{network}_weights_tf_dim_ordering_tf_kernels"
    return keras_files(path, *CHECKSUMS[network])


@application("resnet50", size=224, mode="caffe", files=published("resnet50"))
def ResNet50(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 50 weight layers: stages of 3, 4, 6 and 3 blocks, 25,636,712 parameters."""
    return resnet(image, options, (3, 4, 6, 3))


@application("resnet101", size=224, mode="caffe", files=published("resnet101"))
def ResNet101(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 101 weight layers: stages of 3, 4, 23 and 3 blocks, 44,707,176 parameters."""
    return resnet(image, options, (3, 4, 23, 3))


@application("resnet152", size=224, mode="caffe", files=published("resnet152"))
def ResNet152(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network of 152 weight layers: stages of 3, 8, 36 and 3 blocks, 60,419,944 parameters."""
    return resnet(image, options, (3, 8, 36, 3))


@application("resnet50v2", size=224, mode="tf", files=published("resnet50v2"))
def ResNet50V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 50 weight layers, 25,613,800 parameters."""
    return resnet_v2(image, options, (3, 4, 6, 3))


@application("resnet101v2", size=224, mode="tf", files=published("resnet101v2"))
def ResNet101V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 101 weight layers, 44,675,560 parameters."""
    return resnet_v2(image, options, (3, 4, 23, 3))


@application("resnet152v2", size=224, mode="tf", files=published("resnet152v2"))
def ResNet152V2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The pre-activated network of 152 weight layers, 60,380,648 parameters."""
    return resnet_v2(image, options, (3, 8, 36, 3))


preprocess_input = ResNet50.preprocess_input
