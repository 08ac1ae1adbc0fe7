"""The mini-Xception for faces.

Source: Arriaga et al., "Real-time Convolutional Neural Networks for Emotion and Gender
Classification", 2017.
"""

from __future__ import annotations

from jaxcnn.applications.maps import channel_axis
from jaxcnn.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    SeparableConv2D,
    SymbolicTensor,
)
from jaxcnn.models import Model
from jaxcnn.regularizers import l2

# In the order of the published weights.
EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def block(x: SymbolicTensor, filters: int) -> SymbolicTensor:
    """Two separable convolutions and a pool, added to a strided 1x1 convolution of the input."""
    axis = channel_axis()
    shortcut = Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = BatchNormalization(axis=axis)(shortcut)
    for i in (1, 2):
        x = SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = BatchNormalization(axis=axis)(x)
        x = Activation("relu")(x) if i == 1 else x
    return Add()([MaxPooling2D(3, strides=2, padding="same")(x), shortcut])


def MiniXception(
    input_shape: tuple[int, int, int] = (64, 64, 1), classes: int = 7, l2_rate: float = 0.01
) -> Model:
    """Four residual blocks of 16 to 128 channels, 58,423 parameters, for the `EMOTIONS` of faces.

    Faces are gray, with values -1 to 1 (``(x / 255 - 0.5) * 2``).

    Args:
        input_shape: (height, width, channels). Default: (64, 64, 1).
        classes: how many. Default: 7.
        l2_rate: weight decay of the two plain convolutions. Default: 0.01.

    Examples:
        >>> jc.applications.MiniXception().count_params()
        58423

    References:
        - Arriaga, Valdenegro-Toro and Ploeger, "Real-time Convolutional Neural Networks for Emotion
          and Gender Classification", 2017, <https://arxiv.org/abs/1710.07557>
    """
    image = x = Input(input_shape)
    for _ in range(2):
        x = Conv2D(8, 3, kernel_regularizer=l2(l2_rate), use_bias=False)(x)
        x = Activation("relu")(BatchNormalization(axis=channel_axis())(x))
    for filters in (16, 32, 64, 128):
        x = block(x, filters)
    x = GlobalAveragePooling2D()(Conv2D(classes, 3, padding="same")(x))
    return Model(image, Activation("softmax", name="predictions")(x), name="mini_xception")
