"""Every layer with its arguments; made by .ci/stubs.py."""

from collections.abc import Callable, Sequence
from jax import Array
from jaxcnn.layers.base import Layer
from jaxcnn.layers.derived import ModuleLayer
from jaxcnn.layers.recurrent import EmbeddingLayer, GatedLayer, RecurrentLayer, StackingLayer
from jaxcnn.nn.dropout import NoiseShape
from jaxcnn.nn.fields import Amounts, Sizes
from jaxcnn.runtime.types import ArrayLike, DTypeLike, Identifier, PyTree, Settings, Shape
from typing import Any, TypedDict, Unpack

__all__ = [
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D",
    "BatchNormalization", "Concatenate", "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose",
    "Conv3D", "Conv3DTranspose", "ConvLSTM2D", "Convolution1D", "Convolution2D", "Convolution3D",
    "Cropping1D", "Cropping2D", "Cropping3D", "CuDNNGRU", "CuDNNLSTM", "CustomScaleLayer", "Dense",
    "DepthwiseConv2D", "Dot", "Dropout", "ELU", "Embedding", "EuclideanRBF", "Flatten", "GRU",
    "GRUCell", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D",
    "GlobalAvgPool3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "LSTM", "LSTMCell", "Lambda",
    "LayerNormalization", "LeakyReLU", "LocalResponseNormalization", "LocallyConnected1D",
    "LocallyConnected2D", "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU",
    "PartialConv2D", "Permute", "RNN", "RandomizedReLU", "ReLU", "RepeatVector", "Rescaling",
    "Reshape", "SeparableConv1D", "SeparableConv2D", "SimpleRNN", "SimpleRNNCell", "Softmax",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Subsampling2D", "Subtract",
    "ThresholdedReLU", "TimeDistributed", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
]

class Common(TypedDict, total=False):
    """What every layer takes beside its own arguments."""

    name: str | None
    trainable: bool
    dtype: DTypeLike | None
    input_shape: Shape | int | None
    batch_input_shape: Shape | None
    batch_size: int | None
    weights: Sequence[ArrayLike] | None


class First(Common, total=False):
    """What may also say the shape of the first layer's input."""

    input_dim: int | None
    input_length: int | None


class Activation(ModuleLayer):
    """An activation as a layer: any shape in, the same shape out."""

    def __init__(
        self, activation: Identifier, **common: Unpack[First],
    ) -> None: ...


class ActivityRegularization(ModuleLayer):
    """The identity, adding ``l1 * sum|x| + l2 * sum x**2`` (over the batch) to the loss."""

    def __init__(
        self, l1: float = 0.0, l2: float = 0.0, **common: Unpack[First],
    ) -> None: ...


