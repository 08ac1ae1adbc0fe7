"""Pure modules made from a model's graph: parts of it, or the graph with a layer's output moved.

All of them take ``model.variables``; weights that a part does not need are left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import flax.linen as nn
import jax

from jaxcnn import activations
from jaxcnn.layers.input import InputLayer
from jaxcnn.models.network import Network
from jaxcnn.nn import Activation, Add, Softmax
from jaxcnn.nn.graph import Call, Graph, Ref, Topology, refs
from jaxcnn.runtime.types import PyTree


def up_to(
    model: Network,
    layers: Sequence[str],
    replace: Callable[[nn.Module], nn.Module] = lambda module: module,
) -> Graph:
    """The module that returns the outputs of some layers, in that order, and computes nothing else.

    Args:
        model: a functional or Sequential model.
        layers: names of its layers; a layer that is called several times stands for its last
            output.
        replace: applied to the module of every layer, such as to put average pools in place of max
            pools.

    Raises:
        ValueError: a name that is not there.
    """
    topology = topology_of(model)
    outputs = {call.name: call.outputs for call in topology.calls}
    for name in layers:
        if name not in outputs:
            layer = model.get_layer(name)  # its error names the nearest
            raise ValueError(
                f"'{name}' is {type(layer).__name__}, which computes nothing; name a layer after "
                "it."
            )
    results = [outputs[name] for name in layers]
    needed = {ref.index for ref in refs(results)}
    calls = []
    for call in reversed(topology.calls):
        if needed & {ref.index for ref in refs(call.outputs)}:
            needed |= {ref.index for ref in refs((call.args, dict(call.kwargs)))}
            calls.append(dataclasses.replace(call, module=replace(call.module)))
    return Graph(Topology(topology.input_names, tuple(reversed(calls)), results))


def scores(model: Network) -> tuple[Graph, bool]:
    """(the module of the model's scores, whether the model applies a softmax to them).

    The scores are the input of the last softmax, or the outputs of a model that ends otherwise.
    Probabilities near 0 and 1 hardly change with the image; scores do.
    """
    topology = topology_of(model)
    *others, last = topology.calls
    module = last.module
    if not isinstance(module, Softmax) and (
        getattr(module, "activation", None) is not activations.softmax
    ):
        return Graph(topology), False
    if isinstance(module, Softmax | Activation):
        linear: nn.Module = Activation("linear")
    else:
        linear = module.clone(activation=None)
    calls = (*others, dataclasses.replace(last, module=linear))
    return Graph(dataclasses.replace(topology, calls=calls)), True


def moved(graph: Graph, layer: str) -> Graph:
    """`graph` with an array added to a layer's output: the module takes [*inputs, array].

    The gradient with respect to that array, at zeros, is the gradient with respect to the layer's
    output. The module returns (outputs of `graph`, the layer's output).
    """
    topology = graph.topology
    count = len(topology.input_names)

    def renumbered(structure: PyTree) -> PyTree:  # the new input takes the place after the others
        return jax.tree.map(
            lambda ref: Ref(ref.index + (ref.index >= count)) if isinstance(ref, Ref) else ref,
            structure,
        )

    unused = 2 + max(ref.index for call in topology.calls for ref in refs(call.outputs))
    at = max(i for i, call in enumerate(topology.calls) if call.name == layer)
    output = renumbered(topology.calls[at].outputs)

    def after(structure: PyTree) -> PyTree:
        return jax.tree.map(
            lambda ref: Ref(unused) if isinstance(ref, Ref) and ref == output else ref,
            renumbered(structure),
        )

    calls = []
    for i, call in enumerate(topology.calls):
        change = after if i > at else renumbered
        args, kwargs = change((call.args, dict(call.kwargs)))
        calls.append(
            dataclasses.replace(call, args=args, kwargs=kwargs, outputs=renumbered(call.outputs))
        )
        if i == at:
            calls.append(Call(f"{layer}_moved", Add(), ([output, Ref(count)],), {}, Ref(unused)))
    names = (*topology.input_names, f"{layer}_change")
    return Graph(Topology(names, tuple(calls), [after(topology.outputs), Ref(unused)]))


def topology_of(model: Network) -> Topology:
    """The graph of a functional or Sequential model.

    Raises:
        TypeError: another model.
        ValueError: a model without layers.
    """
    if not isinstance(model.module, Graph):
        raise TypeError(
            f"A functional or Sequential model is needed; given {type(model).__name__}."
        )
    if all(isinstance(layer, InputLayer) for layer in model.layers):
        raise ValueError(f"Model '{model.name}' has no layers.")
    return model.module.topology
