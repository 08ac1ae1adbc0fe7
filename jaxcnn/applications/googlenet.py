"""GoogLeNet, the first Inception: Szegedy et al., "Going Deeper with Convolutions", 2014."""

from __future__ import annotations

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import joined
from jaxcnn.applications.options import Options
from jaxcnn.layers import (
    Conv2D,
    Dropout,
    GlobalAveragePooling2D,
    LocalResponseNormalization,
    MaxPooling2D,
    SymbolicTensor,
)

# Table 1 of the paper: filters of 1x1; before and of 3x3; before and of 5x5; after the pool.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def conv(
    x: SymbolicTensor, filters: int, window: int, name: str, strides: int = 1
) -> SymbolicTensor:
    return Conv2D(filters, window, strides=strides, padding="same", activation="relu", name=name)(x)


def inception_module(
    x: SymbolicTensor, filters: tuple[int, int, int, int, int, int], name: str = "inception"
) -> SymbolicTensor:
    """Parallel 1x1, 3x3 and 5x5 convolutions and a 3x3 max pool, their channels joined.

    Args:
        x: symbolic tensor of float maps (batch, rows, columns, channels).
        filters: of the 1x1 branch; of the reduction before and of the 3x3 one; likewise of the 5x5
            one; after the pool.
        name: prefix of the layers' names. Default: 'inception'.

    Examples:
        >>> from jaxcnn.applications.googlenet import inception_module
        >>> maps = jc.layers.Input((8, 8, 16))
        >>> inception_module(maps, (4, 4, 8, 2, 4, 4), "inception").shape
        (None, 8, 8, 20)

    References:
        - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
    """
    one, before_three, three, before_five, five, after_pool = filters
    branches = [
        conv(x, one, 1, f"{name}/1x1"),
        conv(conv(x, before_three, 1, f"{name}/3x3_reduce"), three, 3, f"{name}/3x3"),
        conv(conv(x, before_five, 1, f"{name}/5x5_reduce"), five, 5, f"{name}/5x5"),
        conv(
            MaxPooling2D(3, strides=1, padding="same", name=f"{name}/pool")(x),
            after_pool,
            1,
            f"{name}/pool_proj",
        ),
    ]
    return joined(branches, f"{name}/output")


def halved(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return MaxPooling2D(3, strides=2, padding="same", name=name)(x)


@application("googlenet", size=224, mode="caffe")
def GoogLeNet(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Nine inception modules, 6,998,552 parameters.

    The two auxiliary classifiers, which the paper adds for training, are left out.

    References:
        - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
    """
    x = halved(conv(image, 64, 7, "conv1/7x7_s2", strides=2), "pool1/3x3_s2")
    x = LocalResponseNormalization(name="pool1/norm1")(x)
    x = conv(conv(x, 64, 1, "conv2/3x3_reduce"), 192, 3, "conv2/3x3")
    x = halved(LocalResponseNormalization(name="conv2/norm2")(x), "pool2/3x3_s2")
    for name, filters in MODULES.items():
        if name in ("4a", "5a"):
            x = halved(x, f"pool{int(name[0]) - 1}/3x3_s2")
        x = inception_module(x, filters, f"inception_{name}")
    if not options.include_top:
        return options.pooled(x)
    x = Dropout(0.4, name="pool5/drop")(GlobalAveragePooling2D(name="pool5/7x7_s1")(x))
    return options.predictions(x)


preprocess_input = GoogLeNet.preprocess_input