class Add(ModuleLayer):
    """The sum of the inputs."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class AlphaDropout(ModuleLayer):
    """Dropout for networks of selu: dropped inputs become the value of selu at minus infinity."""

    def __init__(
        self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class Average(ModuleLayer):
    """The mean of the inputs."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class AveragePooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, fewer_steps, features): the mean of each window's real
    elements.
    """

    def __init__(
        self, pool_size: Sizes = 2, strides: Sizes | None = None, padding: str = 'valid', *,
        data_format: str | None = 'channels_last', **common: Unpack[First],
    ) -> None: ...


class AveragePooling2D(ModuleLayer):
    """(batch, height, width, channels) to a smaller height and width: the mean of each window's
    real elements.
    """

    def __init__(
        self, pool_size: Sizes = (2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class AveragePooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the mean of each window's real
    elements.
    """

    def __init__(
        self, pool_size: Sizes = (2, 2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class BatchNormalization(ModuleLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, statistics over all axes but one."""

    def __init__(
        self, axis: int = -1, momentum: float = 0.99, epsilon: float = 0.001, center: bool = True,
        scale: bool = True, beta_initializer: Identifier = 'zeros',
        gamma_initializer: Identifier = 'ones', moving_mean_initializer: Identifier = 'zeros',
        moving_variance_initializer: Identifier = 'ones', beta_regularizer: Identifier = None,
        gamma_regularizer: Identifier = None, beta_constraint: Identifier = None,
        gamma_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Concatenate(ModuleLayer):
    """The inputs one after another along `axis`; the other axes must agree."""

    def __init__(
        self, axis: int = -1, **common: Unpack[First],
    ) -> None: ...


class Conv1D(ModuleLayer):
    """Convolution over time: (batch, steps, channels) to (batch, new_steps, filters)."""

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = 1, padding: str = 'valid',
        dilation_rate: Sizes = 1, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, *, data_format: str | None = 'channels_last',
        **common: Unpack[First],
    ) -> None: ...


class Conv1DTranspose(ModuleLayer):
    """Transposed convolution over time: (batch, steps, channels) to (batch, more_steps, filters)."""

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = 1, padding: str = 'valid',
        data_format: str | None = 'channels_last', activation: Identifier = None,
        use_bias: bool = True, kernel_initializer: Identifier = 'glorot_uniform',
        bias_initializer: Identifier = 'zeros', kernel_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, bias_constraint: Identifier = None,
        output_padding: Sizes | None = None, dilation_rate: Sizes = 1, **common: Unpack[First],
    ) -> None: ...


class Conv2D(ModuleLayer):
    """Convolution over images: (batch, height, width, channels) to (batch, new_h, new_w, filters)."""

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, dilation_rate: Sizes = (1, 1),
        activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, groups: int = 1, **common: Unpack[First],
    ) -> None: ...


class Conv2DTranspose(ModuleLayer):
    """Transposed convolution over images: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, output_padding: Sizes | None = None,
        dilation_rate: Sizes = (1, 1), **common: Unpack[First],
    ) -> None: ...


class Conv3D(ModuleLayer):
    """Convolution over volumes or films: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1, 1), padding: str = 'valid',
        data_format: str | None = None, dilation_rate: Sizes = (1, 1, 1),
        activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Conv3DTranspose(ModuleLayer):
    """Transposed convolution over volumes: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1, 1), padding: str = 'valid',
        data_format: str | None = None, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, output_padding: Sizes | None = None,
        dilation_rate: Sizes = (1, 1, 1), **common: Unpack[First],
    ) -> None: ...


class ConvLSTM2D(RecurrentLayer):
    """`LSTM` with convolutions for products: (batch, steps, rows, columns, channels) to (batch,
    new_r, new_c, filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, dilation_rate: Sizes = (1, 1),
        activation: Identifier = 'tanh', recurrent_activation: Identifier = 'hard_sigmoid',
        use_bias: bool = True, kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        unit_forget_bias: bool = True, kernel_regularizer: Identifier = None,
        recurrent_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        recurrent_constraint: Identifier = None, bias_constraint: Identifier = None,
        return_sequences: bool = False, go_backwards: bool = False, stateful: bool = False,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, unroll: bool = False,
        implementation: int = 0, return_state: bool = False, **common: Unpack[First],
    ) -> None: ...


class Cropping1D(ModuleLayer):
    """(batch, steps, features) without the first and last steps."""

    def __init__(
        self, cropping: Amounts = (1, 1), **common: Unpack[First],
    ) -> None: ...


class Cropping2D(ModuleLayer):
    """(batch, height, width, channels) without the outer rows and columns."""

    def __init__(
        self, cropping: Amounts = ((0, 0), (0, 0)), data_format: str | None = None,
        **common: Unpack[First],
    ) -> None: ...


class Cropping3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) without the outer planes."""

    def __init__(
        self, cropping: Amounts = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None,
        **common: Unpack[First],
    ) -> None: ...


