"""Neural network layers as ``flax.linen`` modules: pure functions of variables and inputs."""

from jaxcnn.nn.activation import Activation, ActivityRegularization
from jaxcnn.nn.advanced_activations import (
    ELU,
    LeakyReLU,
    PReLU,
    RandomizedReLU,
    ReLU,
    Softmax,
    ThresholdedReLU,
)
from jaxcnn.nn.base import Layer, declared_weights
from jaxcnn.nn.batch import current_valid_rows, valid_rows
from jaxcnn.nn.convolution import Conv1D, Conv2D, Conv3D
from jaxcnn.nn.convolutional_recurrent import ConvLSTM2D
from jaxcnn.nn.dense import Dense
from jaxcnn.nn.dropout import Dropout
from jaxcnn.nn.embedding import Embedding
from jaxcnn.nn.graph import Graph
from jaxcnn.nn.lambda_layer import Lambda
from jaxcnn.nn.lenet import EuclideanRBF, PartialConv2D, Subsampling2D
from jaxcnn.nn.local import LocallyConnected1D, LocallyConnected2D
from jaxcnn.nn.masking import Masking
from jaxcnn.nn.merge import (
    Add,
    Average,
    Concatenate,
    CustomScaleLayer,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from jaxcnn.nn.noise import (
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from jaxcnn.nn.normalization import (
    BatchNormalization,
    LayerNormalization,
    LocalResponseNormalization,
)
from jaxcnn.nn.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from jaxcnn.nn.recurrent import (
    GRU,
    LSTM,
    RNN,
    CuDNNGRU,
    CuDNNLSTM,
    GRUCell,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
)
from jaxcnn.nn.rescaling import Normalization, Rescaling
from jaxcnn.nn.resizing import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from jaxcnn.nn.separable import DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from jaxcnn.nn.shapes import Flatten, Permute, RepeatVector, Reshape
from jaxcnn.nn.transposed import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from jaxcnn.nn.wrappers import Bidirectional, TimeDistributed

__all__ = [
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM2D",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CuDNNGRU",
    "CuDNNLSTM",
    "CustomScaleLayer",
    "Dense",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "ELU",
    "Embedding",
    "EuclideanRBF",
    "Flatten",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "Graph",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "LocalResponseNormalization",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "PartialConv2D",
    "Permute",
    "RNN",
    "RandomizedReLU",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SeparableConv1D",
    "SeparableConv2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "StackedRNNCells",
    "Subsampling2D",
    "Subtract",
    "ThresholdedReLU",
    "TimeDistributed",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "current_valid_rows",
    "declared_weights",
    "valid_rows",
]
