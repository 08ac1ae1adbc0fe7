"""The 15 convolutions after VGG with which the books reach 90 % on CIFAR-10."""

from __future__ import annotations

from jaxcnn.layers import Activation, Conv2D, Dense, Dropout, GlobalMaxPooling2D, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.runtime.types import Config

BLOCKS = ((32, 32, 32, 48, 48), (80,) * 5, (128,) * 5)


def VGG15(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> Sequential:
    """Three blocks of five 3x3 convolutions and two dense layers.

    1,071,542 parameters with the default arguments. Activations are separate layers. To be
    initialized by `jaxcnn.models.lsuv`.

    Args:
        input_shape: (height, width, channels) of the images. Default: (32, 32, 3).
        classes: number of classes, a positive integer. Default: 10.

    Examples:
        >>> jc.applications.VGG15().count_params()
        1071542

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    model = Sequential(name="vgg15")
    for i, block in enumerate(BLOCKS):
        for j, filters in enumerate(block):
            first: Config = {"input_shape": input_shape} if i == j == 0 else {}
            model.add(Conv2D(filters, 3, padding="same", **first))
            model.add(Activation("relu"))
        model.add(MaxPooling2D() if i < 2 else GlobalMaxPooling2D())
        model.add(Dropout(0.25))
    for layer in (
        Dense(500),
        Activation("relu"),
        Dropout(0.4),
        Dense(classes),
        Activation("softmax"),
    ):
        model.add(layer)
    return model
