"""Every layer with its arguments; made by .ci/stubs.py."""

from collections.abc import Callable, Sequence
from jax import Array
from jaxcnn.layers.arguments import Common, First
from jaxcnn.layers.base import Layer
from jaxcnn.layers.derived import ModuleLayer
from jaxcnn.layers.recurrent import EmbeddingLayer, GatedLayer, RecurrentLayer, StackedCells, StackingLayer
from jaxcnn.nn.dropout import NoiseShape
from jaxcnn.nn.fields import Amounts, Sizes
from jaxcnn.runtime.types import ArrayLike, Identifier, PyTree, Settings, Shape
from typing import Any, Unpack

__all__ = [
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D",
    "BatchNormalization", "Concatenate", "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose",
    "Conv3D", "Conv3DTranspose", "ConvLSTM2D", "ConvLSTM2DCell", "ConvRNN2D", "Convolution1D",
    "Convolution2D", "Convolution3D", "Cropping1D", "Cropping2D", "Cropping3D", "CuDNNGRU",
    "CuDNNLSTM", "CustomScaleLayer", "Dense", "DepthwiseConv2D", "Dot", "Dropout", "ELU",
    "Embedding", "EuclideanRBF", "Flatten", "GRU", "GRUCell", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalAvgPool1D",
    "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "LSTM", "LSTMCell", "Lambda",
    "LayerNormalization", "LeakyReLU", "LocalResponseNormalization", "LocallyConnected1D",
    "LocallyConnected2D", "Masking", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU",
    "PartialConv2D", "Permute", "RNN", "RandomizedReLU", "ReLU", "RepeatVector", "Rescaling",
    "Reshape", "SeparableConv1D", "SeparableConv2D", "SimpleRNN", "SimpleRNNCell", "Softmax",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StackedRNNCells", "Subsampling2D",
    "Subtract", "ThresholdedReLU", "TimeDistributed", "UpSampling1D", "UpSampling2D",
    "UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
]


