"""SimpleRNN, GRU and LSTM over sequences."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.nn.fields import UnitsField, fixed
from jaxcnn.nn.recurrent.base import GatedLayer, Sequences
from jaxcnn.nn.recurrent.fields import NoiseFields, RecurrentFields, SequenceFields
from jaxcnn.nn.recurrent.recurrences import GRURecurrence, LSTMRecurrence, SimpleRecurrence
from jaxcnn.nn.recurrent.scan import States
from jaxcnn.nn.traits import Traits
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.gru import gru
from jaxcnn.ops.lstm import lstm
from jaxcnn.ops.recurrence import pays
from jaxcnn.runtime.types import Identifier

TANH, SIGMOID = (activations.tanh, jnp.tanh), (activations.sigmoid, jax.nn.sigmoid)


class SequenceLayer(GatedLayer, SequenceFields, NoiseFields, RecurrentFields, UnitsField):
    """The arguments that SimpleRNN, GRU and LSTM have in common."""


class WholeLayer(GatedLayer):
    """A layer whose steps are all one operation where that pays.

    That needs the usual activations, and no noise.
    """

    def whole(
        self, kernel: jax.Array, given: Sequences, settings: StepSettings
    ) -> tuple[jax.Array, States]:
        """(outputs (batch, steps, units), final states but the first) by one operation.

        `kernel` has the dtype of the inputs; ``given.keep`` is (batch, steps).
        """
        raise NotImplementedError

    def loop(self, kernel: jax.Array, given: Sequences) -> tuple[jax.Array, States]:
        gate, reverse = self.recurrent_activation, self.go_backwards
        usual = self.activation in TANH and gate in (*SIGMOID, activations.hard_sigmoid)
        special = given.noise or self.unroll or not given.inputs[0].size
        if special or not usual or not pays():
            return super().loop(kernel, given)
        keep = None if given.keep is None else given.keep.swapaxes(0, 1)
        settings = StepSettings(hard=gate not in SIGMOID, reverse=reverse)
        kernel = kernel.astype(given.inputs[0].dtype)
        outputs, further = self.whole(kernel, given._replace(keep=keep), settings)
        outputs = jnp.moveaxis(outputs, 1, 0)  # (steps, batch, units)
        return outputs, [outputs[0 if reverse else -1], *further]


def joined(parts: Sequence[jax.Array]) -> jax.Array:
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts, -1)


class LSTMLayer(LSTMRecurrence, WholeLayer):
    """An LSTM."""

    def whole(
        self, kernel: jax.Array, given: Sequences, settings: StepSettings
    ) -> tuple[jax.Array, States]:
        h, c = given.states
        outputs, c = lstm(joined(given.inputs), kernel, h, c, settings, keep=given.keep)
        return outputs, [c]


class GRULayer(GRURecurrence, WholeLayer):
    """A GRU."""

    def whole(
        self, kernel: jax.Array, given: Sequences, settings: StepSettings
    ) -> tuple[jax.Array, States]:
        parts, bias = list(given.inputs), None
        if self.reset_after:
            bias = parts.pop().reshape(-1)
        outputs = gru(joined(parts), kernel, given.states[0], settings, keep=given.keep, bias=bias)
        return outputs, []


class SimpleRNN(SimpleRecurrence, SequenceLayer):
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)`` over (batch, steps, features).

    Weights: ``kernel`` (features, units), ``recurrent_kernel`` (units, units), ``bias`` (units,).
    In training mode `dropout` drops inputs and `recurrent_dropout` states, by masks that are the
    same at all steps (Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in
    Recurrent Neural Networks", 2016).

    Examples:
        >>> jc.layers.SimpleRNN(8)(jnp.ones((2, 10, 4))).shape
        (2, 8)

    References:
        - Elman, "Finding Structure in Time", 1990, <https://doi.org/10.1207/s15516709cog1402_1>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
    """

    recurrent_activation: Identifier = fixed(None)
    unit_forget_bias: bool = fixed(False)

    traits = Traits(has_cell=True)


class GRU(GRULayer, SequenceLayer):
    """Gated recurrent unit over (batch, steps, features), with x and h standing for their products
    with the kernels:

        z = recurrent_activation(x_z + h_z),  r = recurrent_activation(x_r + h_r)
        candidate = activation(x_c + (r * h)_c),  h = z * h + (1 - z) * candidate

    With `reset_after` the candidate is ``activation(x_c + r * h_c)``, as in cuDNN. Weights, gates
    in the order z, r, c: ``kernel`` (features, 3 * units), ``recurrent_kernel`` (units, 3 * units),
    ``bias`` (3 * units,) or, with `reset_after`, (2, 3 * units), of the input and of the state.
    `dropout` and `recurrent_dropout` as in SimpleRNN, by one mask for each gate or, with
    ``implementation=2``, one for all; otherwise `implementation` changes nothing.

    Examples:
        >>> jc.layers.GRU(8, return_sequences=True)(jnp.ones((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - Cho et al., "On the Properties of Neural Machine Translation: Encoder-Decoder Approaches",
          2014, <https://arxiv.org/abs/1409.1259>
        - Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
          Networks", 2016, <https://arxiv.org/abs/1512.05287>
    """

    unit_forget_bias: bool = fixed(False)
    reset_after: bool = False

    traits = Traits(has_cell=True, gates="zrh")


class LSTM(LSTMLayer, SequenceLayer):
    """Long short-term memory over (batch, steps, features), with x and h standing for their
    products with the kernels:

        i, f, o = recurrent_activation(x_i + h_i), recurrent_activation(x_f + h_f),
        recurrent_activation(x_o + h_o) c = f * c + i * activation(x_c + h_c), h = o * activation(c)

    Weights, gates in the order i, f, c, o: ``kernel`` (features, 4 * units), ``recurrent_kernel``
    (units, 4 * units), ``bias`` (4 * units,), which starts as 1 for the forget gate with
    `unit_forget_bias`. States: h and c. `dropout` and `recurrent_dropout` as in SimpleRNN, by one
    mask for each gate or, with ``implementation=2``, one for all; otherwise `implementation`
    changes nothing.

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

    traits = Traits(has_cell=True, gates="ifco")
