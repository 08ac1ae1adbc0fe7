"""DenseNet: Huang et al., "Densely Connected Convolutional Networks", 2017."""

from __future__ import annotations

from collections.abc import Callable

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis, channel_count
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_files
from jaxcnn.applications.resnet import normalised
from jaxcnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)

# MD5 checksums of the published weights, with and without the classifier.
CHECKSUMS = {
    "densenet121": ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
    "densenet169": ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
    "densenet201": ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
}
GROWTH = 32  # channels that each block adds


def dense_block(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """A 1x1 and a 3x3 convolution, each after normalization and relu, appended to the input."""
    y = normalised(x, f"{name}_0")
    y = Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = normalised(y, f"{name}_1")
    y = Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, y])


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
    axis = channel_axis()
    x = BatchNormalization(axis=axis, epsilon=1.001e-5, name="bn")(x)
    return options.head(Activation("relu", name="relu")(x), "avg_pool", "max_pool")


def published(network: str) -> Callable[..., WeightFile]:
    """`files` of one of these networks."""
    path = f"densenet/{network}_weights_tf_dim_ordering_tf_kernels"
    return keras_files(path, *CHECKSUMS[network])


@application("densenet121", size=224, mode="torch", files=published("densenet121"))
def DenseNet121(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """121 weight layers: stages of 6, 12, 24 and 16 blocks, 8,062,504 parameters."""
    return densenet(image, options, (6, 12, 24, 16))


@application("densenet169", size=224, mode="torch", files=published("densenet169"))
def DenseNet169(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """169 weight layers: stages of 6, 12, 32 and 32 blocks, 14,307,880 parameters."""
    return densenet(image, options, (6, 12, 32, 32))


@application("densenet201", size=224, mode="torch", files=published("densenet201"))
def DenseNet201(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """201 weight layers: stages of 6, 12, 48 and 32 blocks, 20,242,984 parameters."""
    return densenet(image, options, (6, 12, 48, 32))


preprocess_input = DenseNet121.preprocess_input
