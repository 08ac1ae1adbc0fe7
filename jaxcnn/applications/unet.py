"""U-Net.

Source: Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.
"""

from __future__ import annotations

from jaxcnn.applications.maps import channel_axis, joined
from jaxcnn.layers import (
    Conv2D,
    Conv2DTranspose,
    Dropout,
    Input,
    MaxPooling2D,
    SymbolicTensor,
)
from jaxcnn.models import Model


def twice(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """Two 3x3 convolutions that keep height and width."""
    for i in (1, 2):
        x = Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"{name}_conv{i}",
        )(x)
    return x


def UNet(
    input_shape: tuple[int | None, int | None, int] = (256, 256, 1),
    classes: int = 1,
    filters: int = 64,
    depth: int = 4,
    dropout: float = 0.5,
) -> Model:
    """A label for every pixel: down `depth` times and up again, each level joined with its partner.

    Output (batch, height, width, classes): a sigmoid for one class, else a softmax. Convolutions
    are padded, so that the output is as large as the input (the paper's loses a border).

    Args:
        input_shape: (height, width, channels); height and width multiples of ``2 ** depth``, or
            None for any such. Default: (256, 256, 1).
        classes: how many; 1 for foreground against background. Default: 1.
        filters: of the first level; each further one has twice as many. Default: 64.
        depth: how often height and width are halved. Default: 4.
        dropout: rate at the bottom and at the level above it. Default: 0.5.

    Raises:
        ValueError: a height or width that is no multiple of ``2 ** depth``.

    Examples:
        >>> jc.applications.UNet((32, 32, 1), classes=3, filters=4, depth=2).output_shape
        (None, 32, 32, 3)

    References:
        - Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image
          Segmentation", 2015, <https://arxiv.org/abs/1505.04597>
    """
    axis, step = channel_axis(), 2**depth
    sizes = input_shape[:2] if axis == 3 else input_shape[1:]
    if any(n is not None and n % step for n in sizes):
        raise ValueError(
            f"UNet: {sizes[0]} x {sizes[1]} images cannot be halved {depth} times; use multiples "
            f"of {step}."
        )
    image = x = Input(input_shape)
    levels = []
    for level in range(depth):
        x = twice(x, filters * 2**level, f"down{level + 1}")
        if level == depth - 1:
            x = Dropout(dropout, name=f"down{level + 1}_dropout")(x)
        levels.append(x)
        x = MaxPooling2D(name=f"down{level + 1}_pool")(x)
    x = Dropout(dropout, name="bottom_dropout")(twice(x, filters * step, "bottom"))
    for level in reversed(range(depth)):
        x = Conv2DTranspose(
            filters * 2**level, 2, strides=2, activation="relu", name=f"up{level + 1}"
        )(x)
        x = joined([levels[level], x], f"up{level + 1}_joined")
        x = twice(x, filters * 2**level, f"up{level + 1}")
    if classes == 1:
        x = Conv2D(1, 1, activation="sigmoid", name="labels")(x)
    else:
        x = Conv2D(classes, 1, activation="softmax", name="labels")(x)
    return Model(image, x, name="unet")
