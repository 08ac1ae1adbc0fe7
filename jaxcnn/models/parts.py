"""Pure modules made from a model's graph: up to inner layers, with other layers in places, with a
layer's output moved.

All of them take ``model.variables``; what a part does not need of them is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax

from jaxcnn import activations
from jaxcnn.layers.input import InputLayer
from jaxcnn.nn import Activation, Add, Softmax
from jaxcnn.nn.graph import Call, Graph, Ref, Topology


def up_to(
    model: Any,
    layers: Sequence[str],
    replace: Callable[[nn.Module], nn.Module] = lambda module: module,
) -> Graph:
    """The module that gives the outputs of some layers as a list, in that order, and computes
    nothing else.

    Args:
        model: a functional or Sequential model.
        layers: names of its layers; of a layer that is called several times the last output is
            given.
        replace: applied to the module of every layer, such as to put average pools in place of max
            pools.

    Raises ValueError for a name that is not there.
    """
    topology = _topology(model)
    made = {call.name: call.outputs for call in topology.calls}
    for name in layers:
        if name not in made:
            found = model.get_layer(name)  # its error names the nearest
            raise ValueError(
                f"'{name}' is {type(found).__name__}, which computes nothing; name a layer after "
                "it."
            )
    wanted = [made[name] for name in layers]
    needed = {ref.index for ref in _refs(wanted)}
    calls = []
    for call in reversed(topology.calls):
        if needed & {ref.index for ref in _refs(call.outputs)}:
            needed |= {ref.index for ref in _refs((call.args, dict(call.kwargs)))}
            calls.append(dataclasses.replace(call, module=replace(call.module)))
    return Graph(Topology(topology.input_names, tuple(reversed(calls)), wanted))


def scores(model: Any) -> tuple[Graph, bool]:
    """(the module of the model's scores, whether the model makes probabilities of them by a
    softmax).

    The scores are what goes into the last softmax, or the outputs of a model that ends otherwise.
    Probabilities near 0 and 1 hardly move with the picture; scores do.
    """
    topology = _topology(model)
    *others, last = topology.calls
    module = last.module
    if isinstance(module, Softmax) or getattr(module, "activation", None) is activations.softmax:
        linear = (
            Activation("linear")
            if isinstance(module, Softmax | Activation)
            else module.clone(activation=None)
        )
        last = dataclasses.replace(last, module=linear)
        return Graph(dataclasses.replace(topology, calls=(*others, last))), True
    return Graph(topology), False


def moved(graph: Graph, layer: str) -> Graph:
    """`graph` with an array added to a layer's output: the module takes [*inputs, array].

    The gradient with respect to that array, at zeros, is the gradient with respect to the layer's
    output. The module gives (outputs of `graph`, the layer's output).
    """
    topology = graph.topology
    count = len(topology.input_names)

    def renumbered(structure: Any) -> Any:  # the new input takes the place behind the others
        return jax.tree.map(
            lambda ref: Ref(ref.index + (ref.index >= count)) if _is_ref(ref) else ref, structure
        )

    fresh = 2 + max(ref.index for call in topology.calls for ref in _refs(call.outputs))
    at = max(i for i, call in enumerate(topology.calls) if call.name == layer)
    output = renumbered(topology.calls[at].outputs)

    def after(structure: Any) -> Any:
        return jax.tree.map(
            lambda ref: Ref(fresh) if _is_ref(ref) and ref == output else ref, renumbered(structure)
        )

    calls = []
    for i, call in enumerate(topology.calls):
        change = after if i > at else renumbered
        args, kwargs = change((call.args, dict(call.kwargs)))
        calls.append(
            dataclasses.replace(call, args=args, kwargs=kwargs, outputs=renumbered(call.outputs))
        )
        if i == at:
            calls.append(Call(f"{layer}_moved", Add(), ([output, Ref(count)],), {}, Ref(fresh)))
    names = (*topology.input_names, f"{layer}_change")
    return Graph(Topology(names, tuple(calls), [after(topology.outputs), Ref(fresh)]))


def _topology(model: Any) -> Topology:
    if not isinstance(model.module, Graph):
        raise TypeError(
            f"A functional or Sequential model is needed; given {type(model).__name__}."
        )
    if all(isinstance(layer, InputLayer) for layer in model.layers):
        raise ValueError(f"Model '{model.name}' has no layers.")
    return model.module.topology


def _is_ref(leaf: Any) -> bool:
    return isinstance(leaf, Ref)


def _refs(structure: Any) -> list[Ref]:
    return [leaf for leaf in jax.tree.leaves(structure) if _is_ref(leaf)]
