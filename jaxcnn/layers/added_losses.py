"""Symbolic losses of layers and models: penalties, and what was added outside of any `call`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import jax
import jax.numpy as jnp

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall, Slot
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.trace_at_sizes import sized
from jaxcnn.layers.tracing import DEFAULT_SIZES
from jaxcnn.layers.user_layer import AddedLoss, RunsCall, UserModule
from jaxcnn.layers.variable import Variable, is_variable
from jaxcnn.layers.weight_tree import with_listed
from jaxcnn.nn import TimeDistributed
from jaxcnn.runtime.captures import Captured, is_of_library, symbolically, with_arrays
from jaxcnn.runtime.types import ArrayFunction, PyTree


def added_outside(model: Layer) -> list[AddedLoss]:
    """All that was added to a model and to its layers outside of any `call`."""
    return [added for part in with_listed(model) for added in part.additions.outside]


def added_losses(model: Layer, added: Sequence[AddedLoss]) -> list[SymbolicTensor]:
    """Those of the losses `added` to a model and to its layers that count for it, each once.

    One that was added with `inputs` counts where the only call of its layer, or a call on these
    inputs, is in the model.
    """
    nodes = nodes_of(model)
    chosen = {id(loss.tensor) for loss in added}
    losses = [
        tensor
        for part in with_listed(model)
        for tensor in counting(part, part is model, nodes)
        if id(tensor) in chosen
    ]
    losses += [t for part in with_listed(model) for t in penalties_of_the_graph(part, nodes)]
    return list({id(tensor): tensor for tensor in losses}.values())


def nodes_of(model: Layer) -> set[int]:
    """The ids of the calls in a model, or in those inside it."""
    levels = (level for part in with_listed(model) for level in getattr(part, "node_levels", ()))
    return {id(node) for level in levels for node in level}


def counting(layer: Layer, is_model: bool, nodes: set[int]) -> Iterator[SymbolicTensor]:
    """The losses that were added to `layer` and count in a model with these calls."""
    for added in layer.additions.outside:
        inputs = symbolic_leaves(added.inputs)
        calls = [node for node in layer.inbound_nodes if id(node) in nodes]
        matches = len(layer.inbound_nodes) < 2 or any(node.inbound == inputs for node in calls)
        if not inputs or (matches and not is_model):
            yield added.tensor


def penalties_of_the_graph(layer: Layer, nodes: set[int]) -> Iterator[SymbolicTensor]:
    """The penalties of weights and outputs whose regularizers close over tensors of the graph."""
    for spec in layer.weights_store.specs or ():
        penalty: PyTree = spec.regularizer
        if uses_graph(penalty, jax.ShapeDtypeStruct(spec.shape, spec.dtype)):
            with symbolically():
                yield penalty(layer.variable((spec.collection, *spec.path)))
    regularizer: PyTree = getattr(layer.module, "activity_regularizer", None)
    for node in layer.inbound_nodes if callable(regularizer) else ():
        for tensor in symbolic_leaves(node.outputs)[:1] if id(node) in nodes else ():
            if uses_graph(regularizer, sized(tensor.shape, tensor.dtype, DEFAULT_SIZES[0])):
                with symbolically():
                    yield regularizer(tensor)


def uses_graph(function: ArrayFunction | None, *examples: jax.ShapeDtypeStruct) -> bool:
    """Whether a function that a user wrote closes over tensors of the graph."""
    if function is None or is_of_library(function):
        return False
    try:
        with with_arrays():
            jax.eval_shape(function, *examples)
    except Captured:
        return True
    return False


def losses_of(layer: Layer) -> list[SymbolicTensor]:
    """All that a layer or model adds to the loss, as symbolic tensors.

    First the penalties of weights, then those of outputs and what `call` added, then what was added
    outside of it; a model inside another adds its own for each of its calls.
    """
    nodes = nodes_of(layer) or {id(node) for node in layer.inbound_nodes}
    parts = unique_parts(layer)
    losses = [
        *(penalty for part in parts for penalty in penalties(part)),
        *losses_inside(layer),
        *(
            loss
            for part in parts
            for loss in counting(part, part is layer and bool(layer.children), nodes)
        ),
    ]
    return list({id(tensor): tensor for tensor in losses}.values())


def unique_parts(layer: Layer) -> list[Layer]:
    """The layers inside a layer at any depth, each once, and the layer itself."""
    return list({id(part): part for part in (*layer.all_layers(), layer)}.values())


def losses_inside(layer: Layer) -> Iterator[SymbolicTensor]:
    """The losses of all calls of a layer, or of all calls inside a model."""
    levels = getattr(layer, "node_levels", None)
    nodes = layer.inbound_nodes if levels is None else [node for level in levels for node in level]
    for node in nodes:
        yield from losses_of_call(node)


def losses_for(layer: Layer, inputs: PyTree) -> list[TensorLike]:
    """What a call of a layer on these inputs adds; for None what depends on no inputs."""
    parts = unique_parts(layer)
    added = [
        loss.given
        for part in parts
        for loss in part.additions.outside
        if symbolic_leaves(loss.inputs) == symbolic_leaves(inputs)
    ]
    if inputs is None:
        return [*(penalty for part in parts for penalty in penalties(part)), *added]
    given = jax.tree.leaves(inputs, is_leaf=is_variable)
    calls = [node for node in layer.inbound_nodes if is_called_on(node, given)]
    return [*(loss for node in calls for loss in losses_of_call(node)), *added]


def is_called_on(node: Node, given: Sequence[PyTree]) -> bool:
    """Whether a call has these inputs, symbolic tensors or variables."""

    def source(tensor: SymbolicTensor) -> PyTree:
        saved = getattr(tensor.layer, "saved", None)
        read = saved.variables() if saved is not None and saved.name == "identity" else ()
        return read[0] if read else tensor

    tensors = [source(tensor) for tensor in node.inbound]
    return len(tensors) == len(given) and all(
        tensor is leaf for tensor, leaf in zip(tensors, given, strict=True)
    )


def may_add_losses(layer: Layer) -> bool:
    """Whether a layer or model adds to the loss, or a user's `call` in it may do so."""
    users = any(isinstance(part.module, RunsCall) for part in layer.all_layers())
    return users or bool(losses_of(layer))


