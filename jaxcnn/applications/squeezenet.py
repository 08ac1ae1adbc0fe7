"""SqueezeNet 1.1.

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016.
"""

from __future__ import annotations

from typing import Any

from jaxcnn.applications.application import application
from jaxcnn.applications.maps import joined
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import (
    Activation,
    Conv2D,
    Dropout,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SymbolicTensor,
)

ADDRESS = "https://github.com/rcmalli/keras-squeezenet/releases/download/v1.0/"
STAGES = (
    ((16, 64), (16, 64)),
    ((32, 128), (32, 128)),
    ((48, 192), (48, 192), (64, 256), (64, 256)),
)


def files(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
    name = f"squeezenet_weights_tf_dim_ordering_tf_kernels{'' if include_top else '_notop'}.h5"
    return WeightFile(name, ADDRESS + name)


def fire(x: SymbolicTensor, squeezed: int, expanded: int, index: int) -> SymbolicTensor:
    """A 1x1 convolution to few channels, then 1x1 and 3x3 convolutions to many, in parallel."""
    name = f"fire{index}"
    x = Conv2D(squeezed, 1, name=f"{name}/squeeze1x1")(x)
    x = Activation("relu", name=f"{name}/relu_squeeze1x1")(x)
    left = Activation("relu", name=f"{name}/relu_expand1x1")(
        Conv2D(expanded, 1, name=f"{name}/expand1x1")(x)
    )
    right = Conv2D(expanded, 3, padding="same", name=f"{name}/expand3x3")(x)
    right = Activation("relu", name=f"{name}/relu_expand3x3")(right)
    return joined([left, right], f"{name}/concat")


@application("squeezenet", size=227, smallest=48, mode="caffe", files=files, fixed_size=False)
def SqueezeNet(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Eight fire modules and no dense layer, 1,235,496 parameters.

    References:
        - Iandola et al., "SqueezeNet: AlexNet-level Accuracy with 50x Fewer Parameters", 2016,
          <https://arxiv.org/abs/1602.07360>
    """
    x = Activation("relu", name="relu_conv1")(Conv2D(64, 3, strides=2, name="conv1")(image))
    index = 2
    for stage in STAGES:
        x = MaxPooling2D(3, strides=2, name=f"pool{1 if index == 2 else index - 1}")(x)
        for squeezed, expanded in stage:
            x = fire(x, squeezed, expanded, index)
            index += 1
    if not options.include_top:
        return options.pooled(x)
    x = Conv2D(options.classes, 1, name="conv10")(Dropout(0.5, name="drop9")(x))
    x = GlobalAveragePooling2D()(Activation("relu", name="relu_conv10")(x))
    return Activation(options.classifier_activation, name="loss")(x)


preprocess_input = SqueezeNet.preprocess_input
