"""Inception-v3.

Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015.
"""

from __future__ import annotations

from typing import TypeAlias

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import channel_axis, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
)

Window: TypeAlias = int | tuple[int, int]


def conv(
    x: SymbolicTensor, filters: int, window: Window, strides: int = 1, padding: str = "same"
) -> SymbolicTensor:
    """Convolution without bias, normalization without scale, relu."""
    x = Conv2D(filters, window, strides=strides, padding=padding, use_bias=False)(x)
    x = BatchNormalization(axis=channel_axis(), scale=False)(x)
    return Activation("relu")(x)


def chain(x: SymbolicTensor, *steps: tuple[int, Window]) -> SymbolicTensor:
    """Convolutions one after another, each given by its filters and window."""
    for filters, window in steps:
        x = conv(x, filters, window)
    return x


def reduction(x: SymbolicTensor, filters: int) -> SymbolicTensor:
    """A 3x3 convolution that halves height and width."""
    return conv(x, filters, 3, strides=2, padding="valid")


def pooled(x: SymbolicTensor, filters: int) -> SymbolicTensor:
    """The branch of a 3x3 average pool and a 1x1 convolution."""
    return conv(AveragePooling2D(3, strides=1, padding="same")(x), filters, 1)


def module_a(x: SymbolicTensor, pool_filters: int, name: str) -> SymbolicTensor:
    """Figure 5 of the paper: branches of 1x1, 5x5, twice 3x3, and a pool."""
    one, five = conv(x, 64, 1), chain(x, (48, 1), (64, 5))
    return joined([one, five, chain(x, (64, 1), (96, 3), (96, 3)), pooled(x, pool_filters)], name)


def module_b(x: SymbolicTensor, inner: int, name: str) -> SymbolicTensor:
    """Figure 6: 7x7 windows as 1x7 and 7x1, `inner` channels within the branches."""
    one = conv(x, 192, 1)
    seven = chain(x, (inner, 1), (inner, (1, 7)), (192, (7, 1)))
    twice = chain(x, (inner, 1), (inner, (7, 1)), (inner, (1, 7)))
    twice = chain(twice, (inner, (7, 1)), (192, (1, 7)))
    return joined([one, seven, twice, pooled(x, 192)], name)


def module_c(x: SymbolicTensor, index: int) -> SymbolicTensor:
    """Figure 7: branches that end in 1x3 and 3x1 in parallel."""
    one, three = conv(x, 320, 1), conv(x, 384, 1)
    three = joined([conv(three, 384, (1, 3)), conv(three, 384, (3, 1))], f"mixed9_{index}")
    twice = chain(x, (448, 1), (384, 3))
    twice = joined([conv(twice, 384, (1, 3)), conv(twice, 384, (3, 1))])
    return joined([one, three, twice, pooled(x, 192)], f"mixed{9 + index}")


def stem(x: SymbolicTensor) -> SymbolicTensor:
    """Five convolutions and two pools: 299 x 299 x 3 to 35 x 35 x 192."""
    x = conv(reduction(x, 32), 32, 3, padding="valid")
    x = MaxPooling2D(3, strides=2)(conv(x, 64, 3))
    x = conv(conv(x, 80, 1, padding="valid"), 192, 3, padding="valid")
    return MaxPooling2D(3, strides=2)(x)


@application("inception_v3", size=299, smallest=75, mode="tf", files=keras_files("inception_v3"))
def InceptionV3(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Eleven inception modules between a stem and a classifier, 23,851,784 parameters.

    References:
        - Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015,
          <https://arxiv.org/abs/1512.00567>
    """
    x = stem(image)
    for index, pool_filters in enumerate((32, 64, 64)):
        x = module_a(x, pool_filters, f"mixed{index}")
    large, small = reduction(x, 384), reduction(chain(x, (64, 1), (96, 3)), 96)
    x = joined([large, small, MaxPooling2D(3, strides=2)(x)], "mixed3")
    for index, inner in enumerate((128, 160, 160, 192), 4):
        x = module_b(x, inner, f"mixed{index}")
    large = reduction(conv(x, 192, 1), 320)
    small = reduction(chain(x, (192, 1), (192, (1, 7)), (192, (7, 1))), 192)
    x = joined([large, small, MaxPooling2D(3, strides=2)(x)], "mixed8")
    for index in range(2):
        x = module_c(x, index)
    return options.head(x, "avg_pool")


preprocess_input = InceptionV3.preprocess_input
