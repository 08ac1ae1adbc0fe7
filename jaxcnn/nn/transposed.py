"""Transposed convolutions: the gradient of a convolution as a layer, which enlarges its input."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import Convolution, finish_channels
from jaxcnn.nn.core import bias_weight, kernel_weight
from jaxcnn.nn.traits import Traits


class ConvTranspose(Convolution):
    """``activation(conv_transpose(x, kernel) + bias)``; kernel (*kernel_size, filters, channels)."""

    traits = Traits(kernel="out-in")
    paddings = ("valid", "same", "full")

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        values = super().checked()
        if layer.output_padding is not None:
            extra = arguments.integers(
                self.label, "output_padding", layer.output_padding, self.spatial_rank, minimum=0
            )
            if any(p >= s for p, s in zip(extra, values["strides"], strict=True)):
                raise ValueError(
                    f"{self.label}: `output_padding` is {extra}; along each axis it must be "
                    "smaller than `strides` "
                    f"{values['strides']}."
                )
            values["output_padding"] = extra
        return values

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        extras = layer.output_padding or (None,) * self.spatial_rank
        sizes = zip(
            x.shape[1:-1],
            layer.kernel_size,
            layer.strides,
            layer.dilation_rate,
            extras,
            strict=True,
        )
        lengths: Any = [
            ops.conv_transpose_output_length(n, k, layer.padding, s, d, p)
            for n, k, s, d, p in sizes
        ]
        if min(lengths) < 1:
            raise ValueError(
                f"{self.label}: an input of spatial size {x.shape[1:-1]} would give an output of "
                f"{tuple(lengths)}; "
                f"use a larger input or another padding than {layer.padding!r}."
            )
        y = ops.conv_transpose(
            x,
            kernel_weight(self, (*layer.kernel_size, layer.filters, x.shape[-1])),
            strides=layer.strides,
            padding=layer.padding,
            output_padding=layer.output_padding,
            dilation=layer.dilation_rate,
        )
        return finish_channels(
            self, y, bias_weight(self, layer.filters) if layer.use_bias else None
        )


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over time: (batch, steps, channels) to (batch, more_steps, filters).

    Weights: ``kernel`` (size, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.
    """

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = "channels_last"
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None
    output_padding: Any = None
    dilation_rate: Any = 1

    spatial_rank = 1


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over pictures: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).

    Weights: ``kernel`` (rows, columns, filters, channels), ``bias`` (filters,).

    A spatial length L becomes, for a kernel of k and a stride of s: L s + max(k - s, 0) with
    padding 'valid', L s with 'same', L s - (s + k - 2) with 'full'. With `output_padding` it is (L
    - 1) s + k - 2 p + output_padding, where p is 0, k // 2 and k - 1. A dilated kernel counts with
    its reach, (k - 1) dilation_rate + 1.
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None
    output_padding: Any = None
    dilation_rate: Any = (1, 1)

    spatial_rank = 2


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over volumes: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).

    Weights: ``kernel`` (k1, k2, k3, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1, 1)
    padding: str = "valid"
    data_format: str | None = None
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None
    output_padding: Any = None
    dilation_rate: Any = (1, 1, 1)

    spatial_rank = 3
