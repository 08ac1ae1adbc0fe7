"""Convolutions that treat each channel apart, and then perhaps mix the channels."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn import ops
from jaxcnn.nn.base import Layer
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.fields import FiltersField, Sizes, WindowFields
from jaxcnn.nn.spatial import finish_channels
from jaxcnn.nn.traits import Traits
from jaxcnn.nn.weights import field_weight, optional_bias
from jaxcnn.runtime.types import Identifier


def depthwise(layer: Convolution, x: jax.Array, multiplier: int, dilation: Sizes) -> jax.Array:
    """Convolve each channel of `x` (batch, ..., channels) with `multiplier` kernels.

    Result c * multiplier + m is that of channel c and its kernel m.
    """
    layer.require_space(x)
    channels = x.shape[-1]
    kernel = field_weight(
        layer, "depthwise_kernel", (*layer.window, channels, multiplier), prefix="depthwise"
    )
    return ops.conv(
        x,
        kernel.reshape(*layer.window, 1, channels * multiplier),
        strides=layer.strides,
        padding=layer.padding,
        dilation=dilation,
        groups=channels,
    )


class DepthMultiplierField(Layer):
    depth_multiplier: int = 1


class DepthwiseConv2D(Convolution, DepthMultiplierField, WindowFields):
    """Each channel convolved apart: (batch, height, width, channels) to channels * depth_multiplier
    maps.

    Weights: ``depthwise_kernel`` (*kernel_size, channels, depth_multiplier), ``bias`` (channels *
    depth_multiplier,).

    Examples:
        >>> jc.layers.DepthwiseConv2D(3, depth_multiplier=2)(jnp.ones((1, 8, 8, 4))).shape
        (1, 6, 6, 8)

    References:
        - Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
          Applications", 2017, <https://arxiv.org/abs/1704.04861>
    """

    activation: Identifier = None
    use_bias: bool = True
    depthwise_initializer: Identifier = "glorot_uniform"
    bias_initializer: Identifier = "zeros"
    depthwise_regularizer: Identifier = None
    bias_regularizer: Identifier = None
    activity_regularizer: Identifier = None
    depthwise_constraint: Identifier = None
    bias_constraint: Identifier = None
    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)

    spatial_rank = 2

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        y = depthwise(self, x, self.depth_multiplier, self.dilation_rate)
        return finish_channels(self, y, optional_bias(self, y.shape[-1]))


class SeparableConv(DepthMultiplierField, Convolution, FiltersField):
    """A depthwise convolution, then one with windows of one element that mixes its results into
    `filters` maps.
    """

    activation: Identifier = None
    use_bias: bool = True
    depthwise_initializer: Identifier = "glorot_uniform"
    pointwise_initializer: Identifier = "glorot_uniform"
    bias_initializer: Identifier = "zeros"
    depthwise_regularizer: Identifier = None
    pointwise_regularizer: Identifier = None
    bias_regularizer: Identifier = None
    activity_regularizer: Identifier = None
    depthwise_constraint: Identifier = None
    pointwise_constraint: Identifier = None
    bias_constraint: Identifier = None
    dilation_rate: Sizes = 1

    traits = Traits(kernel="in-out")

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        y = depthwise(self, x, self.depth_multiplier, self.dilation_rate)
        shape = (*(1,) * self.spatial_rank, y.shape[-1], self.filters)
        y = ops.conv(y, field_weight(self, "pointwise_kernel", shape, prefix="pointwise"))
        return finish_channels(self, y, optional_bias(self, self.filters))


class SeparableConv1D(SeparableConv):
    """Separable convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``depthwise_kernel`` (size, channels, depth_multiplier), ``pointwise_kernel``
    (1, channels * depth_multiplier, filters), ``bias`` (filters,).

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1.

    Examples:
        >>> jc.layers.SeparableConv1D(8, 3)(jnp.ones((1, 10, 4))).shape
        (1, 8, 8)

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
    """

    data_format: str | None = "channels_last"

    spatial_rank = 1


class SeparableConv2D(SeparableConv):
    """Separable convolution over images: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).

    Weights: ``depthwise_kernel`` (rows, columns, channels, depth_multiplier), ``pointwise_kernel``
    (1, 1, channels * depth_multiplier, filters), ``bias`` (filters,).

    Examples:
        >>> jc.layers.SeparableConv2D(8, 3)(jnp.ones((1, 8, 8, 4))).shape
        (1, 6, 6, 8)

    References:
        - Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
          <https://arxiv.org/abs/1610.02357>
    """

    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)

    spatial_rank = 2
