"""The record of a layer's symbolic calls, and what can be asked of it."""

from __future__ import annotations

from typing import Literal

import jax

from jaxcnn.layers.resting import resting_at_call
from jaxcnn.layers.symbolic.tensor import Evaluated, GraphLayer, Node, SymbolicTensor, shapes
from jaxcnn.layers.trace_at_sizes import Traced
from jaxcnn.runtime.types import Config, PyTree

Side = Literal["input", "output"]


def record_call(
    layer: GraphLayer,
    args: tuple[PyTree, ...],
    kwargs: Config,
    traced: Traced,
    evaluated: Evaluated | None = None,
) -> PyTree:
    """Put a symbolic call on record: the symbolic outputs, as the trace of the call found them."""
    node = Node(layer, args, kwargs, evaluated=evaluated, resting=resting_at_call(layer))
    index = len(layer.inbound_nodes)
    layer.inbound_nodes.append(node)
    leaves, structure = jax.tree.flatten(traced.outputs)
    masks = jax.tree.leaves(traced.masks, is_leaf=lambda mask: mask is None)
    if len(masks) != len(leaves):
        masks = [None] * len(leaves)
    tensors = [
        SymbolicTensor(
            shape=tuple(leaf.shape),
            dtype=leaf.dtype,
            layer=layer,
            node_index=index,
            tensor_index=i,
            mask_shape=None if mask is None else tuple(mask.shape),
        )
        for i, (leaf, mask) in enumerate(zip(leaves, masks, strict=True))
    ]
    node.outputs = jax.tree.unflatten(structure, tensors)
    return node.outputs


def earlier_outputs(layer: GraphLayer, args: tuple[PyTree, ...]) -> PyTree:
    """What an earlier symbolic call on the very same tensors, and nothing else, returned, or None.

    An old Keras computes a model once for the same tensors, however often it is called on them. The
    graph of a model itself is no call of it.
    """
    given = jax.tree.leaves(args)
    if not given or not all(isinstance(tensor, SymbolicTensor) for tensor in given):
        return None
    for node in layer.inbound_nodes:
        if any(tensor.layer is not layer for tensor in jax.tree.leaves(node.outputs)):
            continue
        before = jax.tree.leaves((node.args, node.kwargs))
        if len(before) == len(given) and all(a is b for a, b in zip(before, given, strict=True)):
            return node.outputs
    return None


def node_at(layer: GraphLayer, index: int) -> Node:
    """The call number `index` of `layer`.

    Raises:
        ValueError: there is no such call.
    """
    if not 0 <= index < len(layer.inbound_nodes):
        raise ValueError(
            f"Layer '{layer.name}' has {len(layer.inbound_nodes)} inbound nodes; node {index} does "
            "not exist."
        )
    return layer.inbound_nodes[index]


def tensors_of(node: Node, side: Side) -> PyTree:
    """The inputs or the outputs of a call."""
    return node.given if side == "input" else node.outputs


def only_tensors(layer: GraphLayer, side: Side) -> PyTree:
    """The inputs or the outputs of a layer that was called once.

    Raises:
        AttributeError: it was called never or several times.
    """
    if not layer.inbound_nodes:
        raise AttributeError(
            f"Layer {layer.name} has never been called and thus has no defined {side}."
        )
    if len(layer.inbound_nodes) > 1:
        raise AttributeError(
            f'Layer {layer.name} has multiple inbound nodes, hence the notion of "layer {side}" '
            f"is ill-defined. Use `get_{side}_at(node_index)` instead."
        )
    return tensors_of(layer.inbound_nodes[0], side)


def agreed_shape(layer: GraphLayer, side: Side) -> PyTree:
    """The shape of the inputs or of the outputs, the same in every call.

    Raises:
        AttributeError: the layer was not called, or its calls have different shapes.
    """
    if not layer.inbound_nodes:
        raise AttributeError(
            f"Layer {layer.name} has never been called and thus has no defined {side} shape."
        )
    first, *others = [shapes(tensors_of(node, side)) for node in layer.inbound_nodes]
    if any(shape != first for shape in others):
        raise AttributeError(
            f"Layer {layer.name} has multiple inbound nodes with different {side} shapes; "
            f"use `get_{side}_shape_at(node_index)` instead."
        )
    return first
