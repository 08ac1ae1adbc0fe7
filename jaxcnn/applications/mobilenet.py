"""MobileNet.

Source: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision",
2017.
"""

from __future__ import annotations

from typing import Any

from jaxcnn.applications.application import SHAPE_FIRST, application
from jaxcnn.applications.maps import channel_axis, depthwise, image_size
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, keras_file
from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    SymbolicTensor,
    ZeroPadding2D,
)

WIDTHS = {1.0: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5"}
SIZES = (128, 160, 192, 224)
# Filters and stride of each depthwise separable convolution.
BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)


def square_size(image: SymbolicTensor, sizes: tuple[int, ...]) -> int:
    """The side of the image if there are weights for it, else 224."""
    height, width = image_size(image)
    return height if height is not None and height == width and height in sizes else 224


def model_name(image: SymbolicTensor, alpha: float, **arguments: Any) -> str:
    return f"mobilenet_{alpha:0.2f}_{image_size(image)[0]}"


def files(
    image: SymbolicTensor, include_top: bool, alpha: float, depth_multiplier: int, dropout: float
) -> WeightFile:
    if depth_multiplier != 1 or alpha not in WIDTHS:
        raise ValueError(
            "MobileNet: there are ImageNet weights for depth_multiplier 1 and alpha "
            f"{', '.join(map(str, WIDTHS))}; given {depth_multiplier} and {alpha}."
        )
    end = "tf" if include_top else "tf_no_top"
    return keras_file(f"mobilenet/mobilenet_{WIDTHS[alpha]}_{square_size(image, SIZES)}_{end}.h5")


def normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Batch normalization and relu up to 6: 'NAME_bn' and 'NAME_relu'."""
    x = BatchNormalization(axis=channel_axis(), name=f"{name}_bn")(x)
    return ReLU(6.0, name=f"{name}_relu")(x)


@application(model_name, size=224, mode="tf", files=files, order=SHAPE_FIRST, fixed_size=False)
def MobileNet(
    image: SymbolicTensor,
    options: Options,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 1e-3,
) -> SymbolicTensor:
    """Thirteen depthwise separable convolutions, 4,253,864 parameters at ``alpha=1``.

    Args:
        alpha: factor of the number of filters of each layer. Default: 1.0.
        depth_multiplier: outputs of the depthwise convolutions for each channel. Default: 1.
        dropout: rate before the classifier. Default: 0.001.

    References:
        - Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
          Applications", 2017, <https://arxiv.org/abs/1704.04861>
    """
    x = Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(image)
    x = normalised(x, "conv1")
    for block, (filters, strides) in enumerate(BLOCKS, 1):
        if strides == 2:
            x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{block}")(x)
        x = depthwise(x, 3, strides, f"conv_dw_{block}", depth_multiplier=depth_multiplier)
        x = normalised(x, f"conv_dw_{block}")
        x = Conv2D(
            int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{block}"
        )(x)
        x = normalised(x, f"conv_pw_{block}")
    if not options.include_top:
        return options.pooled(x)
    x = Dropout(dropout, name="dropout")(GlobalAveragePooling2D(keepdims=True)(x))
    x = Conv2D(options.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((options.classes,), name="reshape_2")(x)
    return Activation(options.classifier_activation, name="predictions")(x)


preprocess_input = MobileNet.preprocess_input
