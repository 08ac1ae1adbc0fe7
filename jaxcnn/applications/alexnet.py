"""AlexNet.

Source: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
"""

from __future__ import annotations

from typing import Any

from jaxcnn.applications.application import application
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import (
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LocalResponseNormalization,
    MaxPooling2D,
    SymbolicTensor,
)


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    """The Caffe weights as an array file; one file serves with and without the classifier."""
    return WeightFile(
        "bvlc_alexnet.npy", "https://www.cs.toronto.edu/~guerzhoy/tf_alexnet/bvlc_alexnet.npy"
    )


def pool(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """The overlapping pool of the paper: 3x3, stride 2."""
    return MaxPooling2D(3, strides=2, name=name)(x)


@application("alexnet", size=227, smallest=67, mode="caffe", files=files)
def AlexNet(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Five convolutions, three of them in two groups, and three dense layers.

    60,965,224 parameters.

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """
    x = Conv2D(96, 11, strides=4, activation="relu", name="conv1")(image)
    x = pool(LocalResponseNormalization(name="norm1")(x), "pool1")
    x = Conv2D(256, 5, padding="same", groups=2, activation="relu", name="conv2")(x)
    x = pool(LocalResponseNormalization(name="norm2")(x), "pool2")
    x = Conv2D(384, 3, padding="same", activation="relu", name="conv3")(x)
    x = Conv2D(384, 3, padding="same", groups=2, activation="relu", name="conv4")(x)
    x = Conv2D(256, 3, padding="same", groups=2, activation="relu", name="conv5")(x)
    x = pool(x, "pool5")
    if not options.include_top:
        return options.pooled(x)
    x = Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = Dropout(0.5, name=f"drop{name[-1]}")(Dense(4096, activation="relu", name=name)(x))
    return options.predictions(x, name="fc8")


preprocess_input = AlexNet.preprocess_input
