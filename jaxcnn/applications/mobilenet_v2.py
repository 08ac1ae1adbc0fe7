"""MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018."""

from __future__ import annotations

from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import (
    channel_axis,
    channel_count,
    depthwise,
    halving_padding,
    image_size,
)
from jaxcnn.applications.mobilenet import square_size
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_file
from jaxcnn.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    ReLU,
    SymbolicTensor,
    ZeroPadding2D,
)

WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
SIZES = (96, 128, 160, 192, 224)
# Filters, stride of the first, and number of the blocks of each stage.
STAGES = ((16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1))


def model_name(image: SymbolicTensor, alpha: float) -> str:
    return f"mobilenetv2_{alpha:0.2f}_{image_size(image)[0]}"


def files(image: SymbolicTensor, include_top: bool, alpha: float) -> WeightFile:
    if alpha not in WIDTHS:
        raise ValueError(
            f"MobileNetV2: there are ImageNet weights for alpha {', '.join(map(str, WIDTHS))}; "
            f"given {alpha}."
        )
    stem, end = (
        "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels",
        "" if include_top else "_no_top",
    )
    return keras_file(f"{stem}_{float(alpha)}_{square_size(image, SIZES)}{end}.h5")


def divisible(filters: float, divisor: int = 8) -> int:
    """The nearest multiple of `divisor`, at least one and not below nine tenths of `filters`."""
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(axis=channel_axis(), momentum=0.999, name=name)(x)


def inverted_residual(x: SymbolicTensor, filters: int, stride: int, block: int) -> SymbolicTensor:
    """Expansion to six times the channels, depthwise convolution, projection.

    Block 0 does not expand. The result is added to the input where it has the same shape.
    """
    shortcut, channels = x, channel_count(x)
    prefix = f"block_{block}_" if block else "expanded_conv_"
    if block:
        x = Conv2D(6 * channels, 1, padding="same", use_bias=False, name=f"{prefix}expand")(x)
        x = ReLU(6.0, name=f"{prefix}expand_relu")(normalised(x, f"{prefix}expand_BN"))
    if stride == 2:
        x = ZeroPadding2D(halving_padding(x, 3), name=f"{prefix}pad")(x)
    x = depthwise(x, 3, stride, f"{prefix}depthwise")
    x = ReLU(6.0, name=f"{prefix}depthwise_relu")(normalised(x, f"{prefix}depthwise_BN"))
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{prefix}project")(x)
    x = normalised(x, f"{prefix}project_BN")
    return Add(name=f"{prefix}add")([shortcut, x]) if stride == 1 and channels == filters else x


@application(model_name, size=224, mode="tf", files=files, order=SHAPE_FIRST, fixed_size=False)
def MobileNetV2(image: SymbolicTensor, options: Options, alpha: float = 1.0) -> SymbolicTensor:
    """Seventeen inverted residual blocks, 3,538,984 parameters at ``alpha=1``.

    Args:
        alpha: factor of the number of filters of each layer. Default: 1.0.

    References:
        - Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018,
          <https://arxiv.org/abs/1801.04381>
    """
    x = Conv2D(divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(
        image
    )
    x = ReLU(6.0, name="Conv1_relu")(normalised(x, "bn_Conv1"))
    block = 0
    for filters, first_stride, blocks in STAGES:
        for i in range(blocks):
            x = inverted_residual(
                x, divisible(int(filters * alpha)), first_stride if i == 0 else 1, block
            )
            block += 1
    last = divisible(1280 * alpha) if alpha > 1.0 else 1280  # never thinner
    x = Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    return options.head(ReLU(6.0, name="out_relu")(normalised(x, "Conv_1_bn")))


preprocess_input = MobileNetV2.preprocess_input
