"""Recurrent layers over films: the LSTM whose products are convolutions, and any cell like it."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import Conv2D, Convolution
from jaxcnn.nn.fields import DilationField, FiltersField, Sizes, as_tuple, fixed
from jaxcnn.nn.recurrent.base import GatedLayer
from jaxcnn.nn.recurrent.cells import SingleStep
from jaxcnn.nn.recurrent.fields import RecurrentFields
from jaxcnn.nn.recurrent.recurrences import GatedModule, LSTMRecurrence
from jaxcnn.nn.recurrent.rnn import RNN, StackedRNNCells, state_shapes
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.types import Config, Identifier

# What tells the shape of a cell's states.
OF_A_CELL = ("filters", "kernel_size", "strides", "padding", "dilation_rate", "data_format")


class ConvolutionalLSTM(
    LSTMRecurrence, GatedModule, RecurrentFields, DilationField, Convolution, FiltersField
):
    """The recurrence of `ConvLSTM2D`, whose layer and cell are made from it."""

    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)

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


class ConvLSTM2D(ConvolutionalLSTM, GatedLayer):
    """`LSTM` with convolutions for products: (batch, steps, rows, columns, channels) to (batch,
    new_r, new_c, filters).

    With `return_sequences` the output has the axis of steps too; with
    ``data_format="channels_first"`` the channels come before the rows on both sides. `strides`,
    `padding` and `dilation_rate` are those of the convolution of the input; that of the state keeps
    its size. Weights, gates in the order i, f, c, o: ``kernel`` (*kernel_size, channels, 4 *
    filters), ``recurrent_kernel`` (*kernel_size, filters, 4 * filters), ``bias`` (4 * filters,).
    The states h and c have the shape of an output.

    Examples:
        >>> jc.layers.ConvLSTM2D(4, 3, padding="same")(jnp.zeros((1, 5, 8, 8, 2))).shape
        (1, 8, 8, 4)

    References:
        - Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
          Nowcasting", 2015, <https://arxiv.org/abs/1506.04214>
    """

    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False

    traits = Traits(has_cell=True, gates="ifco", kernel="in-out")

    def check_rank(self, x: jax.Array) -> None:
        order = "channels, rows, columns" if self.channels_first else "rows, columns, channels"
        arguments.rank(self.label, x, 5, f"(batch, steps, {order})")


class ConvLSTM2DCell(ConvolutionalLSTM, SingleStep):
    """One step of `ConvLSTM2D`, for use in `ConvRNN2D`; two states of the shape of an output.

    Examples:
        >>> cell = jc.layers.ConvLSTM2DCell(4, 3, padding="same")
        >>> jc.layers.ConvRNN2D(cell)(jnp.zeros((1, 5, 8, 8, 2))).shape
        (1, 8, 8, 4)

    References:
        - Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
          Nowcasting", 2015, <https://arxiv.org/abs/1506.04214>
    """

    traits = Traits(kernel="in-out")

    activity_regularizer: Identifier = fixed(None)
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    implementation: int = fixed(0)


class ConvRNN2D(RNN):
    """A recurrent layer over films from a cell that convolves.

    It is `RNN` for steps (batch, rows, columns, channels): the cell is called as ``cell(x, states)
    -> (output, new states)``. Its states start as zeros of the shape of its output, which the cell
    tells by `filters`, `kernel_size`, `strides`, `padding`, `dilation_rate` and `data_format`, as
    `Conv2D` has them; one state or several is what `state_size` says, the number of channels of
    each.

    Args:
        cell: a layer with these attributes whose call takes one step and the states, and returns
            the output and the new states.

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

    def checked(self) -> Config:
        if self.unroll:
            raise TypeError(f"{self.label}: `unroll` does not go with convolutions.")
        if isinstance(self.cell, StackedRNNCells):
            raise TypeError(f"{self.label} takes one cell; write one layer for each of several.")
        return super().checked()

    def check_rank(self, x: jax.Array) -> None:
        arguments.rank(self.label, x, 5, "(batch, steps, ...), a step as Conv2D takes it")

    def shapes_for(self, step: jax.Array) -> list[tuple[int, ...]]:
        cell = getattr(self.cell, "layer", self.cell)  # of a user's cell its layer
        if missing := [name for name in OF_A_CELL if not hasattr(cell, name)]:
            raise ValueError(
                f"{self.label}: the cell {type(cell).__name__} has no {', '.join(missing)}, from "
                "which the shape of its states follows."
            )
        settings = {name: getattr(cell, name) for name in OF_A_CELL}
        like_states = Conv2D(**settings, use_bias=False, parent=None)
        example = jax.ShapeDtypeStruct(step.shape, jnp.float32)
        states = jax.eval_shape(like_states.init_with_output, jax.random.key(0), example)[0]
        return [states.shape[1:]] * len(state_shapes(self.cell))
