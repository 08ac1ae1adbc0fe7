"""SimpleRNN, GRU and LSTM over sequences, and what every recurrent layer shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations, initializers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.recurrent.cells import Gated, GRURecurrence, LSTMRecurrence, SimpleRecurrence
from jaxcnn.nn.recurrent.scan import gated_scan, in_parts
from jaxcnn.nn.traits import Traits
from jaxcnn.ops.lstm import lstm, pays

States = list[jax.Array]
TANH, SIGMOID = (activations.tanh, jnp.tanh), (activations.sigmoid, jax.nn.sigmoid)


class Recurrent(Layer):
    """A layer that goes through (batch, steps, features) step by step; subclasses have the options
    as fields.

    Called with ``initial_state``, a list of arrays (batch, width), or on the list
    ``[x, *initial_state]``. Gives the last output or, with `return_sequences`, those of all steps;
    with `return_state` a list of it and the final states.

    * A step that the mask leaves out keeps the states and repeats the previous output.
    * `go_backwards` starts at the last step; outputs come in the order in which they are made.
    * `stateful` starts from the states that the previous call ended with. They are in the
      collection ``state``, which the caller makes mutable; row i goes on where row i of the batch
      before ended, so the batch size is fixed.
    * `unroll` lays the steps out one after the other instead of looping: the same values, longer to
      compile.
    """

    supports_masking = True

    def run_steps(
        self, x: jax.Array, initial: Sequence[jax.Array] | None, keep: jax.Array | None, train: bool
    ) -> tuple[jax.Array, jax.Array, States]:
        """(outputs of all steps, the last, final states); `x` has the batch first, the outputs and
        `keep` time.
        """
        raise NotImplementedError

    def check_rank(self, x: jax.Array) -> None:
        arguments.rank(self.label, x, 3, "(batch, steps, features)")

    def inward(self, x: jax.Array) -> jax.Array:
        """An input or initial state in the order of axes in which the layer computes."""
        return x

    def outward(self, y: jax.Array) -> jax.Array:
        """An output or final state in the order of axes of the layer's inputs."""
        return y

    @nn.compact
    def __call__(
        self, inputs: Any, initial_state: Any = None, *, train: bool = False, mask: Any = None
    ) -> Any:
        layer: Any = self
        x, initial = unpacked(inputs, initial_state)
        self.check_rank(x)
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        if mask is not None and mask.shape != x.shape[:2]:
            raise ValueError(
                f"{self.label} does not support masking by an array of shape {mask.shape}; it "
                f"needs {x.shape[:2]}, "
                "(batch, steps)."
            )
        keep = None if mask is None else jnp.moveaxis(mask.astype(bool), 1, 0)
        initial = None if initial is None else [self.inward(state) for state in initial]
        outputs, last, states = self.run_steps(self.inward(x), initial, keep, train)
        if layer.stateful:
            for i, state in enumerate(states):
                self.update("state", f"state_{i}", state.astype(jnp.float32))
        if layer.return_sequences:
            outputs = jnp.moveaxis(jnp.flip(outputs, 0) if layer.go_backwards else outputs, 0, 1)
        else:
            outputs = last
        self.penalise_activity(getattr(self, "activity_regularizer", None), outputs)
        outputs = self.outward(outputs)
        return [outputs, *map(self.outward, states)] if layer.return_state else outputs

    def starting_states(
        self, initial: Sequence[jax.Array] | None, shapes: Sequence[tuple[int, ...]], dtype: Any
    ) -> States:
        """The states of these shapes, batch first, to begin with: as given, carried over, or zeros."""
        layer: Any = self
        carried = None
        if layer.stateful:
            zeros = initializers.Zeros()
            carried = [
                self.weight(f"state_{i}", zeros, shape, collection="state")
                for i, shape in enumerate(shapes)
            ]
            if carried[0].shape != shapes[0]:
                raise ValueError(
                    f"{self.label} is stateful and holds states of shape {carried[0].shape}, but "
                    "this input needs "
                    f"{shapes[0]}; every batch must have the size that the layer was built with."
                )
        if initial is None:
            return (
                [jnp.zeros(s, dtype) for s in shapes]
                if carried is None
                else [s.astype(dtype) for s in carried]
            )
        found = [jnp.shape(state) for state in initial]
        if found != list(shapes):
            raise ValueError(
                f"{self.label}: `initial_state` has shapes {found}; it needs {list(shapes)}."
            )
        return [jnp.asarray(state, dtype) for state in initial]

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        layer: Any = self
        mask = super().compute_mask(inputs, mask[0] if isinstance(mask, list | tuple) else mask)
        own = mask if layer.return_sequences else None
        return [own] + [None] * self.state_total if layer.return_state else own

    @property
    def state_total(self) -> int:
        """How many states there are."""
        raise NotImplementedError


