"""EfficientNet.

Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
2019.
"""

from __future__ import annotations

import math
import string
from typing import Any, NamedTuple

from jaxcnn.applications.application import application
from jaxcnn.applications.imagenet_utils import TORCH_DEVIATION
from jaxcnn.applications.maps import channel_axis, depthwise, halving_padding
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.initializers import VarianceScaling
from jaxcnn.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Normalization,
    Rescaling,
    Reshape,
    SymbolicTensor,
    ZeroPadding2D,
)


class Stage(NamedTuple):
    """Blocks of one size, of which the first may halve height and width."""

    window: int
    blocks: int
    inputs: int
    outputs: int
    expansion: int
    stride: int


STAGES = (
    Stage(window=3, blocks=1, inputs=32, outputs=16, expansion=1, stride=1),
    Stage(window=3, blocks=2, inputs=16, outputs=24, expansion=6, stride=2),
    Stage(window=5, blocks=2, inputs=24, outputs=40, expansion=6, stride=2),
    Stage(window=3, blocks=3, inputs=40, outputs=80, expansion=6, stride=2),
    Stage(window=5, blocks=3, inputs=80, outputs=112, expansion=6, stride=1),
    Stage(window=5, blocks=4, inputs=112, outputs=192, expansion=6, stride=2),
    Stage(window=3, blocks=1, inputs=192, outputs=320, expansion=6, stride=1),
)
# The rate at which the last block is left out in training; earlier ones in proportion.
SURVIVAL_DROP = 0.2
FANS_OUT = VarianceScaling(2.0, "fan_out", "truncated_normal")
CLASSIFIER = VarianceScaling(1.0 / 3.0, "fan_out", "uniform")


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    name = f"efficientnetb0{'' if include_top else '_notop'}.h5"
    checksum = (
        "902e53a9f72be733fc0bcb005b3ebbac" if include_top else "50bc09e76180e00e4465e1a485ddc09d"
    )
    return WeightFile(name, f"https://storage.googleapis.com/keras-applications/{name}", checksum)


def conv(
    x: SymbolicTensor, filters: int, window: int, name: str, **arguments: Any
) -> SymbolicTensor:
    arguments = {"padding": "same", "use_bias": False, **arguments}
    return Conv2D(filters, window, kernel_initializer=FANS_OUT, name=name, **arguments)(x)


def normalised(x: SymbolicTensor, name: str, activation: str | None = None) -> SymbolicTensor:
    x = BatchNormalization(axis=channel_axis(), name=name)(x)
    return x if activation is None else Activation("swish", name=activation)(x)


def block(x: SymbolicTensor, stage: Stage, name: str, drop: float) -> SymbolicTensor:
    """The first block of a stage: an inverted residual with squeeze and excitation.

    In training the residual is left out at the rate `drop`.
    """
    shortcut, channels = x, stage.inputs * stage.expansion
    window, stride = stage.window, stage.stride
    if stage.expansion != 1:
        x = conv(x, channels, 1, f"{name}_expand_conv")
        x = normalised(x, f"{name}_expand_bn", f"{name}_expand_activation")
    if stride == 2:
        x = ZeroPadding2D(halving_padding(x, window), name=f"{name}_dwconv_pad")(x)
    x = depthwise(x, window, stride, f"{name}_dwconv", depthwise_initializer=FANS_OUT)
    x = normalised(x, f"{name}_bn", f"{name}_activation")
    gate = GlobalAveragePooling2D(name=f"{name}_se_squeeze")(x)
    gate = Reshape(
        (channels, 1, 1) if channel_axis() == 1 else (1, 1, channels), name=f"{name}_se_reshape"
    )(gate)
    squeezed = max(1, stage.inputs // 4)
    gate = conv(gate, squeezed, 1, f"{name}_se_reduce", use_bias=True, activation="swish")
    gate = conv(gate, channels, 1, f"{name}_se_expand", use_bias=True, activation="sigmoid")
    x = Multiply(name=f"{name}_se_excite")([x, gate])
    x = normalised(conv(x, stage.outputs, 1, f"{name}_project_conv"), f"{name}_project_bn")
    if stride != 1 or stage.inputs != stage.outputs:
        return x
    if drop > 0.0:
        x = Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
    return Add(name=f"{name}_add")([x, shortcut])


@application("efficientnetb0", size=224, mode="raw", files=files, fixed_size=False)
def EfficientNetB0(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The smallest of the family, 5,330,571 parameters; its images have values 0 to 255.

    References:
        - Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
          2019, <https://arxiv.org/abs/1905.11946>
    """
    axis = channel_axis()
    x = Normalization(axis=axis)(Rescaling(1.0 / 255.0)(image))
    if options.weights == "imagenet":
        # The published weights were trained on inputs that were divided by the root of ImageNet's
        # deviations once more.
        scale = [1.0 / math.sqrt(deviation) for deviation in TORCH_DEVIATION]
        x = Rescaling(scale if axis == 3 else [[[s]] for s in scale])(x)
    x = ZeroPadding2D(halving_padding(x, 3), name="stem_conv_pad")(x)
    x = conv(x, 32, 3, "stem_conv", strides=2, padding="valid")
    x = normalised(x, "stem_bn", "stem_activation")
    total, done = sum(stage.blocks for stage in STAGES), 0
    for number, stage in enumerate(STAGES, 1):
        for letter in string.ascii_lowercase[: stage.blocks]:
            x = block(x, stage, f"block{number}{letter}", SURVIVAL_DROP * done / total)
            stage = stage._replace(inputs=stage.outputs, stride=1)
            done += 1
    x = normalised(conv(x, 1280, 1, "top_conv"), "top_bn", "top_activation")
    if not options.include_top:
        return options.pooled(x, "avg_pool", "max_pool")
    x = Dropout(0.2, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
    return options.predictions(x, kernel_initializer=CLASSIFIER)


preprocess_input = EfficientNetB0.preprocess_input
