"""GRU and LSTM with the settings and the weights of the cuDNN library, which run anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import jax

from jaxcnn.nn.fields import UnitsField, fixed
from jaxcnn.nn.recurrent.base import GatedLayer
from jaxcnn.nn.recurrent.fields import RecurrentFields
from jaxcnn.nn.recurrent.layers import GRULayer, LSTMLayer
from jaxcnn.runtime.types import Identifier


class CuDNNFields(RecurrentFields):
    """The arguments that the cuDNN library leaves open; no dropout, no masks."""

    activation: Identifier = fixed("tanh")
    recurrent_activation: Identifier = fixed("sigmoid")
    use_bias: bool = fixed(True)
    dropout: float = fixed(0.0)
    recurrent_dropout: float = fixed(0.0)
    implementation: int = fixed(2)
    unroll: bool = fixed(False)
    return_sequences: bool = False
    return_state: bool = False
    stateful: bool = False
    go_backwards: bool = False


class CuDNNLayer(GatedLayer):
    """A layer whose ``bias`` is two, one after the other: of the input, then of the state."""

    supports_masking = False

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (2 * self.blocks * self.units,)

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: jax.Array | None, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        assert bias is not None
        return super().project(x, kernel, self.recurrence_bias(bias.reshape(2, -1)), noise)

    def recurrence_bias(self, biases: jax.Array) -> jax.Array:
        """The bias that the recurrence takes, from (2, blocks * units)."""
        return biases


class CuDNNGRU(CuDNNLayer, GRULayer, CuDNNFields, UnitsField):
    """`GRU` with ``reset_after=True`` and sigmoid gates; ``bias`` is (6 * units,), of the input,
    then of the state.

    Examples:
        >>> jc.layers.CuDNNGRU(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
          Machine Translation", 2014, <https://arxiv.org/abs/1406.1078>
        - Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014,
          <https://arxiv.org/abs/1410.0759>
    """

    unit_forget_bias: bool = fixed(False)

    reset_after = True


class CuDNNLSTM(CuDNNLayer, LSTMLayer, CuDNNFields, UnitsField):
    """`LSTM` with sigmoid gates; ``bias`` is (8 * units,), two that are added: of the input, then
    of the state.

    Examples:
        >>> jc.layers.CuDNNLSTM(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997,
          <https://doi.org/10.1162/neco.1997.9.8.1735>
        - Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014,
          <https://arxiv.org/abs/1410.0759>
    """

    def recurrence_bias(self, biases: jax.Array) -> jax.Array:
        return biases.sum(0)
