"""Inception-ResNet-v2.

Source: Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
Learning", 2016.
"""

from __future__ import annotations

from jaxcnn.applications.application import application
from jaxcnn.applications.inception_v3 import Window, chain, conv, pooled, reduction, stem
from jaxcnn.applications.maps import channel_axis, channel_count, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    CustomScaleLayer,
    MaxPooling2D,
    SymbolicTensor,
)

# The branches of each kind of residual block: filters and window of their convolutions.
BRANCHES: dict[str, tuple[tuple[tuple[int, Window], ...], ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


def residual(
    x: SymbolicTensor, kind: str, index: int, scale: float, activate: bool = True
) -> SymbolicTensor:
    """``x + scale * y``, then relu; y are the branches after a 1x1 convolution to x's channels."""
    name = f"{kind}_{index}"
    mixed = joined([chain(x, *steps) for steps in BRANCHES[kind]], f"{name}_mixed")
    y = Conv2D(channel_count(x), 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, y])
    return Activation("relu", name=f"{name}_ac")(x) if activate else x


@application(
    "inception_resnet_v2",
    size=299,
    smallest=75,
    mode="tf",
    files=keras_files("inception_resnet_v2"),
)
def InceptionResNetV2(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Forty inception modules with residual connections, 55,873,736 parameters.

    References:
        - Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
          Learning", 2016, <https://arxiv.org/abs/1602.07261>
    """
    x = stem(image)
    one, five = conv(x, 96, 1), chain(x, (48, 1), (64, 5))
    x = joined([one, five, chain(x, (64, 1), (96, 3), (96, 3)), pooled(x, 64)], "mixed_5b")
    for index in range(1, 11):
        x = residual(x, "block35", index, 0.17)
    large, small = reduction(x, 384), reduction(chain(x, (256, 1), (256, 3)), 384)
    x = joined([large, small, MaxPooling2D(3, strides=2)(x)], "mixed_6a")
    for index in range(1, 21):
        x = residual(x, "block17", index, 0.1)
    large, middle = reduction(conv(x, 256, 1), 384), reduction(conv(x, 256, 1), 288)
    small = reduction(chain(x, (256, 1), (288, 3)), 320)
    x = joined([large, middle, small, MaxPooling2D(3, strides=2)(x)], "mixed_7a")
    for index in range(1, 10):
        x = residual(x, "block8", index, 0.2)
    x = residual(x, "block8", 10, 1.0, activate=False)
    x = Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    x = BatchNormalization(axis=channel_axis(), scale=False, name="conv_7b_bn")(x)
    return options.head(Activation("relu", name="conv_7b_ac")(x), "avg_pool")


preprocess_input = InceptionResNetV2.preprocess_input
