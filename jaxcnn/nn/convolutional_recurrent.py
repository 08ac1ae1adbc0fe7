"""The LSTM whose products are convolutions, for films."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.recurrent.cells import LSTMRecurrence
from jaxcnn.nn.recurrent.layers import GatedLayer
from jaxcnn.nn.traits import Traits


class ConvLSTM2D(LSTMRecurrence, GatedLayer, Convolution):
    """`LSTM` with convolutions for products: (batch, steps, rows, columns, channels) to (batch,
    new_r, new_c, filters).

    With `return_sequences` the output has the axis of steps too; with
    ``data_format="channels_first"`` the channels come before the rows on both sides. `strides`,
    `padding` and `dilation_rate` are those of the convolution of the input; that of the state keeps
    its size. Weights, gates in the order i, f, c, o: ``kernel`` (*kernel_size, channels, 4 *
    filters), ``recurrent_kernel`` (*kernel_size, filters, 4 * filters), ``bias`` (4 * filters,).
    The states h and c have the shape of an output. Source: Shi et al., "Convolutional LSTM
    Network", 2015.
    """

    traits = Traits(has_cell=True, gates="ifco", kernel="in-out")

    filters: int
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = (1, 1)
    activation: Any = "tanh"
    recurrent_activation: Any = "hard_sigmoid"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False

    spatial_rank = 2
    sample_rank = 3

    def checked(self) -> dict[str, Any]:
        return {**Convolution.checked(self), **self.checked_rates()}

    @property
    def size(self) -> int:
        return self.filters

    @property
    def window(self) -> tuple[int, ...]:
        window: tuple[int, ...] = self.kernel_size
        return window

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
