"""The LSTM whose products are convolutions, for films."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.fields import DilationField, FiltersField, Sizes, as_tuple
from jaxcnn.nn.recurrent.base import GatedLayer
from jaxcnn.nn.recurrent.fields import RecurrentFields
from jaxcnn.nn.recurrent.recurrences import LSTMRecurrence
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.types import Config


class ConvLSTM2D(
    LSTMRecurrence, GatedLayer, RecurrentFields, DilationField, Convolution, FiltersField
):
    """`LSTM` with convolutions for products: (batch, steps, rows, columns, channels) to (batch,
    new_r, new_c, filters).

    With `return_sequences` the output has the axis of steps too; with
    ``data_format="channels_first"`` the channels come before the rows on both sides. `strides`,
    `padding` and `dilation_rate` are those of the convolution of the input; that of the state keeps
    its size. Weights, gates in the order i, f, c, o: ``kernel`` (*kernel_size, channels, 4 *
    filters), ``recurrent_kernel`` (*kernel_size, filters, 4 * filters), ``bias`` (4 * filters,).
    The states h and c have the shape of an output. Source: Shi et al., "Convolutional LSTM
    Network", 2015.

    Examples:
        >>> jc.layers.ConvLSTM2D(4, 3, padding="same")(jnp.zeros((1, 5, 8, 8, 2))).shape
        (1, 8, 8, 4)
    """

    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)
    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False

    traits = Traits(has_cell=True, gates="ifco", kernel="in-out")
    spatial_rank = 2
    sample_rank = 3

    def checked(self) -> Config:
        return {**Convolution.checked(self), **self.checked_rates()}

    @property
    def size(self) -> int:
        return self.filters

    @property
    def window(self) -> tuple[int, ...]:
        return as_tuple(self.kernel_size)

    def check_rank(self, x: jax.Array) -> None:
        order = "channels, rows, columns" if self.channels_first else "rows, columns, channels"
        arguments.rank(self.label, x, 5, f"(batch, steps, {order})")

    def inward(self, x: jax.Array) -> jax.Array:
        return jnp.moveaxis(x, -3, -1) if self.channels_first else x

    def outward(self, y: jax.Array) -> jax.Array:
        return jnp.moveaxis(y, -1, -3) if self.channels_first else y

    def input_product(self, x: jax.Array, kernel: jax.Array) -> jax.Array:
        self.require_space(x)
        return ops.conv(
            x, kernel, strides=self.strides, padding=self.padding, dilation=self.dilation_rate
        )

    def recurrent_product(self, h: jax.Array, kernel: jax.Array) -> jax.Array:
        return ops.conv(h, kernel, padding="same")
