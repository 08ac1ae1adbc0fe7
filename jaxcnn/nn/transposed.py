"""Transposed convolutions: the gradient of a convolution as a layer, which enlarges its input."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.fields import FiltersField, KernelFields, Sizes, as_tuple
from jaxcnn.nn.spatial import finish_channels
from jaxcnn.nn.traits import Traits
from jaxcnn.nn.weights import field_weight, optional_bias
from jaxcnn.runtime.types import Config


class ConvTranspose(KernelFields, Convolution, FiltersField):
    """``activation(conv_transpose(x, kernel) + bias)``; kernel (*window, filters, channels).

    Args:
        padding: 'valid', 'same' or 'full', see below.
    """

    output_padding: Sizes | None = None
    dilation_rate: Sizes = 1

    traits = Traits(kernel="out-in")
    paddings = ("valid", "same", "full")

    def checked(self) -> Config:
        values = super().checked()
        if self.output_padding is not None:
            extra = arguments.integers(
                self.label, "output_padding", self.output_padding, self.spatial_rank, minimum=0
            )
            if any(p >= s for p, s in zip(extra, values["strides"], strict=True)):
                raise ValueError(
                    f"{self.label}: `output_padding` is {extra}; along each axis it must be "
                    f"smaller than `strides` {values['strides']}."
                )
            values["output_padding"] = extra
        return values

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        self.require_output(x)
        y = ops.conv_transpose(
            x,
            field_weight(self, "kernel", (*self.window, self.filters, x.shape[-1])),
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation=self.dilation_rate,
        )
        return finish_channels(self, y, optional_bias(self, self.filters))

    def require_output(self, x: jax.Array) -> None:
        """Raise when nothing is left of an input of this size, naming the layer."""
        extra = self.output_padding
        axes = zip(
            x.shape[1:-1],
            self.window,
            as_tuple(self.strides),
            as_tuple(self.dilation_rate),
            (None,) * self.spatial_rank if extra is None else as_tuple(extra),
            strict=True,
        )
        lengths = tuple(
            ops.conv_transpose_output_length(
                n, k, self.padding, stride=s, dilation=d, output_padding=p
            )
            or 0
            for n, k, s, d, p in axes
        )
        if min(lengths) < 1:
            raise ValueError(
                f"{self.label}: an input of spatial size {x.shape[1:-1]} would give an output "
                f"of {lengths}; use a larger input or another padding than {self.padding!r}."
            )


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over time: (batch, steps, channels) to (batch, more_steps, filters).

    Weights: ``kernel`` (size, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1.
        padding: 'valid', 'same' or 'full', as in Conv2DTranspose.

    Examples:
        >>> jc.layers.Conv1DTranspose(8, 3, strides=2, padding="same")(jnp.ones((1, 10, 4))).shape
        (1, 20, 8)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
    """

    data_format: str | None = "channels_last"

    spatial_rank = 1


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over images: (batch, height, width, channels) to (batch, new_h,
    new_w, filters).

    Weights: ``kernel`` (rows, columns, filters, channels), ``bias`` (filters,).

    A spatial length L becomes, for a kernel of k and a stride of s: L s + max(k - s, 0) with
    padding 'valid', L s with 'same', L s - (s + k - 2) with 'full'. With `output_padding` it is (L
    - 1) s + k - 2 p + output_padding, where p is 0, k // 2 and k - 1. A dilated kernel counts with
    its reach, (k - 1) dilation_rate + 1.

    Args:
        padding: 'valid', 'same' or 'full', with the sizes above.

    Examples:
        >>> jc.layers.Conv2DTranspose(8, 3, strides=2, padding="same")(jnp.ones((1, 7, 7, 4))).shape
        (1, 14, 14, 8)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
    """

    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)

    spatial_rank = 2


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over volumes: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).

    Weights: ``kernel`` (k1, k2, k3, filters, channels), ``bias`` (filters,). Padding and
    `output_padding`: see Conv2DTranspose.

    Args:
        padding: 'valid', 'same' or 'full', as in Conv2DTranspose.

    Examples:
        >>> jc.layers.Conv3DTranspose(2, 3)(jnp.ones((1, 4, 4, 4, 2))).shape
        (1, 6, 6, 6, 2)

    References:
        - Dumoulin and Visin, "A Guide to Convolution Arithmetic for Deep Learning", 2016,
          <https://arxiv.org/abs/1603.07285>
    """

    strides: Sizes = (1, 1, 1)
    dilation_rate: Sizes = (1, 1, 1)

    spatial_rank = 3
