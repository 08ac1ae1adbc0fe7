"""Convolutions that treat each channel apart: depthwise, and depthwise followed by a mix of the
channels.
"""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax

from jaxcnn import ops
from jaxcnn.nn.convolution import Convolution, finish_channels
from jaxcnn.nn.core import bias_weight


def factor_weight(layer: Any, kind: str, shape: tuple[int, ...]) -> jax.Array:
    """Declare the ``depthwise_kernel`` or ``pointwise_kernel`` of a layer that has the fields of
    that `kind`.
    """
    return layer.weight(
        f"{kind}_kernel",
        getattr(layer, f"{kind}_initializer"),
        shape,
        regularizer=getattr(layer, f"{kind}_regularizer"),
        constraint=getattr(layer, f"{kind}_constraint"),
    )


def depthwise(layer: Any, x: jax.Array) -> jax.Array:
    """Convolve each channel of `x` (batch, ..., channels) with `depth_multiplier` kernels of its
    own.

    Result c * depth_multiplier + m is that of channel c and its kernel m.
    """
    layer.require_space(x)
    channels = x.shape[-1]
    kernel = factor_weight(
        layer, "depthwise", (*layer.kernel_size, channels, layer.depth_multiplier)
    )
    return ops.conv(
        x,
        kernel.reshape(*layer.kernel_size, 1, channels * layer.depth_multiplier),
        strides=layer.strides,
        padding=layer.padding,
        dilation=layer.dilation_rate,
        groups=channels,
    )


class DepthwiseConv2D(Convolution):
    """Each channel convolved apart: (batch, height, width, channels) to channels * depth_multiplier
    maps.

    Weights: ``depthwise_kernel`` (*kernel_size, channels, depth_multiplier), ``bias`` (channels *
    depth_multiplier,).
    """

    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    depth_multiplier: int = 1
    data_format: str | None = None
    activation: Any = None
    use_bias: bool = True
    depthwise_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    depthwise_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    depthwise_constraint: Any = None
    bias_constraint: Any = None
    dilation_rate: Any = (1, 1)

    spatial_rank = 2

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = depthwise(self, self.to_channels_last(x))
        return finish_channels(self, y, bias_weight(self, y.shape[-1]) if self.use_bias else None)


class SeparableConv(Convolution):
    """A depthwise convolution, then one with windows of one element that mixes its results into
    `filters` maps.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        y = depthwise(self, self.to_channels_last(x))
        y = ops.conv(
            y,
            factor_weight(
                self, "pointwise", (*(1,) * self.spatial_rank, y.shape[-1], layer.filters)
            ),
        )
        return finish_channels(
            self, y, bias_weight(self, layer.filters) if layer.use_bias else None
        )


class SeparableConv1D(SeparableConv):
    """Separable convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``depthwise_kernel`` (size, channels, depth_multiplier), ``pointwise_kernel``
    (1, channels * depth_multiplier, filters), ``bias`` (filters,).
    """

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = "channels_last"
    depth_multiplier: int = 1
    activation: Any = None
    use_bias: bool = True
    depthwise_initializer: Any = "glorot_uniform"
    pointwise_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    depthwise_regularizer: Any = None
    pointwise_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    depthwise_constraint: Any = None
    pointwise_constraint: Any = None
    bias_constraint: Any = None
    dilation_rate: Any = 1

    spatial_rank = 1


class SeparableConv2D(SeparableConv):
    """Separable convolution over pictures: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).

    Weights: ``depthwise_kernel`` (rows, columns, channels, depth_multiplier), ``pointwise_kernel``
    (1, 1, channels * depth_multiplier, filters), ``bias`` (filters,). Source: Chollet, "Xception",
    2016.
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    depth_multiplier: int = 1
    activation: Any = None
    use_bias: bool = True
    depthwise_initializer: Any = "glorot_uniform"
    pointwise_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    depthwise_regularizer: Any = None
    pointwise_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    depthwise_constraint: Any = None
    pointwise_constraint: Any = None
    bias_constraint: Any = None
    dilation_rate: Any = (1, 1)

    spatial_rank = 2