class Activation(ModuleLayer):
    """An activation as a layer: any shape in, the same shape out.

    Args:
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Activation("relu")(jnp.array([[-1.0, 2.0]]))
        Array([[0., 2.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, activation: Identifier, **common: Unpack[First],
    ) -> None: ...


class ActivityRegularization(ModuleLayer):
    """The identity, adding ``l1 * sum|x| + l2 * sum x**2`` (over the batch) to the loss.

    Args:
        l1: factor of the sum of absolute values, at least 0. Default: 0.0.
        l2: factor of the sum of squares, at least 0. Default: 0.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ActivityRegularization(l2=0.01)(jnp.array([[3.0, 4.0]]))
        Array([[3., 4.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, l1: float = 0.0, l2: float = 0.0, **common: Unpack[First],
    ) -> None: ...


class Add(ModuleLayer):
    """The sum of the inputs.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Add()([jnp.array([[1.0]]), jnp.array([[2.0]]), jnp.array([[3.0]])])
        Array([[6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class AlphaDropout(ModuleLayer):
    """Dropout for networks of selu: dropped inputs become the value of selu at minus infinity.

    With that value v, in training mode the result is ``a * where(kept, x, v) + b`` with
    ``a = ((1 - rate) (1 + rate v**2)) ** -0.5`` and ``b = -a v rate``, which leaves a mean of 0 and
    a variance of 1 as they are. `noise_shape` is that of Dropout.

    Args:
        rate: fraction of the inputs to drop, from 0 to below 1.
        noise_shape: shape of the mask, with 1 where it is shared along an axis and None where it is
            as the input; None for a mask of the input's shape. Default: None.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.AlphaDropout(0.1)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Klambauer et al., "Self-Normalizing Neural Networks", 2017,
          <https://arxiv.org/abs/1706.02515>
    """

    def __init__(
        self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class Average(ModuleLayer):
    """The mean of the inputs.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Average()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[3.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class AveragePooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, fewer_steps, features): the mean of each window's real
    elements.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: 2.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default:
            'channels_last'.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.AveragePooling1D(2)(jnp.array([[[1.0], [2.0], [3.0], [4.0]]]))
        Array([[[1.5],
                [3.5]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = 2, strides: Sizes | None = None, padding: str = 'valid', *,
        data_format: str | None = 'channels_last', **common: Unpack[First],
    ) -> None: ...


class AveragePooling2D(ModuleLayer):
    """(batch, height, width, channels) to a smaller height and width: the mean of each window's
    real elements.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: (2, 2).
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.AveragePooling2D(2, padding="same")(jnp.zeros((1, 7, 7, 3))).shape
        (1, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = (2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class AveragePooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the mean of each window's real
    elements.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: (2, 2, 2).
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.AveragePooling3D(2)(jnp.zeros((1, 8, 8, 8, 3))).shape
        (1, 4, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = (2, 2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class BatchNormalization(ModuleLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, statistics over all axes but one.

    That one is `axis`. In training mode the statistics are those of the batch (biased variance) and
    move the running ones: ``moving = momentum * moving + (1 - momentum) * batch``; in inference
    mode the running ones are used. Statistics are computed in float32. Where each part of the batch
    has its own (`jaxcnn.distribute` with ``local_statistics``) the running ones move by their mean.
    In programs for Keras 2.2 the running ones are the weighted mean of the batches alone, without
    the value before the first of them; in those and in programs for 2.3 the variance is that of a
    sample.
    Weights: ``gamma``, ``beta`` in params; ``moving_mean``, ``moving_variance`` in batch_stats.

    Args:
        axis: the axis with a mean and a variance for each index, counted with the batch as 0: -1
            for the last one, 1 for channels_first. Default: -1.
        momentum: how much of a running statistic stays at each training step, from 0 to 1. Default:
            0.99.
        epsilon: what is added to the variance, so that nothing is divided by 0; at least 0.
            Default: 0.001.
        center: whether `beta` is added. Default: True.
        scale: whether the result is multiplied by `gamma`. Default: True.
        beta_initializer: how `beta` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        gamma_initializer: how `gamma` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'ones'.
        moving_mean_initializer: how `moving_mean` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'zeros'.
        moving_variance_initializer: how `moving_variance` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'ones'.
        beta_regularizer: penalty of `beta` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        gamma_regularizer: penalty of `gamma` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        beta_constraint: what `beta` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        gamma_constraint: what `gamma` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> layer = jc.layers.BatchNormalization(epsilon=0.0)
        >>> layer(jnp.array([[1.0], [3.0]]), training=True)
        Array([[-1.],
               [ 1.]], dtype=float32)

    References:
        - Ioffe and Szegedy, "Batch Normalization", 2015, <https://arxiv.org/abs/1502.03167>
    """

    def __init__(
        self, axis: int = -1, momentum: float = 0.99, epsilon: float = 0.001, center: bool = True,
        scale: bool = True, beta_initializer: Identifier = 'zeros',
        gamma_initializer: Identifier = 'ones', moving_mean_initializer: Identifier = 'zeros',
        moving_variance_initializer: Identifier = 'ones', beta_regularizer: Identifier = None,
        gamma_regularizer: Identifier = None, beta_constraint: Identifier = None,
        gamma_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Concatenate(ModuleLayer):
    """The inputs one after another along `axis`; the other axes must agree.

    Args:
        axis: the axis along which the inputs are joined, counted with the batch as 0. Default: -1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Concatenate()([jnp.ones((2, 3)), jnp.ones((2, 4))]).shape
        (2, 7)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, axis: int = -1, **common: Unpack[First],
    ) -> None: ...


class Conv1D(ModuleLayer):
    """Convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    ``padding="causal"`` lets output t depend on inputs up to t only.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: 1.
        padding: 'valid', 'same', or 'causal', with zeros before the first step only. Default:
            'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1. Default:
            'channels_last'.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: 1.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv1D(8, 3, padding="causal")(jnp.zeros((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016,
          <https://arxiv.org/abs/1609.03499>
    """

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
    """Transposed convolution over time: (batch, steps, channels) to (batch, more_steps, filters).

    Weights: ``kernel`` (size, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: 1.
        padding: 'valid', 'same' or 'full', as in Conv2DTranspose. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1. Default:
            'channels_last'.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        output_padding: what is added to the size of the output, an integer for all spatial axes or
            one for each, from 0 to below `strides`; None for the size that follows from `padding`.
            Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: 1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv1DTranspose(8, 3, strides=2, padding="same")(jnp.ones((1, 10, 4))).shape
        (1, 20, 8)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
    """

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
    """Convolution over images: (batch, height, width, channels) to (batch, new_h, new_w, filters).

    With ``data_format="channels_first"`` the channels are axis 1 on both sides. `groups` splits the
    channels into groups convolved apart (AlexNet).

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        groups: number of groups, which divides the channels of the input and `filters`. Default: 1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv2D(8, 3, activation="relu")(jnp.zeros((2, 28, 28, 1))).shape
        (2, 26, 26, 8)
        >>> jc.layers.Conv2D(8, (3, 5), strides=2, padding="same")(jnp.zeros((2, 28, 28, 1))).shape
        (2, 14, 14, 8)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
        - Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2015,
          <https://arxiv.org/abs/1511.07122>
    """

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

    Weights: ``kernel`` (rows, columns, filters, channels), ``bias`` (filters,).

    A spatial length L becomes, for a kernel of k and a stride of s: L s + max(k - s, 0) with
    padding 'valid', L s with 'same', L s - (s + k - 2) with 'full'. With `output_padding` it is (L
    - 1) s + k - 2 p + output_padding, where p is 0, k // 2 and k - 1. A dilated kernel counts with
    its reach, (k - 1) dilation_rate + 1.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid', 'same' or 'full', with the sizes above. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        output_padding: what is added to the size of the output, an integer for all spatial axes or
            one for each, from 0 to below `strides`; None for the size that follows from `padding`.
            Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv2DTranspose(8, 3, strides=2, padding="same")(jnp.ones((1, 7, 7, 4))).shape
        (1, 14, 14, 8)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
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

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1, 1).
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv3D(4, 3)(jnp.zeros((1, 8, 8, 8, 2))).shape
        (1, 6, 6, 6, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
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

    Weights: ``kernel`` (k1, k2, k3, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1, 1).
        padding: 'valid', 'same' or 'full', as in Conv2DTranspose. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        output_padding: what is added to the size of the output, an integer for all spatial axes or
            one for each, from 0 to below `strides`; None for the size that follows from `padding`.
            Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1, 1).
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Conv3DTranspose(2, 3)(jnp.ones((1, 4, 4, 4, 2))).shape
        (1, 6, 6, 6, 2)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
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

    With `return_sequences` the output has the axis of steps too; with
    ``data_format="channels_first"`` the channels come before the rows on both sides. `strides`,
    `padding` and `dilation_rate` are those of the convolution of the input; that of the state keeps
    its size. Weights, gates in the order i, f, c, o: ``kernel`` (*kernel_size, channels, 4 *
    filters), ``recurrent_kernel`` (*kernel_size, filters, 4 * filters), ``bias`` (4 * filters,).
    The states h and c have the shape of an output.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        unit_forget_bias: whether the bias of the forget gate starts at 1 (Jozefowicz et al., "An
            Empirical Exploration of Recurrent Network Architectures", 2015). Default: True.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        return_state: whether the final states are returned after the output. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ConvLSTM2D(4, 3, padding="same")(jnp.zeros((1, 5, 8, 8, 2))).shape
        (1, 8, 8, 4)

    References:
        - Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
          Nowcasting", 2015, <https://arxiv.org/abs/1506.04214>
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


class ConvLSTM2DCell(ModuleLayer):
    """One step of `ConvLSTM2D`, for use in `ConvRNN2D`; two states of the shape of an output.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        unit_forget_bias: whether the bias of the forget gate starts at 1 (Jozefowicz et al., "An
            Empirical Exploration of Recurrent Network Architectures", 2015). Default: True.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> cell = jc.layers.ConvLSTM2DCell(4, 3, padding="same")
        >>> jc.layers.ConvRNN2D(cell)(jnp.zeros((1, 5, 8, 8, 2))).shape
        (1, 8, 8, 4)

    References:
        - Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
          Nowcasting", 2015, <https://arxiv.org/abs/1506.04214>
    """

    def __init__(
        self, filters: int, kernel_size: Sizes, strides: Sizes = (1, 1), padding: str = 'valid',
        data_format: str | None = None, dilation_rate: Sizes = (1, 1),
        activation: Identifier = 'tanh', recurrent_activation: Identifier = 'hard_sigmoid',
        use_bias: bool = True, kernel_initializer: Identifier = 'glorot_uniform',
        recurrent_initializer: Identifier = 'orthogonal', bias_initializer: Identifier = 'zeros',
        unit_forget_bias: bool = True, kernel_regularizer: Identifier = None,
        recurrent_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        kernel_constraint: Identifier = None, recurrent_constraint: Identifier = None,
        bias_constraint: Identifier = None, dropout: float = 0.0, recurrent_dropout: float = 0.0,
        **common: Unpack[First],
    ) -> None: ...


class ConvRNN2D(StackingLayer):
    """A recurrent layer over films from a cell that convolves.

    It is `RNN` for steps (batch, rows, columns, channels): the cell is called as ``cell(x, states)
    -> (output, new states)``. Its states start as zeros of the shape of its output, which the cell
    tells by `filters`, `kernel_size`, `strides`, `padding`, `dilation_rate` and `data_format`, as
    `Conv2D` has them; one state or several is what `state_size` says, the number of channels of
    each.

    Args:
        cell: a layer with these attributes whose call takes one step and the states, and returns
            the output and the new states.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        return_state: whether the final states are returned after the output. Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        TypeError: `unroll`, or a list of cells.
        ValueError: the cell lacks one of these attributes.

    Examples:
        >>> cell = jc.layers.ConvLSTM2DCell(4, 3, strides=2)
        >>> jc.layers.ConvRNN2D(cell, return_sequences=True)(jnp.zeros((1, 5, 9, 9, 2))).shape
        (1, 5, 4, 4, 4)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/convolutional_recurrent.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/convolutional_recurrent.py>
    """

    def __init__(
        self, cell: Layer, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class Cropping1D(ModuleLayer):
    """(batch, steps, features) without the first and last steps.

    Args:
        cropping: number of steps cut off at each end: an integer, or (start, end). Default: (1, 1).
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Cropping1D((1, 0))(jnp.array([[[1.0], [2.0], [3.0]]]))
        Array([[[2.],
                [3.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, cropping: Amounts = (1, 1), **common: Unpack[First],
    ) -> None: ...


class Cropping2D(ModuleLayer):
    """(batch, height, width, channels) without the outer rows and columns.

    Args:
        cropping: how much is cut off at each end of each spatial axis: an integer, an integer for
            each axis, or (start, end) for each axis. Default: ((0, 0), (0, 0)).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Cropping2D(((1, 2), (0, 3)))(jnp.ones((1, 8, 8, 2))).shape
        (1, 5, 5, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, cropping: Amounts = ((0, 0), (0, 0)), data_format: str | None = None,
        **common: Unpack[First],
    ) -> None: ...


class Cropping3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) without the outer planes.

    Args:
        cropping: how much is cut off at each end of each spatial axis: an integer, an integer for
            each axis, or (start, end) for each axis. Default: ((1, 1), (1, 1), (1, 1)).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Cropping3D(1)(jnp.ones((1, 5, 5, 5, 2))).shape
        (1, 3, 3, 3, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, cropping: Amounts = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None,
        **common: Unpack[First],
    ) -> None: ...


class CuDNNGRU(GatedLayer):
    """`GRU` with ``reset_after=True`` and sigmoid gates; ``bias`` is (6 * units,), of the input,
    then of the state.

    Args:
        units: width of the output, a positive integer.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        return_state: whether the final states are returned after the output. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.CuDNNGRU(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
          Machine Translation", 2014, <https://arxiv.org/abs/1406.1078>
        - Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014,
          <https://arxiv.org/abs/1410.0759>
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

    Args:
        units: width of the output, a positive integer.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        unit_forget_bias: whether the bias of the forget gate starts at 1 (Jozefowicz et al., "An
            Empirical Exploration of Recurrent Network Architectures", 2015). Default: True.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        return_state: whether the final states are returned after the output. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.CuDNNLSTM(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997,
          <https://doi.org/10.1162/neco.1997.9.8.1735>
        - Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014,
          <https://arxiv.org/abs/1410.0759>
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
    """The first of two inputs plus `scale` times the second, as Inception-ResNet adds residuals.

    Args:
        scale: factor of the second input.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.CustomScaleLayer(0.25)([jnp.array([[1.0]]), jnp.array([[2.0]])])
        Array([[1.5]], dtype=float32)

    References:
        - Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
          Learning", 2016, <https://arxiv.org/abs/1602.07261>
    """

    def __init__(
        self, scale: float, **common: Unpack[First],
    ) -> None: ...


class Dense(ModuleLayer):
    """``activation(x @ kernel + bias)`` over the last axis.

    Input (batch, ..., features), output (batch, ..., units). Weights: ``kernel`` (features, units),
    ``bias`` (units,).

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Dense(2, kernel_initializer="ones")(jnp.array([[1.0, 2.0, 3.0]]))
        Array([[6., 6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

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

    Weights: ``depthwise_kernel`` (*kernel_size, channels, depth_multiplier), ``bias`` (channels *
    depth_multiplier,).

    Args:
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        depth_multiplier: number of maps that each input channel becomes, a positive integer.
            Default: 1.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        depthwise_initializer: how `depthwise_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        depthwise_regularizer: penalty of `depthwise_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        depthwise_constraint: what `depthwise_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.DepthwiseConv2D(3, depth_multiplier=2)(jnp.ones((1, 8, 8, 4))).shape
        (1, 6, 6, 8)

    References:
        - Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
          Applications", 2017, <https://arxiv.org/abs/1704.04861>
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
    """Dot products along `axes` of two inputs, sample by sample; the cosine with `normalize`.

    `axes` is one axis for both or one each, counting the batch as 0: two (batch, n) inputs with
    axes 1 become (batch, 1).

    Args:
        axes: the axis of both inputs, or one for each, counted with the batch as 0; not 0.
        normalize: whether the vectors are scaled to length 1 first, which gives the cosine.
            Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Dot(1)([jnp.array([[1.0, 2.0]]), jnp.array([[3.0, 4.0]])])
        Array([[11.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, axes: int | Sequence[int], normalize: bool = False, **common: Unpack[First],
    ) -> None: ...


class Dropout(ModuleLayer):
    """In training mode zero a fraction `rate` of the inputs and scale the rest up.

    The scale is ``1 / (1 - rate)``. `noise_shape`, of the input's rank, has 1 (or None for "as the
    input") where the mask is shared along an axis, as in (batch, 1, features). Draws from the
    ``dropout`` stream; `seed` gives the layer a separate stream.

    Args:
        rate: fraction of the inputs to drop, from 0 to 1.
        noise_shape: shape of the mask, with 1 where it is shared along an axis and None where it is
            as the input; None for a mask of the input's shape. Default: None.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Dropout(0.5)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)
        >>> jc.layers.Dropout(0.5, seed=1)(jnp.ones((1, 1000)), training=True).max()
        Array(2., dtype=float32)

    References:
        - Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
          2014, <https://jmlr.org/papers/v15/srivastava14a.html>
    """

    def __init__(
        self, rate: float, noise_shape: NoiseShape = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class ELU(ModuleLayer):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Args:
        alpha: minus the value for very negative inputs. Default: 1.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ELU()(jnp.array([[-1.0, 1.0]])).round(3)
        Array([[-0.632,  1.   ]], dtype=float32)

    References:
        - Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by
          Exponential Linear Units", 2015, <https://arxiv.org/abs/1511.07289>
    """

    def __init__(
        self, alpha: float = 1.0, **common: Unpack[First],
    ) -> None: ...


class Embedding(EmbeddingLayer):
    """Row i of a matrix for each integer i: (batch, steps) of 0 to ``input_dim - 1`` to (batch,
    steps, output_dim).

    Weight: ``embeddings`` (input_dim, output_dim). Integers may come as floats. An integer outside
    of the matrix becomes NaN, so that the loss shows it (an index cannot be checked in compiled
    code). With `mask_zero` 0 stands for padding: the steps where it is are masked. `input_length`
    is the number of steps, when it is fixed, or the sizes of all axes after the batch.

    Args:
        input_dim: number of rows of the matrix: the greatest integer in the data plus one.
        output_dim: width of a row.
        embeddings_initializer: how `embeddings` starts: a name, an object of `jaxcnn.initializers`,
            or a function of (key, shape, dtype). Default: 'uniform'.
        embeddings_regularizer: penalty of `embeddings` that is added to the loss: a name, an object
            of `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        embeddings_constraint: what `embeddings` is put back to after each update: a name, an object
            of `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        mask_zero: whether 0 stands for padding, whose steps are masked. Default: False.
        input_length: number of steps where it is fixed, or the sizes of all axes after the batch;
            None for any. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Embedding(100, 8)(jnp.array([[3, 1, 4]])).shape
        (1, 3, 8)

    References:
        - Bengio et al., "A Neural Probabilistic Language Model", 2003,
          <https://www.jmlr.org/papers/v3/bengio03a.html>
    """

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Identifier = 'uniform',
        embeddings_regularizer: Identifier = None, activity_regularizer: Identifier = None,
        embeddings_constraint: Identifier = None, mask_zero: bool = False,
        input_length: int | Sequence[int | None] | None = None, **common: Unpack[Common],
    ) -> None: ...


class EuclideanRBF(ModuleLayer):
    """Squared distances to one centre a unit: (batch, features) to (batch, units).

    The nearest class has the smallest. The centres stand in ``kernel`` (features, units).

    Args:
        units: width of the output, a positive integer.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.EuclideanRBF(1, kernel_initializer="zeros")(jnp.array([[3.0, 4.0]]))
        Array([[25.]], dtype=float32)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    def __init__(
        self, units: int, kernel_initializer: Identifier = 'glorot_uniform',
        kernel_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        **common: Unpack[First],
    ) -> None: ...


class Flatten(ModuleLayer):
    """(batch, ...) to (batch, features).

    With ``data_format="channels_first"`` the channels move last before flattening, so that the
    weights of what follows do not depend on the data format; None leaves the order of the axes as
    it is.

    Args:
        data_format: of the input: 'channels_last', 'channels_first', or None for the order of the
            axes as it is. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Flatten()(jnp.ones((2, 7, 7, 3))).shape
        (2, 147)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class GRU(GatedLayer):
    """Gated recurrent unit over (batch, steps, features), with x and h standing for their products
    with the kernels:

        z = recurrent_activation(x_z + h_z),  r = recurrent_activation(x_r + h_r)
        candidate = activation(x_c + (r * h)_c),  h = z * h + (1 - z) * candidate

    With `reset_after` the candidate is ``activation(x_c + r * h_c)``, as in cuDNN. Weights, gates
    in the order z, r, c: ``kernel`` (features, 3 * units), ``recurrent_kernel`` (units, 3 * units),
    ``bias`` (3 * units,) or, with `reset_after`, (2, 3 * units), of the input and of the state.
    `dropout` and `recurrent_dropout` as in SimpleRNN, by one mask for each gate or, with
    ``implementation=2``, one for all; otherwise `implementation` changes nothing.

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        return_state: whether the final states are returned after the output. Default: False.
        reset_after: whether the reset gate is applied after the product with the recurrent kernel,
            as in cuDNN. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GRU(8, return_sequences=True)(jnp.ones((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches",
          2014, <https://arxiv.org/abs/1409.1259>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
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
    """One step of `GRU`, for use in `RNN`; one state of width `units`.

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        reset_after: whether the reset gate is applied after the product with the recurrent kernel,
            as in cuDNN. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RNN(jc.layers.GRUCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches",
          2014, <https://arxiv.org/abs/1409.1259>
    """

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
    """In training mode ``x * n`` with independent n of mean 1.

    Their standard deviation is ``sqrt(rate / (1 - rate))``.

    Args:
        rate: what a Dropout of the same variance would drop, from 0 to below 1.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GaussianDropout(0.5)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
          2014, <https://jmlr.org/papers/v15/srivastava14a.html>
    """

    def __init__(
        self, rate: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class GaussianNoise(ModuleLayer):
    """In training mode ``x + n``, the n independent with mean 0 and standard deviation `stddev`.

    Args:
        stddev: standard deviation of the noise, at least 0.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GaussianNoise(0.1)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", 1995,
          <https://doi.org/10.1162/neco.1995.7.1.108>
    """

    def __init__(
        self, stddev: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, features): the mean over the steps that are not masked,
    0 where all are.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1. Default:
            'channels_last'.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalAveragePooling1D()(jnp.array([[[1.0, 5.0], [3.0, 2.0]]]))
        Array([[2. , 3.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, *, data_format: str | None = 'channels_last', keepdims: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling2D(ModuleLayer):
    """(batch, height, width, channels) to (batch, channels): the mean of each map.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalAveragePooling2D()(jnp.zeros((2, 7, 7, 5))).shape
        (2, 5)

    References:
        - Lin, Chen and Yan, "Network in Network", 2013, <https://arxiv.org/abs/1312.4400>
    """

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalAveragePooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to (batch, channels): the mean of each volume.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalAveragePooling3D()(jnp.zeros((2, 7, 7, 7, 5))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, features): the largest over time.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1. Default:
            'channels_last'.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalMaxPooling1D()(jnp.array([[[1.0, 5.0], [3.0, 2.0]]]))
        Array([[3., 5.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, *, data_format: str | None = 'channels_last', keepdims: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling2D(ModuleLayer):
    """(batch, height, width, channels) to (batch, channels): the largest of each map.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalMaxPooling2D()(jnp.zeros((2, 7, 7, 5))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class GlobalMaxPooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to (batch, channels): the largest of each volume.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        keepdims: whether the spatial axes stay, with size 1. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.GlobalMaxPooling3D(keepdims=True)(jnp.zeros((2, 7, 7, 7, 5))).shape
        (2, 1, 1, 1, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, data_format: str | None = None, *, keepdims: bool = False, **common: Unpack[First],
    ) -> None: ...


class LSTM(GatedLayer):
    """Long short-term memory over (batch, steps, features), with x and h standing for their
    products with the kernels:

        i, f, o = recurrent_activation(x_i + h_i), recurrent_activation(x_f + h_f),
        recurrent_activation(x_o + h_o) c = f * c + i * activation(x_c + h_c), h = o * activation(c)

    Weights, gates in the order i, f, c, o: ``kernel`` (features, 4 * units), ``recurrent_kernel``
    (units, 4 * units), ``bias`` (4 * units,), which starts as 1 for the forget gate with
    `unit_forget_bias`. States: h and c. `dropout` and `recurrent_dropout` as in SimpleRNN, by one
    mask for each gate or, with ``implementation=2``, one for all; otherwise `implementation`
    changes nothing.

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        unit_forget_bias: whether the bias of the forget gate starts at 1 (Jozefowicz et al., "An
            Empirical Exploration of Recurrent Network Architectures", 2015). Default: True.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        return_state: whether the final states are returned after the output. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> output, h, c = jc.layers.LSTM(8, return_state=True)(jnp.ones((2, 10, 4)))
        >>> output.shape, h.shape, c.shape
        ((2, 8), (2, 8), (2, 8))

    References:
        - Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997,
          <https://doi.org/10.1162/neco.1997.9.8.1735>
        - Jozefowicz, Zaremba and Sutskever, "An Empirical Exploration of Recurrent Network
          Architectures", 2015, <https://proceedings.mlr.press/v37/jozefowicz15.html>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
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
    """One step of `LSTM`, for use in `RNN`; two states of width `units`: output and carry.

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        recurrent_activation: activation of the gates, given as `activation` is. Default:
            'hard_sigmoid'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        unit_forget_bias: whether the bias of the forget gate starts at 1 (Jozefowicz et al., "An
            Empirical Exploration of Recurrent Network Architectures", 2015). Default: True.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RNN(jc.layers.LSTMCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997,
          <https://doi.org/10.1162/neco.1997.9.8.1735>
        - Jozefowicz, Zaremba and Sutskever, "An Empirical Exploration of Recurrent Network
          Architectures", 2015, <https://proceedings.mlr.press/v37/jozefowicz15.html>
    """

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
    """``function(inputs, **arguments)``: any function of arrays that JAX can trace.

    A function with a parameter called ``mask`` is given the mask of the inputs. The shape of the
    output is found by tracing; when `output_shape` is given (without the batch, or as a function of
    the input's whole shape) it must agree. The output's mask is `mask`, or
    ``mask(inputs, input_mask)`` where that is a function (of one argument: ``mask(input_mask)``);
    by default there is none.

    In a configuration the functions stand by their names, which custom objects resolve.

    Args:
        function: function of the inputs, and of `arguments`; a name means one of `custom_objects`.
        output_shape: shape of the output without the batch, or a function from the shape of the
            input, batch in front, to that of the output; None for what tracing finds. Default:
            None.
        mask: mask of the output, or a function that returns it; None for none. Default: None.
        arguments: further keywords of `function`, by name; None for none. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Lambda(lambda x: x**2)(jnp.array([[1.0, 2.0, 3.0]]))
        Array([[1., 4., 9.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, function: str | Callable[..., PyTree],
        output_shape: Shape | str | Callable[[PyTree], Shape] | None = None,
        mask: str | Callable[[PyTree, PyTree], PyTree] | Array | None = None,
        arguments: Settings | None = None, **common: Unpack[First],
    ) -> None: ...


class LayerNormalization(ModuleLayer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, the statistics of each sample.

    `axis` is one axis or several, over which they are taken, without the batch; ``gamma`` and
    ``beta`` have their sizes. The variance is biased; everything is computed in float32.

    Args:
        axis: the axis or axes over which the statistics are taken, counted with the batch as 0; not
            0. Default: -1.
        epsilon: what is added to the variance, so that nothing is divided by 0; at least 0.
            Default: 0.001.
        center: whether `beta` is added. Default: True.
        scale: whether the result is multiplied by `gamma`. Default: True.
        beta_initializer: how `beta` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        gamma_initializer: how `gamma` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'ones'.
        beta_regularizer: penalty of `beta` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        gamma_regularizer: penalty of `gamma` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        beta_constraint: what `beta` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        gamma_constraint: what `gamma` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.LayerNormalization(epsilon=0.0)(jnp.array([[1.0, 3.0]]))
        Array([[-1.,  1.]], dtype=float32)

    References:
        - Ba, Kiros and Hinton, "Layer Normalization", 2016, <https://arxiv.org/abs/1607.06450>
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 0.001, center: bool = True,
        scale: bool = True, beta_initializer: Identifier = 'zeros',
        gamma_initializer: Identifier = 'ones', beta_regularizer: Identifier = None,
        gamma_regularizer: Identifier = None, beta_constraint: Identifier = None,
        gamma_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class LeakyReLU(ModuleLayer):
    """``x`` where positive, ``alpha * x`` elsewhere.

    Args:
        alpha: the slope below zero. Default: 0.3.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.LeakyReLU(0.25)(jnp.array([[-4.0, 4.0]]))
        Array([[-1.,  4.]], dtype=float32)

    References:
        - Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
          2013, <https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf>
    """

    def __init__(
        self, alpha: float = 0.3, **common: Unpack[First],
    ) -> None: ...


class LocalResponseNormalization(ModuleLayer):
    """``x / (bias + alpha * s) ** beta``, s being the sum of squares over neighbouring channels.

    These are up to `depth_radius` on either side. (batch, height, width, channels) to the same
    shape. The defaults are AlexNet's.

    Args:
        depth_radius: number of channels on either side, at least 0. Default: 2.
        bias: what is added to the sum, above 0. Default: 1.0.
        alpha: factor of the sum of squares, at least 0. Default: 2e-05.
        beta: exponent of the divisor. Default: 0.75.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.LocalResponseNormalization(alpha=1.0, beta=1.0)(jnp.ones((1, 1, 1, 1)))
        Array([[[[0.5]]]], dtype=float32)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """

    def __init__(
        self, depth_radius: int = 2, bias: float = 1.0, alpha: float = 2e-05, beta: float = 0.75,
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class LocallyConnected1D(ModuleLayer):
    """Unshared convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``kernel`` (new_steps, size * channels, filters), ``bias`` (new_steps, filters). Only
    padding 'valid'; a `data_format` of None means channels_last, whatever the configured default
    for images is.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: 1.
        padding: 'valid'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.LocallyConnected1D(8, 3)(jnp.zeros((2, 10, 4))).shape
        (2, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/local.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/local.py>
    """

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

    Weights: ``kernel`` (new_h * new_w, rows * columns * channels, filters), ``bias`` (new_h, new_w,
    filters). Only padding 'valid'.

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid'. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.LocallyConnected2D(4, 3)(jnp.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 4)

    References:
        - Taigman et al., "DeepFace: Closing the Gap to Human-Level Performance in Face
          Verification", 2014, <https://doi.org/10.1109/CVPR.2014.220>
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
    """Mask and set to zero the timesteps of (batch, steps, ...) that hold `mask_value` only.

    Args:
        mask_value: the value that all features of a masked step have. Default: 0.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Masking(9.0)(jnp.array([[[9.0, 9.0], [9.0, 2.0]]]))
        Array([[[0., 0.],
                [9., 2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, mask_value: float = 0.0, **common: Unpack[First],
    ) -> None: ...


class MaxPooling1D(ModuleLayer):
    """(batch, steps, features) to (batch, fewer_steps, features): the largest of each window.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: 2.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default:
            'channels_last'.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.MaxPooling1D(2)(jnp.array([[[1.0], [2.0], [3.0], [4.0]]]))
        Array([[[2.],
                [4.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = 2, strides: Sizes | None = None, padding: str = 'valid', *,
        data_format: str | None = 'channels_last', **common: Unpack[First],
    ) -> None: ...


class MaxPooling2D(ModuleLayer):
    """(batch, height, width, channels) to fewer rows and columns: the largest of each window.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: (2, 2).
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.MaxPooling2D(2)(jnp.zeros((1, 28, 28, 3))).shape
        (1, 14, 14, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = (2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class MaxPooling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the largest of each window.

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: (2, 2, 2).
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: None.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.MaxPooling3D(2)(jnp.zeros((1, 8, 8, 8, 3))).shape
        (1, 4, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    def __init__(
        self, pool_size: Sizes = (2, 2, 2), strides: Sizes | None = None, padding: str = 'valid',
        data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class Maximum(ModuleLayer):
    """The largest of the inputs, element by element.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Maximum()([jnp.array([[5.0, 1.0]]), jnp.array([[2.0, 2.0]])])
        Array([[5., 2.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Minimum(ModuleLayer):
    """The smallest of the inputs, element by element.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Minimum()([jnp.array([[5.0, 1.0]]), jnp.array([[2.0, 2.0]])])
        Array([[2., 1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Multiply(ModuleLayer):
    """The product of the inputs.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Multiply()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[10.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class Normalization(ModuleLayer):
    """``(x - mean) / sqrt(variance)``, with statistics of the data for each index of `axis`.

    Weights, none of which training moves: ``mean``, ``variance`` and ``count``, the number of
    values that they summarise; they start as 0, 1 and 0 and are set with the weights of a model.
    `axis` may be a list of one, as Keras 3 writes it.

    Args:
        axis: the axis with a mean and a variance for each index, counted with the batch as 0.
            Default: -1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Normalization()(jnp.array([[1.0, 2.0]])).round(3)  # mean 0, variance 1
        Array([[1., 2.]], dtype=float32)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, **common: Unpack[First],
    ) -> None: ...


class PReLU(ModuleLayer):
    """``x`` where positive, ``alpha * x`` elsewhere, with ``alpha`` trained, of a sample's shape.

    `shared_axes` (counting the batch as 0) have one alpha for all positions: [1, 2] for one a
    channel of images.

    Args:
        alpha_initializer: how `alpha` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        alpha_regularizer: penalty of `alpha` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        alpha_constraint: what `alpha` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        shared_axes: axes that have one alpha for all positions, counted with the batch as 0, none
            of them 0; None for an alpha at every position. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.PReLU(alpha_initializer="ones")(jnp.array([[-4.0, 4.0]]))
        Array([[-4.,  4.]], dtype=float32)

    References:
        - He et al., "Delving Deep into Rectifiers", 2015, <https://arxiv.org/abs/1502.01852>
    """

    def __init__(
        self, alpha_initializer: Identifier = 'zeros', alpha_regularizer: Identifier = None,
        alpha_constraint: Identifier = None, shared_axes: Sequence[int] | int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class PartialConv2D(ModuleLayer):
    """A convolution whose maps each see some of the input's channels only.

    ``connections[j]`` lists the input channels that map j is connected to; the kernel
    (*kernel_size, number of connections) holds the window of each in that order.

    Args:
        connections: for each map of the output the channels of the input that it sees: at least
            one, none twice.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.PartialConv2D([[0, 1], [1, 2], [0]], 5)(jnp.zeros((1, 14, 14, 3))).shape
        (1, 10, 10, 3)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    def __init__(
        self, connections: Sequence[Sequence[int]], kernel_size: Sizes, strides: Sizes = (1, 1),
        padding: str = 'valid', data_format: str | None = None, activation: Identifier = None,
        kernel_initializer: Identifier = 'glorot_uniform', bias_initializer: Identifier = 'zeros',
        kernel_regularizer: Identifier = None, bias_regularizer: Identifier = None,
        activity_regularizer: Identifier = None, kernel_constraint: Identifier = None,
        bias_constraint: Identifier = None, **common: Unpack[First],
    ) -> None: ...


class Permute(ModuleLayer):
    """Reorder the axes after the batch: `dims` counts from 1, so (2, 1) swaps the first two.

    Args:
        dims: the axes after the batch, counted from 1, in their new order.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Permute((2, 1))(jnp.ones((5, 3, 4))).shape
        (5, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, dims: tuple[int, ...], **common: Unpack[First],
    ) -> None: ...


class RNN(StackingLayer):
    """A recurrent layer from a cell: ``cell(x, states) -> (output, new states)``.

    A cell is any module that is called so and has a `state_size`. `state_size` is the width of the
    state or a list with that of each; x is one step (batch, features), and states and new states
    are lists of (batch, width). The cell's noise is the same at all steps. Its weights are nested
    under ``cell``. Called with ``constants``, an array or a list of them, it passes the list to the
    cell in each step.

    Args:
        cell: a layer with `state_size` whose call takes one step and the states, and returns the
            output and the new states; or a list of such cells.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        return_state: whether the final states are returned after the output. Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RNN([jc.layers.GRUCell(8), jc.layers.GRUCell(5)])(jnp.ones((2, 10, 4))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/recurrent.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/recurrent.py>
    """

    def __init__(
        self, cell: Layer, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False,
        **common: Unpack[First],
    ) -> None: ...


class RandomizedReLU(ModuleLayer):
    """``x`` where positive, ``a * x`` elsewhere, with another ``a`` for each element of the input.

    In training mode each ``a`` is drawn evenly from `lower` to `upper` (from the ``dropout``
    stream; `seed` gives the layer a separate stream), else it is the mean of both. The paper's best
    range, 1/8 to 1/3, is the default.

    Args:
        lower: the smallest slope below zero, at least 0. Default: 0.125.
        upper: the largest slope below zero, at least `lower`. Default: 0.3333333333333333.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RandomizedReLU(0.25, 0.75)(jnp.array([[-4.0, 4.0]]))
        Array([[-2.,  4.]], dtype=float32)

    References:
        - Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
          <https://arxiv.org/abs/1505.00853>
    """

    def __init__(
        self, lower: float = 0.125, upper: float = 0.3333333333333333, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class ReLU(ModuleLayer):
    """``x`` above `threshold`, ``negative_slope * (x - threshold)`` below; at most `max_value`.

    Args:
        max_value: the largest value of the output, at least 0; None for no limit. Default: None.
        negative_slope: the slope below `threshold`, at least 0. Default: 0.0.
        threshold: the input where the output is 0, at least 0. Default: 0.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ReLU(max_value=6)(jnp.array([[-1.0, 3.0, 9.0]]))
        Array([[0., 3., 6.]], dtype=float32)

    References:
        - Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010,
          <https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf>
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0,
        **common: Unpack[First],
    ) -> None: ...


class RepeatVector(ModuleLayer):
    """(batch, features) to (batch, n, features).

    Args:
        n: number of repetitions, a positive integer.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RepeatVector(2)(jnp.array([[1.0, 2.0]]))
        Array([[[1., 2.],
                [1., 2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, n: int, **common: Unpack[First],
    ) -> None: ...


class Rescaling(ModuleLayer):
    """``x * scale + offset``; both may be lists with a number for each channel, the last axis.

    Args:
        scale: factor: a number, or a list with one for each channel.
        offset: what is added then: a number, or a list with one for each channel. Default: 0.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Rescaling(1 / 127.5, -1)(jnp.array([[0.0, 255.0]]))
        Array([[-1.,  1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 3: Rescaling Layer", 2023,
          <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>
    """

    def __init__(
        self, scale: ArrayLike | Sequence[Any], offset: ArrayLike | Sequence[Any] = 0.0,
        **common: Unpack[First],
    ) -> None: ...


class Reshape(ModuleLayer):
    """(batch, ...) to (batch, *target_shape); one entry of `target_shape` may be -1.

    Args:
        target_shape: sizes of the axes after the batch: positive integers, one of them may be -1
            for what is left.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Reshape((4, -1))(jnp.ones((2, 12))).shape
        (2, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    def __init__(
        self, target_shape: tuple[int, ...], **common: Unpack[First],
    ) -> None: ...


class SeparableConv1D(ModuleLayer):
    """Separable convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``depthwise_kernel`` (size, channels, depth_multiplier), ``pointwise_kernel``
    (1, channels * depth_multiplier, filters), ``bias`` (filters,).

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: 1.
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1. Default:
            'channels_last'.
        depth_multiplier: number of maps that each input channel becomes, a positive integer.
            Default: 1.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        depthwise_initializer: how `depthwise_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'glorot_uniform'.
        pointwise_initializer: how `pointwise_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        depthwise_regularizer: penalty of `depthwise_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        pointwise_regularizer: penalty of `pointwise_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        depthwise_constraint: what `depthwise_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        pointwise_constraint: what `pointwise_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: 1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SeparableConv1D(8, 3)(jnp.ones((1, 10, 4))).shape
        (1, 8, 8)

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
    """

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

    Weights: ``depthwise_kernel`` (rows, columns, channels, depth_multiplier), ``pointwise_kernel``
    (1, 1, channels * depth_multiplier, filters), ``bias`` (filters,).

    Args:
        filters: number of maps of the output, a positive integer.
        kernel_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each.
        strides: steps of the window in elements: a positive integer for all spatial axes, or one
            for each. Not along with a `dilation_rate` other than 1. Default: (1, 1).
        padding: 'valid' for windows inside the input only, 'same' for as many as the input has
            elements divided by the strides, with zeros around it. Default: 'valid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        depth_multiplier: number of maps that each input channel becomes, a positive integer.
            Default: 1.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: None.
        use_bias: whether a trained bias is added. Default: True.
        depthwise_initializer: how `depthwise_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'glorot_uniform'.
        pointwise_initializer: how `pointwise_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'glorot_uniform'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        depthwise_regularizer: penalty of `depthwise_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        pointwise_regularizer: penalty of `pointwise_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        depthwise_constraint: what `depthwise_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        pointwise_constraint: what `pointwise_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dilation_rate: distance of the elements that a window looks at: a positive integer for all
            spatial axes, or one for each. Default: (1, 1).
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SeparableConv2D(8, 3)(jnp.ones((1, 8, 8, 4))).shape
        (1, 6, 6, 8)

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
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
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)`` over (batch, steps, features).

    Weights: ``kernel`` (features, units), ``recurrent_kernel`` (units, units), ``bias`` (units,).
    In training mode `dropout` drops inputs and `recurrent_dropout` states, by masks that are the
    same at all steps (Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in
    Recurrent Neural Networks", 2016).

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        activity_regularizer: penalty of the output, summed over the batch, that is added to the
            loss: given as `kernel_regularizer` is. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        return_sequences: whether the outputs of all steps are returned, or the last one only.
            Default: False.
        go_backwards: whether it begins at the last step; the outputs come in the order in which
            they are computed. Default: False.
        stateful: whether a call begins with the states that the last one ended with; row i goes on
            where row i of the batch before ended, so that the batch size is fixed. Default: False.
        unroll: whether the steps are laid out one after the other and not looped over: the same
            values, longer to compile. Default: False.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        return_state: whether the final states are returned after the output. Default: False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SimpleRNN(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Elman, "Finding Structure in Time", 1990, <https://doi.org/10.1207/s15516709cog1402_1>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
    """

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
    """One step of `SimpleRNN`, for use in `RNN`; one state of width `units`.

    Args:
        units: width of the output, a positive integer.
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'tanh'.
        use_bias: whether a trained bias is added. Default: True.
        kernel_initializer: how `kernel` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'glorot_uniform'.
        recurrent_initializer: how `recurrent_kernel` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'orthogonal'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        kernel_regularizer: penalty of `kernel` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        recurrent_regularizer: penalty of `recurrent_kernel` that is added to the loss: a name, an
            object of `jaxcnn.regularizers`, a function of an array, or None for none. Default:
            None.
        bias_regularizer: penalty of `bias` that is added to the loss: a name, an object of
            `jaxcnn.regularizers`, a function of an array, or None for none. Default: None.
        kernel_constraint: what `kernel` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        recurrent_constraint: what `recurrent_kernel` is put back to after each update: a name, an
            object of `jaxcnn.constraints`, a function of an array, or None for nothing. Default:
            None.
        bias_constraint: what `bias` is put back to after each update: a name, an object of
            `jaxcnn.constraints`, a function of an array, or None for nothing. Default: None.
        dropout: fraction of the inputs to drop in training mode, from 0 to 1. Default: 0.0.
        recurrent_dropout: fraction of the states to drop in training mode, from 0 to 1. Default:
            0.0.
        implementation: 0, 1 or 2, as Keras has it; the result is the same. Default: 0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.RNN(jc.layers.SimpleRNNCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Elman, "Finding Structure in Time", 1990, <https://doi.org/10.1207/s15516709cog1402_1>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
    """

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
    """Positive numbers that sum to one along `axis`: ``exp(x) / sum(exp(x))``.

    Args:
        axis: the axis along which the results sum to 1, none but the batch, which is 0. Default:
            -1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Softmax()(jnp.zeros((1, 4)))
        Array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)

    References:
        - Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs",
          1990, <https://doi.org/10.1007/978-3-642-76153-9_28>
    """

    def __init__(
        self, axis: int = -1, **common: Unpack[First],
    ) -> None: ...


class SpatialDropout1D(ModuleLayer):
    """(batch, steps, channels) with whole channels dropped in training mode.

    Args:
        rate: fraction of the channels to drop, from 0 to 1.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SpatialDropout1D(0.5)(jnp.ones((2, 10, 4))).shape
        (2, 10, 4)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    def __init__(
        self, rate: float, seed: int | None = None, **common: Unpack[First],
    ) -> None: ...


class SpatialDropout2D(ModuleLayer):
    """(batch, height, width, channels) with whole channels dropped in training mode.

    Args:
        rate: fraction of the channels to drop, from 0 to 1.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SpatialDropout2D(0.5)(jnp.ones((2, 8, 8, 4))).shape
        (2, 8, 8, 4)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class SpatialDropout3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with whole channels dropped in training mode.

    Args:
        rate: fraction of the channels to drop, from 0 to 1.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        seed: an integer gives the layer a separate stream of random numbers; None draws from the
            ``dropout`` stream. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.SpatialDropout3D(0.5)(jnp.ones((2, 4, 4, 4, 3))).shape
        (2, 4, 4, 4, 3)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None,
        **common: Unpack[First],
    ) -> None: ...


class StackedRNNCells(StackedCells):
    """Cells one on top of the other as one cell.

    Its states are those of each cell in turn, with `reverse_state_order` from the last cell on.

    Args:
        cells: the cells, from the input to the output.
        reverse_state_order: whether the states are listed from the last cell to the first. Default:
            False.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> cells = jc.layers.StackedRNNCells([jc.layers.GRUCell(8), jc.layers.GRUCell(5)])
        >>> jc.layers.RNN(cells)(jnp.ones((2, 10, 4))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/recurrent.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/recurrent.py>
    """

    def __init__(
        self, cells: Sequence[Layer], *, reverse_state_order: bool = False, **common: Unpack[First],
    ) -> None: ...


class Subsampling2D(ModuleLayer):
    """``activation(coefficient * sum + bias)`` of windows side by side.

    Each map has one trained coefficient and bias. (batch, height, width, channels) to (batch,
    height // rows, width // columns, channels) for a `pool_size` of (rows, columns).

    Args:
        pool_size: size of the window in elements: a positive integer for all spatial axes, or one
            for each. Default: (2, 2).
        activation: what the result goes through: a name such as 'relu', a function of an array, or
            None for nothing. Default: 'sigmoid'.
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        coefficient_initializer: how `coefficient` starts: a name, an object of
            `jaxcnn.initializers`, or a function of (key, shape, dtype). Default: 'ones'.
        bias_initializer: how `bias` starts: a name, an object of `jaxcnn.initializers`, or a
            function of (key, shape, dtype). Default: 'zeros'.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.Subsampling2D()(jnp.zeros((1, 28, 28, 6))).shape
        (1, 14, 14, 6)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    def __init__(
        self, pool_size: Sizes = (2, 2), activation: Identifier = 'sigmoid',
        data_format: str | None = None, coefficient_initializer: Identifier = 'ones',
        bias_initializer: Identifier = 'zeros', **common: Unpack[First],
    ) -> None: ...


class Subtract(ModuleLayer):
    """The first of two inputs minus the second.

    Args:
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Examples:
        >>> jc.layers.Subtract()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[3.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """

    def __init__(
        self, **common: Unpack[First],
    ) -> None: ...


class ThresholdedReLU(ModuleLayer):
    """``x`` where it is above `theta`, 0 elsewhere.

    Args:
        theta: the value above which inputs pass, at least 0. Default: 1.0.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ThresholdedReLU(1.5)(jnp.array([[1.0, 2.0]]))
        Array([[0., 2.]], dtype=float32)

    References:
        - Konda, Memisevic and Krueger, "Zero-Bias Autoencoders and the Benefits of Co-Adapting
          Features", 2014, <https://arxiv.org/abs/1402.3337>
    """

    def __init__(
        self, theta: float = 1.0, **common: Unpack[First],
    ) -> None: ...


class TimeDistributed(ModuleLayer):
    """Any module, or model, on every step of (batch, steps, ...).

    Its samples are the steps of all sequences, so batch statistics are those of all steps together.
    A mask of the steps is passed on; the inner module gets none. In programs of Keras 2.2 it gets
    what the mask has of the inside of a step, and the mask that it makes is that of the output. Its
    variables are nested under ``layer``.

    Args:
        layer: the layer or model that is called on every step.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.TimeDistributed(jc.layers.Dense(8))(jnp.ones((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/wrappers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/wrappers.py>
    """

    def __init__(
        self, layer: Layer, **common: Unpack[First],
    ) -> None: ...


class UpSampling1D(ModuleLayer):
    """(batch, steps, features) with each step repeated.

    Args:
        size: how many times as long each spatial axis becomes: a positive integer for all, or one
            for each. Default: 2.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.UpSampling1D(2)(jnp.array([[[1.0], [2.0]]]))
        Array([[[1.],
                [1.],
                [2.],
                [2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, size: Sizes = 2, **common: Unpack[First],
    ) -> None: ...


class UpSampling2D(ModuleLayer):
    """(batch, height, width, channels) with rows and columns repeated, or interpolated linearly.

    Args:
        size: how many times as long each spatial axis becomes: a positive integer for all, or one
            for each. Default: (2, 2).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        interpolation: 'nearest', which repeats elements, or 'bilinear'. Default: 'nearest'.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.UpSampling2D((2, 3))(jnp.ones((1, 4, 4, 2))).shape
        (1, 8, 12, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, size: Sizes = (2, 2), data_format: str | None = None, interpolation: str = 'nearest',
        **common: Unpack[First],
    ) -> None: ...


class UpSampling3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with each axis repeated.

    Args:
        size: how many times as long each spatial axis becomes: a positive integer for all, or one
            for each. Default: (2, 2, 2).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.UpSampling3D(2)(jnp.ones((1, 4, 4, 4, 2))).shape
        (1, 8, 8, 8, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, size: Sizes = (2, 2, 2), data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding1D(ModuleLayer):
    """(batch, steps, features) with zero steps added before and after.

    Args:
        padding: number of steps at each end: an integer, or (before, after). Default: 1.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ZeroPadding1D((1, 0))(jnp.ones((1, 2, 1)))
        Array([[[0.],
                [1.],
                [1.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, padding: Amounts = 1, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding2D(ModuleLayer):
    """(batch, height, width, channels) with rows and columns of zeros around.

    Args:
        padding: number of zeros at each end of each spatial axis: an integer, an integer for each
            axis, or (before, after) for each axis. Default: (1, 1).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ZeroPadding2D(((1, 2), (0, 3)))(jnp.ones((1, 5, 5, 2))).shape
        (1, 8, 8, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    def __init__(
        self, padding: Amounts = (1, 1), data_format: str | None = None, **common: Unpack[First],
    ) -> None: ...


class ZeroPadding3D(ModuleLayer):
    """(batch, d1, d2, d3, channels) with zeros around.

    Args:
        padding: number of zeros at each end of each spatial axis: an integer, an integer for each
            axis, or (before, after) for each axis. Default: (1, 1, 1).
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1; None for
            what `jaxcnn.backend.image_data_format()` says, by default channels_last. Default: None.
        **kwargs: `name`, `trainable`, `weights`, `dtype`, and where the layer is the first of a
            Sequential model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains
            them.

    Raises:
        ValueError: an argument is not of this kind or out of its range; the message names both.

    Examples:
        >>> jc.layers.ZeroPadding3D(1)(jnp.ones((1, 5, 5, 5, 2))).shape
        (1, 7, 7, 7, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

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