def unpacked(inputs: Any, initial_state: Any) -> tuple[jax.Array, list[jax.Array] | None]:
    """(sequence, initial states or None) of a call on a sequence, or on the list of it and the
    states.
    """
    if isinstance(inputs, list | tuple):
        inputs, *listed = inputs
        initial_state = listed or initial_state
    if initial_state is None:
        return inputs, None
    return inputs, list(initial_state) if isinstance(initial_state, list | tuple) else [
        initial_state
    ]


class GatedLayer(Recurrent):
    """A recurrent layer whose steps are a `Gated` recurrence: the input's part of all steps is one
    product.
    """

    def run_steps(
        self, x: jax.Array, initial: Sequence[jax.Array] | None, keep: jax.Array | None, train: bool
    ) -> tuple[jax.Array, jax.Array, States]:
        layer: Any = self
        kernel, recurrent, bias = layer.declare(x.shape[-1])
        noise = [mask[:, None] for mask in layer.noise(layer.dropout, x[:, 0], train)]
        inputs = layer.project(x, kernel, bias, noise)
        batch, _, *places, width = inputs[0].shape
        shape = (batch, *places, width if len(inputs) > 1 else width // layer.blocks)
        states = self.starting_states(initial, [shape] * layer.state_count, inputs[0].dtype)
        noise = layer.noise(layer.recurrent_dropout, states[0], train)
        outputs, states = self.loop(recurrent, inputs, states, noise, keep)
        return outputs, states[0], states

    def loop(
        self,
        kernel: jax.Array,
        inputs: Sequence[jax.Array],
        states: States,
        noise: Sequence[jax.Array],
        keep: jax.Array | None,
    ) -> tuple[jax.Array, States]:
        """(outputs, time first; final states) from what `project` gives, batch first."""
        layer: Any = self
        by_time = [jnp.moveaxis(part, 1, 0) for part in in_parts(inputs, layer.blocks)]
        reverse, unroll = layer.go_backwards, layer.unroll
        return gated_scan(
            layer, kernel, by_time, states, noise=noise, keep=keep, reverse=reverse, unroll=unroll
        )

    @property
    def state_total(self) -> int:
        layer: Any = self
        count: int = layer.state_count
        return count


class LSTMLayer(LSTMRecurrence, GatedLayer):
    """An LSTM; with the usual activations, and without masks and noise, all steps are one operation
    where that pays.
    """

    def loop(
        self,
        kernel: jax.Array,
        inputs: Sequence[jax.Array],
        states: States,
        noise: Sequence[jax.Array],
        keep: jax.Array | None,
    ) -> tuple[jax.Array, States]:
        layer: Any = self
        gate, reverse = layer.recurrent_activation, layer.go_backwards
        usual = layer.activation in TANH and gate in (*SIGMOID, activations.hard_sigmoid)
        special = noise or keep is not None or layer.unroll or not inputs[0].size
        if special or not usual or not pays():
            return super().loop(kernel, inputs, states, noise, keep)
        joined = inputs[0] if len(inputs) == 1 else jnp.concatenate(inputs, -1)
        h, c = states
        outputs, c = lstm(joined, kernel.astype(joined.dtype), h, c, gate not in SIGMOID, reverse)
        outputs = jnp.moveaxis(outputs, 1, 0)
        return outputs, [outputs[0 if reverse else -1], c]


class SimpleRNN(SimpleRecurrence, GatedLayer):
    """``h = activation(x @ kernel + bias + h @ recurrent_kernel)`` over (batch, steps, features).

    Weights: ``kernel`` (features, units), ``recurrent_kernel`` (units, units), ``bias`` (units,).
    In training mode `dropout` drops inputs and `recurrent_dropout` states, by masks that are the
    same at all steps (Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in
    Recurrent Neural Networks", 2016).
    """

    traits = Traits(has_cell=True)

    units: int
    activation: Any = "tanh"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False


class GRU(GRURecurrence, GatedLayer):
    """Gated recurrent unit over (batch, steps, features), with x and h standing for their products
    with the kernels:

        z = recurrent_activation(x_z + h_z),  r = recurrent_activation(x_r + h_r)
        candidate = activation(x_c + (r * h)_c),  h = z * h + (1 - z) * candidate

    With `reset_after` the candidate is ``activation(x_c + r * h_c)``, as in cuDNN. Weights, gates
    in the order z, r, c: ``kernel`` (features, 3 * units), ``recurrent_kernel`` (units, 3 * units),
    ``bias`` (3 * units,) or, with `reset_after`, (2, 3 * units), of the input and of the state.
    `dropout` and `recurrent_dropout` as in SimpleRNN, by masks of its own for each gate or, with
    ``implementation=2``, one for all; otherwise `implementation` changes nothing. Source: Cho et
    al., "On the Properties of Neural Machine Translation", 2014.
    """

    traits = Traits(has_cell=True, gates="zrh")

    units: int
    activation: Any = "tanh"
    recurrent_activation: Any = "hard_sigmoid"
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False
    reset_after: bool = False


class LSTM(LSTMLayer):
    """Long short-term memory over (batch, steps, features), with x and h standing for their
    products with the kernels:

        i, f, o = recurrent_activation(x_i + h_i), recurrent_activation(x_f + h_f),
        recurrent_activation(x_o + h_o) c = f * c + i * activation(x_c + h_c), h = o * activation(c)

    Weights, gates in the order i, f, c, o: ``kernel`` (features, 4 * units), ``recurrent_kernel``
    (units, 4 * units), ``bias`` (4 * units,), which starts as 1 for the forget gate with
    `unit_forget_bias`. States: h and c. `dropout` and `recurrent_dropout` as in SimpleRNN, by masks
    of its own for each gate or, with ``implementation=2``, one for all; otherwise `implementation`
    changes nothing. Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997.
    """

    traits = Traits(has_cell=True, gates="ifco")

    units: int
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
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False


class CuDNN(Gated):
    """The settings that the cuDNN library fixes; no dropout, no masks."""

    use_bias = True
    dropout = recurrent_dropout = 0.0
    implementation = 2
    unroll = False
    activation = staticmethod(jnp.tanh)
    recurrent_activation = staticmethod(jax.nn.sigmoid)


class CuDNNGRU(CuDNN, GRURecurrence, GatedLayer):
    """`GRU` with ``reset_after=True`` and sigmoid gates; ``bias`` is (6 * units,), of the input,
    then of the state.
    """

    units: int
    kernel_initializer: Any = "glorot_uniform"
    recurrent_initializer: Any = "orthogonal"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    recurrent_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    recurrent_constraint: Any = None
    bias_constraint: Any = None
    return_sequences: bool = False
    return_state: bool = False
    stateful: bool = False
    go_backwards: bool = False

    supports_masking = False
    reset_after = True

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (6 * self.units,)

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: Any, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        return super().project(x, kernel, bias.reshape(2, -1), noise)


class CuDNNLSTM(CuDNN, LSTMLayer):
    """`LSTM` with sigmoid gates; ``bias`` is (8 * units,), two that are added: of the input, then
    of the state.
    """

    units: int
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
    return_state: bool = False
    stateful: bool = False
    go_backwards: bool = False

    supports_masking = False

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (8 * self.units,)

    def project(
        self, x: jax.Array, kernel: jax.Array, bias: Any, noise: Sequence[jax.Array]
    ) -> list[jax.Array]:
        return super().project(x, kernel, bias.reshape(2, -1).sum(0), noise)
