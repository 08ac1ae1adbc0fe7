"""ResNet-50 as the deep-learning course builds it, of two kinds of blocks; He et al., 2015."""

from __future__ import annotations

from jaxcnn.applications.maps import channel_axis
from jaxcnn.initializers import glorot_uniform
from jaxcnn.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from jaxcnn.models import Model

Filters = tuple[int, int, int]

# Filters of the blocks and names of the identity blocks that follow the convolutional block 'a' of
# each stage.
STAGES: tuple[tuple[Filters, str], ...] = (
    ((64, 64, 256), "bc"),
    ((128, 128, 512), "bcd"),
    ((256, 256, 1024), "bcdef"),
    ((512, 512, 2048), "bc"),
)


def identity_block(
    X: SymbolicTensor, f: int, filters: Filters, stage: int, block: str
) -> SymbolicTensor:
    """1x1, f x f and 1x1 convolutions added to the input, then relu.

    The input has as many channels as the last of `filters`.
    Layers are named ``res{stage}{block}_branch2a`` to ``2c``, their normalizations ``bn...``.

    Args:
        X: symbolic tensor of float maps (batch, rows, columns, channels).
        f: size of the window of the second convolution.
        filters: channels of the three convolutions.
        stage: number in the layers' names.
        block: letter in the layers' names.

    Examples:
        >>> from jaxcnn.applications.course_resnet import identity_block
        >>> maps = jc.layers.Input((8, 8, 16))
        >>> identity_block(maps, 3, (4, 4, 16), stage=2, block="b").shape
        (None, 8, 8, 16)

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    return Activation("relu")(Add()([main_path(X, f, filters, f"{stage}{block}"), X]))


def convolutional_block(
    X: SymbolicTensor, f: int, filters: Filters, stage: int, block: str, s: int = 2
) -> SymbolicTensor:
    """The same with stride `s`: in the first convolution, and in a 1x1 convolution as shortcut.

    The shortcut is named 'branch1'.

    Args:
        X: symbolic tensor of float maps (batch, rows, columns, channels).
        f: size of the window of the second convolution.
        filters: channels of the three convolutions.
        stage: number in the layers' names.
        block: letter in the layers' names.
        s: stride of the first convolution and of the shortcut. Default: 2.

    Examples:
        >>> from jaxcnn.applications.course_resnet import convolutional_block
        >>> maps = jc.layers.Input((8, 8, 16))
        >>> convolutional_block(maps, 3, (4, 4, 32), stage=2, block="a", s=2).shape
        (None, 4, 4, 32)

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    y = main_path(X, f, filters, f"{stage}{block}", s)
    shortcut = convolution(X, filters[2], 1, f"{stage}{block}_branch1", strides=s)
    return Activation("relu")(Add()([y, shortcut]))


def main_path(
    x: SymbolicTensor, window: int, filters: Filters, block: str, strides: int = 1
) -> SymbolicTensor:
    base = f"{block}_branch2"
    x = Activation("relu")(convolution(x, filters[0], 1, f"{base}a", strides=strides))
    x = Activation("relu")(convolution(x, filters[1], window, f"{base}b", padding="same"))
    return convolution(x, filters[2], 1, f"{base}c")


def convolution(
    x: SymbolicTensor,
    filters: int,
    window: int,
    name: str,
    strides: int = 1,
    padding: str = "valid",
) -> SymbolicTensor:
    """Convolution 'resNAME' and normalization 'bnNAME'."""
    initializer = glorot_uniform(seed=0)
    x = Conv2D(
        filters,
        window,
        strides=strides,
        padding=padding,
        kernel_initializer=initializer,
        name=f"res{name}",
    )(x)
    return BatchNormalization(axis=channel_axis(), name=f"bn{name}")(x)


def CourseResNet50(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> Model:
    """ResNet-50 for small images.

    23,600,006 parameters with the default arguments, 23,546,886 of them trained.

    Args:
        input_shape: (height, width, channels) of the images. Default: (64, 64, 3).
        classes: number of classes, a positive integer. Default: 6.

    Examples:
        >>> jc.applications.CourseResNet50().output_shape
        (None, 6)

    References:
        - He et al., "Deep Residual Learning for Image Recognition", 2015,
          <https://arxiv.org/abs/1512.03385>
    """
    image = Input(input_shape)
    x = ZeroPadding2D(3)(image)
    x = Conv2D(64, 7, strides=2, kernel_initializer=glorot_uniform(seed=0), name="conv1")(x)
    x = Activation("relu")(BatchNormalization(axis=channel_axis(), name="bn_conv1")(x))
    x = MaxPooling2D(3, strides=2)(x)
    for stage, (filters, identities) in enumerate(STAGES, 2):
        x = convolutional_block(x, 3, filters, stage, "a", s=1 if stage == 2 else 2)
        for block in identities:
            x = identity_block(x, 3, filters, stage, block)
    x = Flatten()(AveragePooling2D(2, name="avg_pool")(x))
    x = Dense(
        classes,
        activation="softmax",
        kernel_initializer=glorot_uniform(seed=0),
        name=f"fc{classes}",
    )(x)
    return Model(image, x, name="ResNet50")