class CuDNNGRU(GatedLayer):
    """`GRU` with ``reset_after=True`` and sigmoid gates; ``bias`` is (6 * units,), of the input,
    then of the state.
    """

    def __init__(
        self, units: int, kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, recurrent_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, recurrent_constraint: Identifier = None,
        bias_constraint: Identifier = None, return_sequences: bool = False,
        return_state: bool = False, stateful: bool = False, go_backwards: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class CuDNNLSTM(GatedLayer):
    """`LSTM` with sigmoid gates; ``bias`` is (8 * units,), two that are added: of the input, then
    of the state.
    """

    def __init__(
        self, units: int, kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        unit_forget_bias: bool = True, kernel_regularizer: Identifier = None,
        recurrent_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        recurrent_constraint: Identifier = None, bias_constraint: Identifier = None,
        return_sequences: bool = False, return_state: bool = False, stateful: bool = False,
        go_backwards: bool = False, **common: Unpack[First],
    ) -> None: ...


class CustomScaleLayer(ModuleLayer):
    """The first of two inputs plus `scale` times the second, as Inception-ResNet adds residuals."""

    def __init__(
        self, scale: float, **common: Unpack[First],
    ) -> None: ...


class Dense(ModuleLayer):
    """``activation(x @ kernel + bias)`` over the last axis."""

    def __init__(
        self, units: int, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class DepthwiseConv2D(ModuleLayer):
    """Each channel convolved apart: (batch, height, width, channels) to channels * depth_multiplier
    maps.
    """

    def __init__(
        self, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        depth_multiplier: int = 1, data_format: str | None = None, activation: Identifier = None,
        use_bias: bool = True, depthwise_initializer: Identifier = 'glorot_uniform',
        bias_initializer: Identifier = 'zeros', depthwise_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        depthwise_constraint: Identifier = None, bias_constraint: Identifier = None,
        dilation_rate: Sizes = (1, 1), **common: Unpack[First],
    ) -> None: ...


class Dot(ModuleLayer):
    """Dot products along `axes` of two inputs, sample by sample; the cosine with `normalize`."""

    def __init__(
        self, axes: int | Sequence[int], normalize: bool = False, **common: Unpack[First],
    ) -> None: ...


class Dropout(ModuleLayer):
    """In training mode zero a fraction `rate` of the inputs and scale the rest up."""

    def __init__(
        self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class ELU(ModuleLayer):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere."""

    def __init__(
        self, alpha: float = 1.0, **common: Unpack[First],
    ) -> None: ...


class Embedding(EmbeddingLayer):
    """Row i of a matrix for each integer i: (batch, steps) of 0 to ``input_dim - 1`` to (batch,
    steps, output_dim).
    """

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Identifier = 'uniform',
        embeddings_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        embeddings_constraint: Identifier = None, mask_zero: bool = False,
        input_length: int | Sequence[int | None] | None = None, **common: Unpack[Common],
    ) -> None: ...


class EuclideanRBF(ModuleLayer):
    """Squared distances to one centre a unit: (batch, features) to (batch, units)."""

    def __init__(
        self, units: int, kernel_initializer: Identifier = 'glorot_uniform',
        kernel_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        **common: Unpack[First],
    ) -> None: ...


class Flatten(ModuleLayer):
    """(batch, ...) to (batch, features)."""

    def __init__(
        self, data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class GRU(GatedLayer):
    """Gated recurrent unit over (batch, steps, features), with x and h standing for their products
    with the kernels:
    """

    def __init__(
        self, units: int, activation: Identifier = 'tanh',
        recurrent_activation: Identifier = 'hard_sigmoid', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, recurrent_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, recurrent_constraint: Identifier = None,
        bias_constraint: Identifier = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        return_sequences: bool = False, go_backwards: bool = False, stateful: bool = False,
        unroll: bool = False, implementation: int = 0, return_state: bool = False,
        reset_after: bool = False, **common: Unpack[First],
    ) -> None: ...


class GRUCell(ModuleLayer):
    """One step of `GRU`, for use in `RNN`; one state of width `units`."""

    def __init__(
        self, units: int, activation: Identifier = 'tanh',
        recurrent_activation: Identifier = 'hard_sigmoid', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, recurrent_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        recurrent_constraint: Identifier = None, bias_constraint: Identifier = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, implementation: int = 0,
        reset_after: bool = False, **common: Unpack[First],
    ) -> None: ...


class GaussianDropout(ModuleLayer):
    """In training mode ``x * n`` with independent n of mean 1."""

    def __init__(
        self, rate: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class GaussianNoise(ModuleLayer):
    """In training mode ``x + n``, the n independent with mean 0 and standard deviation `stddev`."""

    def __init__(
        self, stddev: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, features): the mean over the steps that are not masked,
    0 where all are.
    """

    def __init__(
        self, *, data_format: str | None = 'channels_last', keepdims: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling2D(ModuleLayer):
    """(batch, height, width, channels) to (batch, channels): the mean of each map."""

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to (batch, channels): the mean of each volume."""

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, features): the largest over time."""

    def __init__(
        self, *, data_format: str | None = 'channels_last', keepdims: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling2D(ModuleLayer):
    """(batch, height, width, channels) to (batch, channels): the largest of each map."""

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to (batch, channels): the largest of each volume."""

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class LSTM(GatedLayer):
    """Long short-term memory over (batch, steps, features), with x and h standing for their
    products with the kernels:
    """

    def __init__(
        self, units: int, activation: Identifier = 'tanh',
        recurrent_activation: Identifier = 'hard_sigmoid', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        unit_forget_bias: bool = True, kernel_regularizer: Identifier = None,
        recurrent_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        recurrent_constraint: Identifier = None, bias_constraint: Identifier = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, return_sequences: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
        implementation: int = 0, return_state: bool = False, **common: Unpack[First],
    ) -> None: ...


class LSTMCell(ModuleLayer):
    """One step of `LSTM`, for use in `RNN`; two states of width `units`: output and carry."""

    def __init__(
        self, units: int, activation: Identifier = 'tanh',
        recurrent_activation: Identifier = 'hard_sigmoid', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        unit_forget_bias: bool = True, kernel_regularizer: Identifier = None,
        recurrent_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, recurrent_constraint: Identifier = None,
        bias_constraint: Identifier = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        implementation: int = 0, **common: Unpack[First],
    ) -> None: ...


class Lambda(ModuleLayer):
    """``function(inputs, **arguments)``: any function of arrays that JAX can trace."""

    def __init__(
        self, function: str | Callable[..., PyTree],
        output_shape: Shape | str | Callable[[PyTree], Shape] | None = None,
        mask: str | Callable[[PyTree, PyTree], PyTree] | Array | None = None,
        arguments: Settings | None = None, **common: Unpack[First],
    ) -> None: ...


class LayerNormalization(ModuleLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, the statistics of each sample."""

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 0.001, center: bool = True,
        scale: bool = True, beta_initializer: Identifier = 'zeros',
        gamma_initializer: Identifier = 'ones', beta_regularizer: Identifier = None,
        gamma_regularizer: Identifier = None, beta_constraint: Identifier = None,
        gamma_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class LeakyReLU(ModuleLayer):
    """``x`` where positive, ``alpha * x`` elsewhere."""

    def __init__(
        self, alpha: float = 0.3, **common: Unpack[First],
    ) -> None: ...


class LocalResponseNormalization(ModuleLayer):
    """``x / (bias + alpha * s) ** beta``, s being the sum of squares over neighbouring channels."""

    def __init__(
        self, depth_radius: int = 2, bias: float = 1.0, alpha: float = 2e-05, beta: float = 0.75,
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class LocallyConnected1D(ModuleLayer):
    """Unshared convolution over time: (batch, steps, channels) to (batch, new_steps, filters)."""

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = 1, padding: str = 'valid',
        data_format: str | None = None, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class LocallyConnected2D(ModuleLayer):
    """Unshared convolution over images: (batch, height, width, channels) to (batch, new_h, new_w,
    filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, activation: Identifier = None, use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Masking(ModuleLayer):
    """Mask and set to zero the timesteps of (batch, steps, ...) that hold `mask_value` only."""

    def __init__(
        self, mask_value: float = 0.0, **common: Unpack[First],
    ) -> None: ...


class MaxPooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, fewer_steps, features): the largest of each window."""

    def __init__(
        self, pool_size: Sizes = 2, strides: Sizes | None = None, padding: str = 'valid', *,
        data_format: str | None = 'channels_last', **common: Unpack[First],
    ) -> None: ...


class MaxPooling2D(ModuleLayer):
    """(batch, height, width, channels) to fewer rows and columns: the largest of each window."""

    def __init__(
        self, pool_size: Sizes = (2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class MaxPooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the largest of each window."""

    def __init__(
        self, pool_size: Sizes = (2, 2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class Maximum(ModuleLayer):
    """The largest of the inputs, element by element."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Minimum(ModuleLayer):
    """The smallest of the inputs, element by element."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Multiply(ModuleLayer):
    """The product of the inputs."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Normalization(ModuleLayer):
    """``(x - mean) / sqrt(variance)``, with statistics of the data for each index of `axis`."""

    def __init__(
        self, axis: int | Sequence[int] = -1, **common: Unpack[First],
    ) -> None: ...


class PReLU(ModuleLayer):
    """``x`` where positive, ``alpha * x`` elsewhere, with ``alpha`` trained, of a sample's shape."""

    def __init__(
        self, alpha_initializer: Identifier = 'zeros', alpha_regularizer: Identifier = None,
        alpha_constraint: Identifier = None, shared_axes: Sequence[int] | int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class PartialConv2D(ModuleLayer):
    """A convolution whose maps each see some of the input's channels only."""

    def __init__(
        self, connections: Sequence[Sequence[int]], kernel_size: Sizes, strides: Sizes = (1, 1),
        padding: str = 'valid', data_format: str | None = None, activation: Identifier = None,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Permute(ModuleLayer):
    """Reorder the axes after the batch: `dims` counts from 1, so (2, 1) swaps the first two."""

    def __init__(
        self, dims: tuple[int, ...], **common: Unpack[First],
    ) -> None: ...


class RNN(StackingLayer):
    """A recurrent layer from a cell: ``cell(x, states) -> (output, new states)``."""

    def __init__(
        self, cell: Layer, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class RandomizedReLU(ModuleLayer):
    """``x`` where positive, ``a * x`` elsewhere, with another ``a`` for each element of the input."""

    def __init__(
        self, lower: float = 0.125, upper: float = 0.3333333333333333, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class ReLU(ModuleLayer):
    """``x`` above `threshold`, ``negative_slope * (x - threshold)`` below; at most `max_value`."""

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0,
        **common: Unpack[First],
    ) -> None: ...


class RepeatVector(ModuleLayer):
    """(batch, features) to (batch, n, features)."""

    def __init__(
        self, n: int, **common: Unpack[First],
    ) -> None: ...


class Rescaling(ModuleLayer):
    """``x * scale + offset``; both may be lists with a number for each channel, the last axis."""

    def __init__(
        self, scale: ArrayLike | Sequence[Any], offset: ArrayLike | Sequence[Any] = 0.0,
        **common: Unpack[First],
    ) -> None: ...


class Reshape(ModuleLayer):
    """(batch, ...) to (batch, *target_shape); one entry of `target_shape` may be -1."""

    def __init__(
        self, target_shape: tuple[int, ...], **common: Unpack[First],
    ) -> None: ...


class SeparableConv1D(ModuleLayer):
    """Separable convolution over time: (batch, steps, channels) to (batch, new_steps, filters)."""

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = 1, padding: str = 'valid',
        data_format: str | None = 'channels_last', depth_multiplier: int = 1,
        activation: Identifier = None, use_bias: bool = True,
        depthwise_initializer: Identifier = 'glorot_uniform',
        pointwise_initializer: Identifier = 'glorot_uniform',
        bias_initializer: Identifier = 'zeros', depthwise_regularizer: Identifier = None,
        pointwise_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, depthwise_constraint: Identifier = None,
        pointwise_constraint: Identifier = None, bias_constraint: Identifier = None,
        dilation_rate: Sizes = 1, **common: Unpack[First],
    ) -> None: ...


class SeparableConv2D(ModuleLayer):
    """Separable convolution over images: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, depth_multiplier: int = 1, activation: Identifier = None,
        use_bias: bool = True, depthwise_initializer: Identifier = 'glorot_uniform',
        pointwise_initializer: Identifier = 'glorot_uniform',
        bias_initializer: Identifier = 'zeros', depthwise_regularizer: Identifier = None,
        pointwise_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, depthwise_constraint: Identifier = None,
        pointwise_constraint: Identifier = None, bias_constraint: Identifier = None,
        dilation_rate: Sizes = (1, 1), **common: Unpack[First],
    ) -> None: ...


class SimpleRNN(GatedLayer):
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)`` over (batch, steps, features)."""

    def __init__(
        self, units: int, activation: Identifier = 'tanh', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, recurrent_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, recurrent_constraint: Identifier = None,
        bias_constraint: Identifier = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        return_sequences: bool = False, go_backwards: bool = False, stateful: bool = False,
        unroll: bool = False, implementation: int = 0, return_state: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class SimpleRNNCell(ModuleLayer):
    """One step of `SimpleRNN`, for use in `RNN`; one state of width `units`."""

    def __init__(
        self, units: int, activation: Identifier = 'tanh', use_bias: bool = True,
        kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, recurrent_regularizer: Identifier = None,
        bias_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        recurrent_constraint: Identifier = None, bias_constraint: Identifier = None,
        dropout: float = 0.0, recurrent_dropout: float = 0.0, implementation: int = 0,
        **common: Unpack[First],
    ) -> None: ...


class Softmax(ModuleLayer):
    """Positive numbers that sum to one along `axis`: ``exp(x) / sum(exp(x))``."""

    def __init__(
        self, axis: int = -1, **common: Unpack[First],
    ) -> None: ...


class SpatialDropout1D(ModuleLayer):
    """(batch, steps, channels) with whole channels dropped in training mode."""

    def __init__(
        self, rate: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class SpatialDropout2D(ModuleLayer):
    """(batch, height, width, channels) with whole channels dropped in training mode."""

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class SpatialDropout3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with whole channels dropped in training mode."""

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class Subsampling2D(ModuleLayer):
    """``activation(coefficient * sum + bias)`` of windows side by side."""

    def __init__(
        self, pool_size: Sizes = (2, 2), activation: Identifier = 'sigmoid',
        data_format: str | None = None, coefficient_initializer: Identifier = 'ones',
        bias_initializer: Identifier = 'zeros', **common: Unpack[First],
    ) -> None: ...


class Subtract(ModuleLayer):
    """The first of two inputs minus the second."""

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class ThresholdedReLU(ModuleLayer):
    """``x`` where it is above `theta`, 0 elsewhere."""

    def __init__(
        self, theta: float = 1.0, **common: Unpack[First],
    ) -> None: ...


class TimeDistributed(ModuleLayer):
    """Any module, or model, on every step of (batch, steps, ...)."""

    def __init__(
        self, layer: Layer, **common: Unpack[First],
    ) -> None: ...


class UpSampling1D(ModuleLayer):
    """(batch, steps, features) with each step repeated."""

    def __init__(
        self, size: Sizes = 2, **common: Unpack[First],
    ) -> None: ...


class UpSampling2D(ModuleLayer):
    """(batch, height, width, channels) with rows and columns repeated, or interpolated linearly."""

    def __init__(
        self, size: Sizes = (2, 2), data_format: str | None = None, interpolation: str = 'nearest',
        **common: Unpack[First],
    ) -> None: ...


class UpSampling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with each axis repeated."""

    def __init__(
        self, size: Sizes = (2, 2, 2), data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding1D(ModuleLayer):
    """(batch, steps, features) with zero steps added before and after."""

    def __init__(
        self, padding: Amounts = 1, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding2D(ModuleLayer):
    """(batch, height, width, channels) with rows and columns of zeros around."""

    def __init__(
        self, padding: Amounts = (1, 1), data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with zeros around."""

    def __init__(
        self, padding: Amounts = (1, 1, 1), data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
