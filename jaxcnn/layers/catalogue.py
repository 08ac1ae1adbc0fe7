"""Every Keras layer as a handle derived from its module in `jaxcnn.nn`, one line a layer.

``inspect.signature(Conv2D)`` and ``help(Conv2D)`` show the Keras arguments; every layer also takes
`name`, `trainable`, `weights` and, where it comes first in a Sequential model, `input_shape`.
"""

import sys

from jaxcnn import nn
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.derived import ModuleLayer, keras_layer
from jaxcnn.layers.recurrent import (
    EmbeddingLayer,
    GatedLayer,
    RecurrentLayer,
    StackedCells,
    StackingLayer,
)

# What each is derived from beside its module. A handle is made when it is first asked for.
HANDLES: dict[str, type[ModuleLayer]] = {
    "Activation": ModuleLayer,
    "ActivityRegularization": ModuleLayer,
    "Dense": ModuleLayer,
    "Dropout": ModuleLayer,
    "Flatten": ModuleLayer,
    "Lambda": ModuleLayer,
    "Masking": ModuleLayer,
    "Permute": ModuleLayer,
    "RepeatVector": ModuleLayer,
    "Reshape": ModuleLayer,
    "Conv1D": ModuleLayer,
    "Conv2D": ModuleLayer,
    "Conv3D": ModuleLayer,
    "DepthwiseConv2D": ModuleLayer,
    "SeparableConv1D": ModuleLayer,
    "SeparableConv2D": ModuleLayer,
    "Conv1DTranspose": ModuleLayer,
    "Conv2DTranspose": ModuleLayer,
    "Conv3DTranspose": ModuleLayer,
    "LocallyConnected1D": ModuleLayer,
    "LocallyConnected2D": ModuleLayer,
    "PartialConv2D": ModuleLayer,
    "Subsampling2D": ModuleLayer,
    "EuclideanRBF": ModuleLayer,
    "Cropping1D": ModuleLayer,
    "Cropping2D": ModuleLayer,
    "Cropping3D": ModuleLayer,
    "UpSampling1D": ModuleLayer,
    "UpSampling2D": ModuleLayer,
    "UpSampling3D": ModuleLayer,
    "ZeroPadding1D": ModuleLayer,
    "ZeroPadding2D": ModuleLayer,
    "ZeroPadding3D": ModuleLayer,
    "MaxPooling1D": ModuleLayer,
    "MaxPooling2D": ModuleLayer,
    "MaxPooling3D": ModuleLayer,
    "AveragePooling1D": ModuleLayer,
    "AveragePooling2D": ModuleLayer,
    "AveragePooling3D": ModuleLayer,
    "GlobalMaxPooling1D": ModuleLayer,
    "GlobalMaxPooling2D": ModuleLayer,
    "GlobalMaxPooling3D": ModuleLayer,
    "GlobalAveragePooling1D": ModuleLayer,
    "GlobalAveragePooling2D": ModuleLayer,
    "GlobalAveragePooling3D": ModuleLayer,
    "Add": ModuleLayer,
    "Subtract": ModuleLayer,
    "Multiply": ModuleLayer,
    "Average": ModuleLayer,
    "Maximum": ModuleLayer,
    "Minimum": ModuleLayer,
    "Concatenate": ModuleLayer,
    "Dot": ModuleLayer,
    "CustomScaleLayer": ModuleLayer,
    "BatchNormalization": ModuleLayer,
    "LayerNormalization": ModuleLayer,
    "LocalResponseNormalization": ModuleLayer,
    "Normalization": ModuleLayer,
    "Rescaling": ModuleLayer,
    "GaussianNoise": ModuleLayer,
    "GaussianDropout": ModuleLayer,
    "AlphaDropout": ModuleLayer,
    "SpatialDropout1D": ModuleLayer,
    "SpatialDropout2D": ModuleLayer,
    "SpatialDropout3D": ModuleLayer,
    "LeakyReLU": ModuleLayer,
    "PReLU": ModuleLayer,
    "RandomizedReLU": ModuleLayer,
    "ELU": ModuleLayer,
    "ThresholdedReLU": ModuleLayer,
    "Softmax": ModuleLayer,
    "ReLU": ModuleLayer,
    "Embedding": EmbeddingLayer,
    "SimpleRNN": GatedLayer,
    "GRU": GatedLayer,
    "LSTM": GatedLayer,
    "CuDNNGRU": GatedLayer,
    "CuDNNLSTM": GatedLayer,
    "ConvLSTM2D": RecurrentLayer,
    "ConvRNN2D": StackingLayer,
    "RNN": StackingLayer,
    "SimpleRNNCell": ModuleLayer,
    "GRUCell": ModuleLayer,
    "LSTMCell": ModuleLayer,
    "ConvLSTM2DCell": ModuleLayer,
    "StackedRNNCells": StackedCells,
    "TimeDistributed": ModuleLayer,
}

# Keras's shorter spellings.
SHORT = {
    short + dimensions: long + dimensions
    for short, long in {
        "MaxPool": "MaxPooling",
        "AvgPool": "AveragePooling",
        "GlobalMaxPool": "GlobalMaxPooling",
        "GlobalAvgPool": "GlobalAveragePooling",
        "Convolution": "Conv",
    }.items()
    for dimensions in ("1D", "2D", "3D")
}

__all__ = [*HANDLES, *SHORT]


def __getattr__(name: str) -> type[ModuleLayer]:
    if name in SHORT:
        return getattr(sys.modules[__name__], SHORT[name])
    if name not in HANDLES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    handle = globals()[name] = keras_layer(getattr(nn, name), HANDLES[name])
    return handle


LAYERS.expect(HANDLES, __getattr__)
