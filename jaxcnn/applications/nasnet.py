"""NASNet-A.

Source: Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2018.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import channel_axis, halving_padding, image_size, joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import KERAS_ADDRESS, WeightFile
from jaxcnn.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Cropping2D,
    Layer,
    MaxPooling2D,
    SeparableConv2D,
    SymbolicTensor,
    ZeroPadding2D,
)

CHECKSUMS = {
    ("mobile", True): "020fb642bf7360b370c678b08e0adf61",
    ("mobile", False): "1ed92395b5b598bdda52abe5c0dbfd63",
    ("large", True): "11577c9a518f0070763c2b964a382f17",
    ("large", False): "d81d89dc07e6e56530c4e77faddd61b5",
}


def files(size: str) -> Callable[..., WeightFile]:
    """`files` of the network called 'mobile' or 'large'.

    The published names have hyphens, the local ones underscores.
    """

    def choose(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
        end = "" if include_top else "-no-top"
        url = f"{KERAS_ADDRESS}nasnet/NASNet-{size}{end}.h5"
        name = f"nasnet_{size}{end.replace('-', '_')}.h5"
        return WeightFile(name, url, CHECKSUMS[size, include_top])

    return choose


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(axis=channel_axis(), momentum=0.9997, name=name)(x)


def pointwise(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    return Conv2D(
        filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)


def separable(
    x: SymbolicTensor, filters: int, window: int, name: str, strides: int = 1
) -> SymbolicTensor:
    """Twice relu, separable convolution, normalization; the first convolution may be strided."""
    x = Activation("relu")(x)
    if strides == 2:
        x = ZeroPadding2D(halving_padding(x, window), name=f"separable_conv_1_pad_{name}")(x)
    for i, (stride, padding) in enumerate(
        ((strides, "same" if strides == 1 else "valid"), (1, "same")), 1
    ):
        x = SeparableConv2D(
            filters,
            window,
            strides=stride,
            padding=padding,
            use_bias=False,
            name=f"separable_conv_{i}_{name}",
        )(x)
        x = normalised(x, f"separable_conv_{i}_bn_{name}")
        x = Activation("relu")(x) if i == 1 else x
    return x


def adjusted(
    p: SymbolicTensor | None, x: SymbolicTensor, filters: int, name: str
) -> SymbolicTensor:
    """The output `p` of the cell before, with the size of `x` and `filters` channels.

    Where there is no such cell, `x` serves.
    """
    axis = channel_axis()
    if p is None:
        return x
    if image_size(p)[1] != image_size(x)[1]:
        p = Activation("relu", name=f"adjust_relu_1_{name}")(p)
        # Every other pixel from the first, and every other from the second: half the channels each.
        first = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{name}")(p)
        first = pointwise(first, filters // 2, f"adjust_conv_1_{name}")
        second = ZeroPadding2D(((0, 1), (0, 1)))(p)
        second = Cropping2D(((1, 0), (1, 0)))(second)
        second = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{name}")(second)
        second = pointwise(second, filters // 2, f"adjust_conv_2_{name}")
        return normalised(joined([first, second]), f"adjust_bn_{name}")
    if p.shape[axis] != filters:
        p = pointwise(Activation("relu")(p), filters, f"adjust_conv_projection_{name}")
        return normalised(p, f"adjust_bn_{name}")
    return p


def cell_inputs(
    p: SymbolicTensor | None, x: SymbolicTensor, filters: int, kind: str, name: str
) -> tuple[SymbolicTensor, SymbolicTensor]:
    """(the output `p` of the cell before the last, `x` of the last), each of `filters` channels."""
    p = adjusted(p, x, filters, name)
    h = pointwise(Activation("relu")(x), filters, f"{kind}_conv_1_{name}")
    return p, normalised(h, f"{kind}_bn_1_{name}")


def pool(
    kind: Callable[..., Layer], x: SymbolicTensor, strides: int, padding: str, name: str
) -> SymbolicTensor:
    return kind(3, strides=strides, padding=padding, name=name)(x)


def normal_cell(
    x: SymbolicTensor, p: SymbolicTensor | None, filters: int, name: str
) -> SymbolicTensor:
    """Five sums of two branches of `x` and `p` each, joined with `p`; height and width stay."""
    p, h = cell_inputs(p, x, filters, "normal", name)

    def added(i: int, *branches: SymbolicTensor) -> SymbolicTensor:
        return Add(name=f"normal_add_{i}_{name}")(list(branches))

    def average(y: SymbolicTensor, branch: str) -> SymbolicTensor:
        return pool(AveragePooling2D, y, 1, "same", f"normal_{branch}_{name}")

    def convolved(y: SymbolicTensor, window: int, branch: str) -> SymbolicTensor:
        return separable(y, filters, window, f"normal_{branch}_{name}")

    one = added(1, convolved(h, 5, "left1"), convolved(p, 3, "right1"))
    two = added(2, convolved(p, 5, "left2"), convolved(p, 3, "right2"))
    three = added(3, average(h, "left3"), p)
    four = added(4, average(p, "left4"), average(p, "right4"))
    five = added(5, convolved(h, 3, "left5"), h)
    return joined([p, one, two, three, four, five], f"normal_concat_{name}")


def reduction_cell(
    x: SymbolicTensor, p: SymbolicTensor | None, filters: int, name: str
) -> SymbolicTensor:
    """Branches with stride 2, five sums, four of them joined: half the height and width."""
    p, h = cell_inputs(p, x, filters, "reduction", name)
    padded = ZeroPadding2D(halving_padding(h, 3), name=f"reduction_pad_1_{name}")(h)

    def added(end: str, *branches: SymbolicTensor) -> SymbolicTensor:
        return Add(name=f"reduction_add{end}_{name}")(list(branches))

    def strided(y: SymbolicTensor, window: int, branch: str) -> SymbolicTensor:
        return separable(y, filters, window, f"reduction_{branch}_{name}", strides=2)

    def pooled(kind: Callable[..., Layer], branch: str) -> SymbolicTensor:
        return pool(kind, padded, 2, "valid", f"reduction_{branch}_{name}")

    one = added("_1", strided(h, 5, "left1"), strided(p, 7, "right1"))
    two = added("_2", pooled(MaxPooling2D, "left2"), strided(p, 7, "right2"))
    three = added("3", pooled(AveragePooling2D, "left3"), strided(p, 5, "right3"))
    four = Add()([two, pool(AveragePooling2D, one, 1, "same", f"reduction_left4_{name}")])
    five = added(
        "4", separable(one, filters, 3, f"reduction_left4_{name}"), pooled(MaxPooling2D, "right5")
    )
    return joined([two, three, four, five], f"reduction_concat_{name}")


def nasnet(
    image: SymbolicTensor,
    options: Options,
    penultimate: int,
    repeats: int,
    stem_filters: int,
    skip_reduction: bool,
) -> SymbolicTensor:
    """Stem, then three times `repeats` normal cells with reduction cells between.

    Args:
        image: the image.
        options: of the application.
        penultimate: channels of the last cell's output.
        repeats: normal cells in each of the three parts.
        stem_filters: filters of the first convolution.
        skip_reduction: whether the second input of the cell after a reduction is the reduction's
            second input, else its first.
    """
    filters = penultimate // 24
    x = Conv2D(
        stem_filters,
        3,
        strides=2,
        use_bias=False,
        kernel_initializer="he_normal",
        name="stem_conv1",
    )(image)
    x = normalised(x, "stem_bn1")
    before: SymbolicTensor | None = None
    for i, divisor in enumerate((4, 2), 1):
        x, before = reduction_cell(x, before, filters // divisor, f"stem_{i}"), x
    for part in range(3):
        width = filters * 2**part
        if part:
            reduced = reduction_cell(x, before, width, f"reduce_{part * repeats}")
            x, before = reduced, before if skip_reduction else x
        first = part * (repeats + 1) - max(part - 1, 0)
        for index in range(first, first + repeats):
            x, before = normal_cell(x, before, width, str(index)), x
    return options.head(Activation("relu")(x))


@application("nasnet_mobile", size=224, mode="tf", files=files("mobile"), order=SHAPE_FIRST)
def NASNetMobile(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """NASNet-A (4 @ 1056), 5,326,716 parameters.

    References:
        - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
          <https://arxiv.org/abs/1707.07012>
    """
    return nasnet(image, options, 1056, 4, 32, skip_reduction=False)


@application("nasnet_large", size=331, mode="tf", files=files("large"), order=SHAPE_FIRST)
def NASNetLarge(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """NASNet-A (6 @ 4032), 88,949,818 parameters.

    References:
        - Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017,
          <https://arxiv.org/abs/1707.07012>
    """
    return nasnet(image, options, 4032, 6, 96, skip_reduction=True)


preprocess_input = NASNetMobile.preprocess_input
