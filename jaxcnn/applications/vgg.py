"""VGG in all six configurations.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition", 2015: A (11 weight layers), A-LRN, B (13), C (16, some 1x1), D (16) and E (19).
"""

from __future__ import annotations

from jaxcnn.applications.application import application
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import keras_files
from jaxcnn.layers import (
    Conv2D,
    Dense,
    Flatten,
    LocalResponseNormalization,
    MaxPooling2D,
    SymbolicTensor,
)

FILTERS = (64, 128, 256, 512, 512)
# The window sizes of each block's convolutions.
CONFIGURATIONS = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3),) * 5,
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3,) * 4, (3,) * 4, (3,) * 4),
}


def vgg(
    x: SymbolicTensor, options: Options, configuration: str, normalise: bool = False
) -> SymbolicTensor:
    """The network of a configuration.

    With `normalise`, local response normalization follows the first convolution.
    """
    for block, (filters, windows) in enumerate(
        zip(FILTERS, CONFIGURATIONS[configuration], strict=True), 1
    ):
        for i, window in enumerate(windows, 1):
            x = Conv2D(
                filters, window, activation="relu", padding="same", name=f"block{block}_conv{i}"
            )(x)
            if normalise and block == 1:
                # The paper adopts AlexNet's: over 5 channels, k 2, alpha 1e-4, beta 0.75.
                x = LocalResponseNormalization(bias=2.0, alpha=1e-4, name="block1_lrn")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if not options.include_top:
        return options.pooled(x)
    x = Flatten(name="flatten")(x)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(4096, activation="relu", name="fc2")(x)
    return options.predictions(x)


@application("vgg11", size=224, mode="caffe")
def VGG11(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration A: 8 convolutions and 3 dense layers, 132,863,336 parameters.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "A")


@application("vgg11_lrn", size=224, mode="caffe")
def VGG11LRN(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration A-LRN: A with local response normalization after the first convolution.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "A", normalise=True)


@application("vgg13", size=224, mode="caffe")
def VGG13(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration B: 10 convolutions and 3 dense layers, 133,047,848 parameters.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "B")


@application("vgg16_c", size=224, mode="caffe")
def VGG16C(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration C: as D, but with a 1x1 convolution at the end of the last three blocks.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "C")


@application("vgg16", size=224, mode="caffe", files=keras_files("vgg16"))
def VGG16(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration D: 13 convolutions and 3 dense layers, 138,357,544 parameters.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "D")


@application("vgg19", size=224, mode="caffe", files=keras_files("vgg19"))
def VGG19(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """Configuration E: 16 convolutions and 3 dense layers, 143,667,240 parameters.

    References:
        - Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
          Recognition", 2014, <https://arxiv.org/abs/1409.1556>
    """
    return vgg(image, options, "E")
