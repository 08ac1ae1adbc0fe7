"""Every Keras layer as a handle derived from its module in `jaxcnn.nn`, one line a layer.

``inspect.signature(Conv2D)`` and ``help(Conv2D)`` show the Keras arguments; every layer also takes
`name`, `trainable`, `weights` and, where it comes first in a Sequential model, `input_shape`.
"""

from jaxcnn import nn
from jaxcnn.layers.derived import keras_layer
from jaxcnn.layers.recurrent import EmbeddingLayer, GatedLayer, RecurrentLayer, StackingLayer

Activation = keras_layer(nn.Activation)
ActivityRegularization = keras_layer(nn.ActivityRegularization)
Dense = keras_layer(nn.Dense)
Dropout = keras_layer(nn.Dropout)
Flatten = keras_layer(nn.Flatten)
Lambda = keras_layer(nn.Lambda)
Masking = keras_layer(nn.Masking)
Permute = keras_layer(nn.Permute)
RepeatVector = keras_layer(nn.RepeatVector)
Reshape = keras_layer(nn.Reshape)

Conv1D = keras_layer(nn.Conv1D)
Conv2D = keras_layer(nn.Conv2D)
Conv3D = keras_layer(nn.Conv3D)
DepthwiseConv2D = keras_layer(nn.DepthwiseConv2D)
SeparableConv1D = keras_layer(nn.SeparableConv1D)
SeparableConv2D = keras_layer(nn.SeparableConv2D)
Conv1DTranspose = keras_layer(nn.Conv1DTranspose)
Conv2DTranspose = keras_layer(nn.Conv2DTranspose)
Conv3DTranspose = keras_layer(nn.Conv3DTranspose)
LocallyConnected1D = keras_layer(nn.LocallyConnected1D)
LocallyConnected2D = keras_layer(nn.LocallyConnected2D)

PartialConv2D = keras_layer(nn.PartialConv2D)
Subsampling2D = keras_layer(nn.Subsampling2D)
EuclideanRBF = keras_layer(nn.EuclideanRBF)

Cropping1D = keras_layer(nn.Cropping1D)
Cropping2D = keras_layer(nn.Cropping2D)
Cropping3D = keras_layer(nn.Cropping3D)
UpSampling1D = keras_layer(nn.UpSampling1D)
UpSampling2D = keras_layer(nn.UpSampling2D)
UpSampling3D = keras_layer(nn.UpSampling3D)
ZeroPadding1D = keras_layer(nn.ZeroPadding1D)
ZeroPadding2D = keras_layer(nn.ZeroPadding2D)
ZeroPadding3D = keras_layer(nn.ZeroPadding3D)

MaxPooling1D = keras_layer(nn.MaxPooling1D)
MaxPooling2D = keras_layer(nn.MaxPooling2D)
MaxPooling3D = keras_layer(nn.MaxPooling3D)
AveragePooling1D = keras_layer(nn.AveragePooling1D)
AveragePooling2D = keras_layer(nn.AveragePooling2D)
AveragePooling3D = keras_layer(nn.AveragePooling3D)

GlobalMaxPooling1D = keras_layer(nn.GlobalMaxPooling1D)
GlobalMaxPooling2D = keras_layer(nn.GlobalMaxPooling2D)
GlobalMaxPooling3D = keras_layer(nn.GlobalMaxPooling3D)
GlobalAveragePooling1D = keras_layer(nn.GlobalAveragePooling1D)
GlobalAveragePooling2D = keras_layer(nn.GlobalAveragePooling2D)
GlobalAveragePooling3D = keras_layer(nn.GlobalAveragePooling3D)

Add = keras_layer(nn.Add)
Subtract = keras_layer(nn.Subtract)
Multiply = keras_layer(nn.Multiply)
Average = keras_layer(nn.Average)
Maximum = keras_layer(nn.Maximum)
Minimum = keras_layer(nn.Minimum)
Concatenate = keras_layer(nn.Concatenate)
Dot = keras_layer(nn.Dot)
CustomScaleLayer = keras_layer(nn.CustomScaleLayer)

BatchNormalization = keras_layer(nn.BatchNormalization)
LayerNormalization = keras_layer(nn.LayerNormalization)
LocalResponseNormalization = keras_layer(nn.LocalResponseNormalization)
Normalization = keras_layer(nn.Normalization)
Rescaling = keras_layer(nn.Rescaling)

GaussianNoise = keras_layer(nn.GaussianNoise)
GaussianDropout = keras_layer(nn.GaussianDropout)
AlphaDropout = keras_layer(nn.AlphaDropout)
SpatialDropout1D = keras_layer(nn.SpatialDropout1D)
SpatialDropout2D = keras_layer(nn.SpatialDropout2D)
SpatialDropout3D = keras_layer(nn.SpatialDropout3D)

LeakyReLU = keras_layer(nn.LeakyReLU)
PReLU = keras_layer(nn.PReLU)
RandomizedReLU = keras_layer(nn.RandomizedReLU)
ELU = keras_layer(nn.ELU)
ThresholdedReLU = keras_layer(nn.ThresholdedReLU)
Softmax = keras_layer(nn.Softmax)
ReLU = keras_layer(nn.ReLU)

Embedding = keras_layer(nn.Embedding, EmbeddingLayer)

SimpleRNN = keras_layer(nn.SimpleRNN, GatedLayer)
GRU = keras_layer(nn.GRU, GatedLayer)
LSTM = keras_layer(nn.LSTM, GatedLayer)
CuDNNGRU = keras_layer(nn.CuDNNGRU, GatedLayer)
CuDNNLSTM = keras_layer(nn.CuDNNLSTM, GatedLayer)
ConvLSTM2D = keras_layer(nn.ConvLSTM2D, RecurrentLayer)
RNN = keras_layer(nn.RNN, StackingLayer)
SimpleRNNCell = keras_layer(nn.SimpleRNNCell)
GRUCell = keras_layer(nn.GRUCell)
LSTMCell = keras_layer(nn.LSTMCell)

TimeDistributed = keras_layer(nn.TimeDistributed)

__all__ = [name for name, value in vars().items() if hasattr(value, "module_class")]
