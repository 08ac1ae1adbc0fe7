"""Whether steps that are appended to sequences leave the answers of a network alone.

They do where each layer computes a step from that step alone or from those before it, or skips the
steps that a mask leaves out. Nothing is tried out: what is not known to do so is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import flax.linen as nn

from jaxcnn import activations
from jaxcnn.nn.base import Layer
from jaxcnn.nn.embedding import Embedding
from jaxcnn.nn.graph import Call, Graph, Topology, refs
from jaxcnn.nn.masking import Masking
from jaxcnn.nn.merge import Merge
from jaxcnn.nn.recurrent.base import Recurrent
from jaxcnn.nn.wrappers import Bidirectional


@dataclass(frozen=True)
class Steps:
    """A value with an axis of steps, at whose end steps were appended.

    Attributes:
        lengths: the inputs of the network whose numbers of steps it has.
        masked: whether a mask leaves the appended steps out.
        source: the number of the input that it is, unchanged.
        flat: whether steps are its last axis.
    """

    lengths: frozenset[int]
    masked: bool = False
    source: int | None = None
    flat: bool = False


# None stands for a value to which the appended steps have not come.
Value: TypeAlias = Steps | None


@dataclass(frozen=True)
class Padding:
    """What has to be known to pad inputs, and to cut outputs.

    Attributes:
        fills: the value of the appended steps of an input, where a layer asks for one.
        together: inputs that must have equally many steps.
    """

    fills: dict[int, float] = field(default_factory=dict)
    together: set[frozenset[int]] = field(default_factory=set)

    def follow(self, topology: Topology, inputs: Sequence[Value]) -> list[Value]:
        """What becomes of the steps on the way to the outputs.

        Raises:
            ValueError: a layer in which appended steps would change other values.
        """
        known = dict(enumerate(inputs))
        for call in topology.calls:
            given = [known[ref.index] for ref in refs(call.args)]
            further = [known[ref.index] for ref in refs(dict(call.kwargs))]
            outputs = [ref.index for ref in refs(call.outputs)]
            results: list[Value] = [None] * len(outputs)
            if any(given) or any(further):
                if any(further):
                    raise mixing(call)
                results = self.after(call, given, len(outputs))
            known.update(zip(outputs, results, strict=True))
        return [known[ref.index] for ref in refs(topology.outputs)]

    def after(self, call: Call, given: Sequence[Value], count: int) -> list[Value]:
        """The `count` outputs of a call of which at least one argument has appended steps."""
        module, first = call.module, given[0]
        if isinstance(module, Graph):
            return self.follow(module.topology, given)
        if isinstance(module, Merge) and by_step(module) and not any(v and v.flat for v in given):
            return [self.merged([value for value in given if value])]
        if first is None or any(given[1:]):
            raise mixing(call)
        if isinstance(module, Embedding):
            self.fill(first, 0.0)
            return [replace(first, masked=module.mask_zero and first.flat, source=None, flat=False)]
        if first.flat:
            raise mixing(call)
        if isinstance(module, Masking):
            self.fill(first, module.mask_value)
            return [replace(first, masked=True, source=None)]
        if isinstance(module, Recurrent | Bidirectional):
            return after_recurrent(call, first, count)
        if (causal(module) and not first.masked) or by_step(module):
            return [replace(first, source=None)] * count
        raise mixing(call)

    def fill(self, value: Steps, number: float) -> None:
        """Append steps of this number, where the value is an input of the network.

        Raises:
            ValueError: another layer asks for another number.
        """
        if value.source is not None and self.fills.setdefault(value.source, number) != number:
            raise ValueError(
                "two layers mask one input by different values, "
                f"{self.fills[value.source]:g} and {number:g}."
            )

    def merged(self, values: Sequence[Steps]) -> Steps:
        """An elementwise combination."""
        lengths = frozenset[int]().union(*(value.lengths for value in values))
        self.together.add(lengths)
        return Steps(lengths, all(value.masked for value in values))


def after_recurrent(call: Call, given: Steps, count: int) -> list[Value]:
    """The outputs of a recurrent layer, or of one in both directions: sequences, then states."""
    module = call.module
    both = isinstance(module, Bidirectional)
    layer = module.layer if isinstance(module, Bidirectional) else module
    assert isinstance(layer, Recurrent)
    sequences = layer.return_sequences
    if sequences and layer.go_backwards:  # the appended steps come first
        raise mixing(call)
    if not given.masked and (both or not sequences or layer.return_state or layer.stateful):
        raise mixing(call)
    sequence = replace(given, source=None) if sequences else None
    outputs = 2 if isinstance(module, Bidirectional) and module.merge_mode is None else 1
    return [sequence] * outputs + [None] * (count - outputs)


def by_step(module: nn.Module) -> bool:
    """Whether each step is computed from that step alone, in inference mode."""
    if not isinstance(module, Layer) or module.mixes_rows:
        return False
    function = getattr(module, "activation", None)
    if callable(function) and function not in activations.registry.items().values():
        return False
    axis = getattr(module, "axis", -1)
    features = axis in (-1, (-1,)) or (isinstance(axis, int) and axis >= 2)
    return module.traits.pointwise or (module.traits.by_step and features)


def causal(module: nn.Module) -> bool:
    """Whether each step is computed from that step and those before it."""
    strides = getattr(module, "strides", None)
    return getattr(module, "padding", None) == "causal" and strides in (1, (1,))


def mixing(call: Call) -> ValueError:
    """Why padding cannot be undone."""
    return ValueError(
        f"the layer '{call.name}' ({type(call.module).__name__}) may compute other values where "
        "steps are appended."
    )
