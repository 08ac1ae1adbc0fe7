"""The ResNet50 of Keras 1 to 2.3, whose layers have other names than those of today's.

Its batch normalizations have the usual epsilon, so that it has weights of its own, too.

Sources: He et al., "Deep Residual Learning for Image Recognition", 2015;
``keras/applications/resnet50.py`` of Keras 1.2.2 and 2.0.4, ``keras_applications/resnet50.py`` of
keras-applications 1.0.6.
"""

from __future__ import annotations

from jaxcnn.applications.application import TOP_FIRST, Application
from jaxcnn.applications.options import Options
from jaxcnn.applications.pretrained import WeightFile, find
from jaxcnn.compat import addresses
from jaxcnn.compat.blocks import channel_axis, conv_block, convolution, identity_block
from jaxcnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from jaxcnn.spellings.dialect import dialect
from jaxcnn.utils.files import checksum_fits

# Blocks of each stage.
DEPTHS = (3, 4, 6, 3)
# With and without the classifier.
CHECKSUMS = ("a7b3fe01876f51b976af0dea6bc144eb", "a268eb855778b3df3c7506639542a6af")


def ResNet50(image: SymbolicTensor, options: Options) -> SymbolicTensor:
    """The network, as the dialect in force has it.

    Before 2.2 the first pool had no border, and the maps ended in an average of 7x7.
    """
    borders = dialect().since_2_2
    x = ZeroPadding2D(3, name="conv1_pad" if borders else None)(image)
    x = convolution(64, 7, name="conv1", strides=2)(x)
    x = BatchNormalization(axis=channel_axis(), name="bn_conv1")(x)
    x = Activation("relu")(x)
    if borders:
        x = ZeroPadding2D(1, name="pool1_pad")(x)
    x = MaxPooling2D(3, strides=2)(x)
    for stage, depth in enumerate(DEPTHS, 2):
        width = 16 * 2**stage
        filters = (width, width, 4 * width)
        x = conv_block(x, 3, filters, stage, "a", strides=1 if stage == 2 else 2)
        for block in "bcdef"[: depth - 1]:
            x = identity_block(x, 3, filters, stage, block)
    if not borders:
        x = AveragePooling2D(7, name="avg_pool")(x)
    if not options.include_top:
        return options.pooled(x)
    x = GlobalAveragePooling2D(name="avg_pool")(x) if borders else Flatten()(x)
    return options.predictions(x, name="fc1000")


def weight_file(image: SymbolicTensor, include_top: bool) -> WeightFile:
    """The published weights.

    Today's ResNet50 has weights under the same name, so that theirs have a folder of their own
    unless it is they that are here.
    """
    path = addresses.resnet50_TF_ if include_top else addresses.resnet50_TF__NO_TOP
    checksum = CHECKSUMS[0 if include_top else 1]
    version, name = path.split("/")[-2:]
    here = find(name)
    if here is None or not checksum_fits(here, checksum):
        name = f"{version}/{name}"
    return WeightFile(name, path, checksum)


def of_size(smallest: int) -> Application:
    """The network for images of that size and larger ones."""
    return Application(
        ResNet50,
        "resnet50",
        size=224,
        smallest=smallest,
        mode="caffe",
        files=weight_file,
        order=TOP_FIRST,
        fixed_size=True,
    )


def __getattr__(name: str) -> Application:
    """`network`, whose maps must not be smaller than what it averages."""
    if name != "network":
        raise AttributeError(name)
    return of_size(32 if dialect().since_2_2 else 197)
