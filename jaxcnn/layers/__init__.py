"""The Keras half: a handle for every module of `jaxcnn.nn`, symbolic calls, names and weights."""

from collections.abc import Callable

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.catalogue import (
    ELU,
    GRU,
    LSTM,
    RNN,
    Activation,
    ActivityRegularization,
    Add,
    AlphaDropout,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    ConvLSTM2D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    CuDNNGRU,
    CuDNNLSTM,
    CustomScaleLayer,
    Dense,
    DepthwiseConv2D,
    Dot,
    Dropout,
    Embedding,
    EuclideanRBF,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    GRUCell,
    Lambda,
    LayerNormalization,
    LeakyReLU,
    LocallyConnected1D,
    LocallyConnected2D,
    LocalResponseNormalization,
    LSTMCell,
    Masking,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    Minimum,
    Multiply,
    Normalization,
    PartialConv2D,
    Permute,
    PReLU,
    RandomizedReLU,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    SeparableConv1D,
    SeparableConv2D,
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    Subsampling2D,
    Subtract,
    ThresholdedReLU,
    TimeDistributed,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from jaxcnn.layers.derived import FlaxLayer, keras_layer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.input_spec import InputSpec
from jaxcnn.layers.merge import add, average, concatenate, dot, maximum, minimum, multiply, subtract
from jaxcnn.layers.recurrent import Bidirectional, StackedRNNCells
from jaxcnn.layers.symbolic import operators
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.spellings.tables import CLASSES, REMOVED
from jaxcnn.spellings.translate import removed

# Keras's shorter spellings.
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = (
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D = (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
)
Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D

deserialize = LAYERS.deserialize
serialize = LAYERS.serialize


# The classes of Keras 1 are made from the layers above and from models.
keras1_class = lazy_attributes(__name__, dict.fromkeys((*CLASSES, "Merge"), "jaxcnn.compat.keras1"))


def __getattr__(name: str) -> Callable[..., Layer]:
    if name in REMOVED:
        raise AttributeError(removed(name))
    layer: Callable[..., Layer] = keras1_class(name)
    return layer
