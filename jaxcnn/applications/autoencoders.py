"""Networks that learn to reproduce their input.

Sources: Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", 2006;
with noise added to the input, Vincent et al., 2008.
"""

from __future__ import annotations

from collections.abc import Sequence

from jaxcnn.layers import Conv2D, Dense, MaxPooling2D, UpSampling2D
from jaxcnn.models import Sequential


def convolutional_autoencoder(
    input_shape: tuple[int, int, int] = (28, 28, 1), filters: int = 32
) -> Sequential:
    """Two convolutions and pools down to a quarter of height and width, and up again.

    28,353 parameters by default. Values are 0 to 1; height and width must be multiples of 4.

    Args:
        input_shape: (height, width, channels) of the images. Default: (28, 28, 1).
        filters: channels of each convolution. Default: 32.

    Raises:
        ValueError: a height or width that is no multiple of 4.

    Examples:
        >>> jc.applications.convolutional_autoencoder().count_params()
        28353

    References:
        - Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks",
          2006, <https://doi.org/10.1126/science.1127647>
    """
    height, width, channels = input_shape
    if height % 4 or width % 4:
        raise ValueError(
            "convolutional_autoencoder: height and width must be multiples of 4; given "
            f"{input_shape}."
        )
    model = Sequential(name="convolutional_autoencoder")
    model.add(Conv2D(filters, 3, activation="relu", padding="same", input_shape=input_shape))
    model.add(MaxPooling2D(padding="same"))
    model.add(Conv2D(filters, 3, activation="relu", padding="same"))
    model.add(MaxPooling2D(padding="same"))
    for _ in range(2):
        model.add(Conv2D(filters, 3, activation="relu", padding="same"))
        model.add(UpSampling2D())
    model.add(Conv2D(channels, 3, activation="sigmoid", padding="same"))
    return model


def dense_autoencoder(features: int = 784, units: Sequence[int] = (128, 64, 32)) -> Sequential:
    """Dense layers of these `units` and back to the number of features, with values 0 to 1.

    Args:
        features: width of the input. Default: 784.
        units: widths of the layers down to the code, which is the last. Default: (128, 64, 32).

    Raises:
        ValueError: no units.

    Examples:
        >>> jc.applications.dense_autoencoder(784, (64, 32)).output_shape
        (None, 784)

    References:
        - Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks",
          2006, <https://doi.org/10.1126/science.1127647>
    """
    if not units:
        raise ValueError("dense_autoencoder: `units` must name at least one layer.")
    model = Sequential(name="dense_autoencoder")
    model.add(Dense(units[0], activation="relu", input_dim=features))
    for n in (*units[1:], *reversed(units[:-1])):
        model.add(Dense(n, activation="relu"))
    model.add(Dense(features, activation="sigmoid"))
    return model
