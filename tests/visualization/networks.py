"""Small networks whose answers are known."""

import numpy as np

from jaxcnn import config
from jaxcnn.layers import (
    Activation,
    Add,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
)
from jaxcnn.models import Model


def branched():
    """A graph with a shortcut around the layer of interest."""
    config.set_random_seed(0)
    image = Input((8, 8, 3))
    x = Conv2D(4, 3, padding="same", activation="relu", name="first")(image)
    y = Conv2D(4, 3, padding="same", name="second")(x)
    x = Activation("relu", name="joined_relu")(Add(name="joined")([x, y]))
    x = Flatten(name="flat")(MaxPooling2D(name="pool")(x))
    return Model(image, Dense(3, activation="softmax", name="out")(x))


def some_images(n=2):
    return np.random.default_rng(0).standard_normal((n, 8, 8, 3)).astype(np.float32)
