"""DCGAN for small images, as the books build it for MNIST.

Source: Radford et al., "Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks", 2016.
"""

from __future__ import annotations

from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    Reshape,
    UpSampling2D,
)
from jaxcnn.models import Sequential
from jaxcnn.runtime.types import Config


def discriminator(
    input_shape: tuple[int, int, int] = (28, 28, 1), dropout: float = 0.4, depth: int = 64
) -> Sequential:
    """Images to the probability of being real.

    Four convolutions make `depth`, 2, 4 and 8 times as many maps. 4,311,553 parameters for 28 x 28
    x 1.

    References:
        - Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
          Generative Adversarial Networks", 2016, <https://arxiv.org/abs/1511.06434>
    """
    model = Sequential(name="discriminator")
    for i, (filters, strides) in enumerate(
        ((depth, 2), (2 * depth, 2), (4 * depth, 2), (8 * depth, 1))
    ):
        first: Config = {"input_shape": input_shape} if i == 0 else {}
        model.add(Conv2D(filters, 5, strides=strides, padding="same", **first))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dropout(dropout))
    for layer in (Flatten(), Dense(1), Activation("sigmoid")):
        model.add(layer)
    return model


def generator(
    latent_dim: int = 100, channels: int = 1, dropout: float = 0.4, depth: int = 256
) -> Sequential:
    """Noise (batch, latent_dim) to images 28 x 28 with values 0 to 1, from `depth` maps of 7 x 7.

    2,394,241 parameters for the defaults.

    References:
        - Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
          Generative Adversarial Networks", 2016, <https://arxiv.org/abs/1511.06434>
    """
    model = Sequential(name="generator")
    model.add(Dense(7 * 7 * depth, input_dim=latent_dim))
    model.add(BatchNormalization(momentum=0.9))
    for layer in (Activation("relu"), Reshape((7, 7, depth)), Dropout(dropout)):
        model.add(layer)
    for filters, enlarge in ((depth // 2, True), (depth // 4, True), (depth // 8, False)):
        if enlarge:
            model.add(UpSampling2D())
        model.add(Conv2DTranspose(filters, 5, padding="same"))
        model.add(BatchNormalization(momentum=0.9))
        model.add(Activation("relu"))
    model.add(Conv2DTranspose(channels, 5, padding="same"))
    model.add(Activation("sigmoid"))
    return model