def penalties(layer: Layer) -> Iterator[SymbolicTensor]:
    """The penalties of the layer's own weights."""
    for spec in layer.weights_store.specs or ():
        if spec.regularizer is not None:
            variable = layer.variable((spec.collection, *spec.path))
            yield computed(spec.regularizer, [], variable)


def losses_of_call(node: Node) -> Iterator[SymbolicTensor]:
    """The penalties of the outputs of a call, and the losses that `call` has added in it."""
    layer = cast(Layer, node.layer)
    module = layer.module
    regularizer = getattr(module, "activity_regularizer", None)
    if isinstance(module, TimeDistributed):
        regularizer = getattr(module.layer, "activity_regularizer", None)
    if callable(regularizer):
        yield computed(regularizer, symbolic_leaves(node.outputs)[:1], Slot(0))
    if node.evaluated is not None:
        yield from symbolic_leaves(node.evaluated.arguments[1:2])
    elif isinstance(module, UserModule):
        with symbolically(), layer.additions.recording():
            layer.call(*node.args, **node.kwargs)
            losses = symbolic_leaves(layer.additions.losses)
        yield from losses
    elif hasattr(layer, "node_levels") and (inside := list(losses_inside(layer))):
        model: Any = layer
        yield from symbolic_leaves(model.extended(model.inputs, inside)(*node.args))


def scalar(value: Variable | float) -> SymbolicTensor:
    """A number, or a variable as it is in each run, as a loss."""
    return computed(jnp.asarray, [], value)


def computed(
    function: ArrayFunction, inputs: list[SymbolicTensor], argument: object
) -> SymbolicTensor:
    """The value of a function of one argument: a variable, or the slot of an input."""
    result: SymbolicTensor = Operation(SavedCall("penalty", function, (argument,)))(inputs)
    return result
