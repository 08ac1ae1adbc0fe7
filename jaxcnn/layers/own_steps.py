"""Recurrent layers whose subclass says what a step computes, as Keras 1 and 2.0 let it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from jaxcnn.layers import symbolic
from jaxcnn.layers.gates import has_gates_apart
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import library_part
from jaxcnn.nn.recurrent.recurrences import GatedModule
from jaxcnn.nn.recurrent.scan import in_parts, kernel_groups, recurrence
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.dialect import WEIGHTS_OF_1, dialect

# The weights that have a part for each gate, and their names in Keras 1.
OF_GATES = {name: WEIGHTS_OF_1[name] for name in ("kernel", "recurrent_kernel", "bias")}
# The methods that say it.
STEPPING = ("step", "preprocess_input", "get_constants", "get_initial_states")


class SteppingLayer(Protocol):
    """A recurrent layer of the library."""

    units: int
    implementation: int
    dropout: float
    recurrent_dropout: float
    stateful: bool

    @property
    def module(self) -> PyTree: ...

    def get_initial_state(self, inputs: PyTree) -> list[PyTree]: ...


def steps_of_its_own(kind: type, methods: Sequence[str]) -> bool:
    """Whether a class of layers has one of these methods that the library has not written."""
    return any(not is_of_library(getattr(kind, name)) for name in methods)


def part_of_gates(layer: PyTree, name: str) -> PyTree:
    """The part of a weight that belongs to a gate, such as ``kernel_i``, or, where each gate has
    weights of its own, what they are side by side: ``kernel``, in Keras 1 ``W``.

    Args:
        layer: the layer.
        name: of the weight or of its part.

    Raises:
        AttributeError: no such weight.
    """
    gates = layer.traits.gates
    whole, _, gate = name.rpartition("_")
    part = len(gate) == 1 and gate in gates
    label = next((new for new in OF_GATES if (whole if part else name) in (new, OF_GATES[new])), "")
    apart = has_gates_apart(layer)
    if not label or apart == part or (part and dialect().of_keras_1):
        raise AttributeError(name)
    if not layer.use_bias and label == "bias":
        return None
    if apart:
        return symbolic.backend.concatenate([getattr(layer, f"{label}_{gate}") for gate in gates])
    start = gates.index(gate) * layer.units
    return getattr(layer, label)[..., start : start + layer.units]


class StepsOfThen:
    """What LSTM, GRU and SimpleRNN were made of until Keras 2.0, for subclasses to override."""

    @property
    def _gated(self) -> GatedModule:
        return cast(GatedModule, library_part(cast(SteppingLayer, self).module))

    def _masks(self, ones: PyTree, rate: float) -> PyTree:
        """Masks of dropout, one for each gate, alone where there is one gate."""
        K = symbolic.backend
        masks = [
            K.in_train_phase(K.dropout(ones, rate), ones) if rate else K.cast_to_floatx(1.0)
            for _ in range(self._gated.blocks)
        ]
        return masks if len(masks) > 1 else masks[0]

    def preprocess_input(self, inputs: PyTree, training: bool | None = None) -> PyTree:
        """What the steps run over: with ``implementation=0`` all gates' products with the inputs.

        Args:
            inputs: (batch, steps, features).
            training: the mode of the call decides.
        """
        layer, K = cast(SteppingLayer, self), symbolic.backend
        if layer.implementation != 0:
            return inputs
        noise = []
        if layer.dropout:
            masks = self._masks(K.ones_like(inputs[:, 0]), layer.dropout)
            noise = [K.expand_dims(mask, 1) for mask in listed(masks)]
        kernel, bias = (weight_of(self, name) for name in ("kernel", "bias"))
        return K.concatenate(self._gated.project(inputs, kernel, bias, noise))

    def get_constants(self, inputs: PyTree, training: bool | None = None) -> list[PyTree]:
        """What every step is given after the states: masks of dropout, or the number 1.

        Args:
            inputs: (batch, steps, features).
            training: the mode of the call decides.
        """
        layer, K = cast(SteppingLayer, self), symbolic.backend
        ones = K.ones_like(inputs[:, 0])
        state = K.tile(ones[:, :1], [1, layer.units])
        at_steps = layer.implementation != 0
        of_inputs = self._masks(ones, layer.dropout if at_steps else 0)
        of_states = self._masks(state, layer.recurrent_dropout)
        return [of_states, of_inputs] if dialect().of_keras_1 else [of_inputs, of_states]

    def get_initial_states(self, x: PyTree) -> list[PyTree]:
        """`get_initial_state` under its name in Keras 1.

        Args:
            x: (batch, steps, features).
        """
        return cast(SteppingLayer, self).get_initial_state(x)

    def step(self, inputs: PyTree, states: Sequence[PyTree]) -> tuple[PyTree, list[PyTree]]:
        """(output, new states) of one step.

        Args:
            inputs: of the step, as `preprocess_input` left them.
            states: the states, then the constants.
        """
        layer, module = cast(SteppingLayer, self), self._gated
        count = module.state_count
        masks = [listed(constant) for constant in states[count : count + 2]]
        of_inputs, of_states = reversed(masks) if dialect().of_keras_1 else masks
        if layer.implementation == 2:
            of_inputs, of_states = of_inputs[:1], of_states[:1]
        kernel, recurrent, bias = (
            weight_of(self, name) for name in ("kernel", "recurrent_kernel", "bias")
        )
        parts = [inputs]
        if layer.implementation != 0:
            parts = module.project(inputs, kernel, bias, of_inputs)
        gates = in_parts(parts, module.blocks)
        add, _ = recurrence(module, gates, kernel_groups(module, recurrent), of_states)
        new = module.step(gates, list(states[:count]), add)
        return new[0], new

    def run_own_steps(
        self, inputs: PyTree, mask: PyTree, initial_state: Sequence[PyTree] | None = None
    ) -> PyTree:
        """What the call returns where a subclass says what a step computes."""
        layer, K = cast(PyTree, self), symbolic.backend
        if isinstance(inputs, list | tuple):
            inputs, *given = inputs
            initial_state = given or initial_state
        if isinstance(mask, list | tuple):
            mask = mask[0]
        carried = [
            vars(self)[f"state_{i}"] for i in range(self._gated.state_count * layer.stateful)
        ]
        if initial_state is None:
            older = not is_of_library(type(self).get_initial_states)
            start = self.get_initial_states if older else layer.get_initial_state
            initial_state = carried or start(inputs)
        last, outputs, states = K.rnn(
            self.step,
            self.preprocess_input(inputs),
            list(initial_state),
            go_backwards=layer.go_backwards,
            mask=mask,
            constants=self.get_constants(inputs),
            unroll=layer.unroll,
        )
        if carried:
            layer.add_update(list(zip(carried, states, strict=True)), inputs)
        output = outputs if layer.return_sequences else last
        return [output, *states] if layer.return_state else output


def listed(masks: PyTree) -> list[PyTree]:
    """A list as it is, a single mask as a list of it."""
    return list(masks) if isinstance(masks, list | tuple) else [masks]


def weight_of(layer: PyTree, name: str) -> PyTree:
    """A weight of the layer as an array of the running trace; None where there is no bias."""
    if has_gates_apart(layer):
        return part_of_gates(layer, name)
    weight = vars(layer).get(name)
    return weight.value if isinstance(weight, Variable) else weight
