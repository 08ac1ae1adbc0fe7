"""One step of each recurrence as a module, for `RNN`."""

from __future__ import annotations

from collections.abc import Sequence

import flax.linen as nn
import jax

from jaxcnn.nn.fields import UnitsField, fixed
from jaxcnn.nn.recurrent.fields import NoiseFields, RecurrentFields
from jaxcnn.nn.recurrent.recurrences import (
    GatedModule,
    GRURecurrence,
    LSTMRecurrence,
    SimpleRecurrence,
)
from jaxcnn.nn.recurrent.scan import in_parts, kernel_groups, recurrence
from jaxcnn.runtime.types import Identifier


class SingleStep(GatedModule):
    """``cell(x, states) -> (output, new states)`` for one step x."""

    @nn.compact
    def __call__(
        self, x: jax.Array, states: Sequence[jax.Array], *, train: bool = False
    ) -> tuple[jax.Array, list[jax.Array]]:
        x, states = self.inward(x), [self.inward(state) for state in states]
        kernel, recurrent, bias = self.declare(x.shape[-1])
        contributions = self.project(x, kernel, bias, self.noise(self.dropout, x, train))
        noise = self.noise(self.recurrent_dropout, states[0], train)
        inputs = in_parts(contributions, self.blocks)
        add, _ = recurrence(self, inputs, kernel_groups(self, recurrent), noise)
        new = [self.outward(state) for state in self.step(inputs, states, add)]
        return new[0], new


class Cell(SingleStep, NoiseFields, RecurrentFields, UnitsField):
    """A step x is (batch, features)."""

    activity_regularizer: Identifier = fixed(None)
    implementation: int = 0


class SimpleRNNCell(SimpleRecurrence, Cell):
    """One step of `SimpleRNN`, for use in `RNN`; one state of width `units`.

    Examples:
        >>> jc.layers.RNN(jc.layers.SimpleRNNCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Elman, "Finding Structure in Time", 1990, <https://doi.org/10.1207/s15516709cog1402_1>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
    """

    recurrent_activation: Identifier = fixed(None)
    unit_forget_bias: bool = fixed(False)


class GRUCell(GRURecurrence, Cell):
    """One step of `GRU`, for use in `RNN`; one state of width `units`.

    Examples:
        >>> jc.layers.RNN(jc.layers.GRUCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches",
          2014, <https://arxiv.org/abs/1409.1259>
    """

    unit_forget_bias: bool = fixed(False)
    reset_after: bool = False


class LSTMCell(LSTMRecurrence, Cell):
    """One step of `LSTM`, for use in `RNN`; two states of width `units`: output and carry.

    Examples:
        >>> jc.layers.RNN(jc.layers.LSTMCell(8))(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997,
          <https://doi.org/10.1162/neco.1997.9.8.1735>
        - Jozefowicz, Zaremba and Sutskever, "An Empirical Exploration of Recurrent Network
          Architectures", 2015, <https://proceedings.mlr.press/v37/jozefowicz15.html>
    """
