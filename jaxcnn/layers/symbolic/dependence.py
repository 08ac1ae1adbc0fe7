"""What symbolic tensors depend on: layers, their weights, and variables on their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, cast

import jax

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.operation import Operation, weights_in
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import Owner, Variable

Source: TypeAlias = SymbolicTensor | Variable


def layers_of(nodes: Iterable[Node]) -> list[Layer]:
    """The layers that take part in these calls, also those inside others, each once."""
    layers: dict[int, Layer] = {}
    for node in nodes:
        owners = [variable.owner for variable in weights_in(node)]
        for layer in (node.layer, *node.layer.all_layers(), *owners):
            layers[id(layer)] = cast(Layer, layer)
    return list(layers.values())


def free_variables(nodes: Iterable[Node]) -> list[Variable]:
    """The variables without a layer that these calls use, each once."""
    calls = [node.layer.saved for node in nodes if isinstance(node.layer, Operation)]
    return list({id(v): v for call in calls for v in call.variables() if v.owner is None}.values())


def influences(tensors: Iterable[SymbolicTensor]) -> set[int]:
    """The ids of the symbolic tensors, layers, and other variables that `tensors` depend on."""
    nodes, inputs = upstream(tensors, ())
    computed = [tensor for node in nodes for tensor in jax.tree.leaves(node.outputs)]
    return {id(thing) for thing in (*inputs, *computed, *layers_of(nodes), *free_variables(nodes))}


def owner_of(source: Source) -> Owner | Source:
    """The layer whose weight `source` is, or `source` itself when it stands alone."""
    return source.owner if isinstance(source, Variable) and source.owner is not None else source
