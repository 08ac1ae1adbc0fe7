"""Layers whose function is evaluated on symbolic tensors, as Keras did with all of them.

A function of arrays is traced into a module. One that closes over tensors of the graph, or that
fits one batch size only, cannot be: it is called once on the symbolic inputs, and the calls of
layers and operations that it makes stand for it, hidden in the layer's own call.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol, cast

import flax.linen as nn
import jax

from jaxcnn.layers import symbolic, weight_tree
from jaxcnn.layers.call_record import record_call
from jaxcnn.layers.input_spec import check_inputs
from jaxcnn.layers.symbolic.tensor import Evaluated, GraphLayer, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.trace_at_sizes import trace_at
from jaxcnn.layers.tracing import DEFAULT_SIZES, trace
from jaxcnn.layers.user_layer import Additions, EvaluatedModule, RunsCall, UserModule
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.nn import Lambda, TimeDistributed
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.base import any_mask
from jaxcnn.nn.functions import Through
from jaxcnn.nn.graph import computes_masks
from jaxcnn.nn.lambda_layer import alone, takes_mask
from jaxcnn.runtime.captures import Captured, symbolically
from jaxcnn.runtime.types import ArrayFunction, Config, PyTree


class CalledLayer(WeightOwner, Protocol):
    """A layer that may have a function that a user wrote."""

    additions: Additions


def symbolic_call(
    layer: CalledLayer, args: tuple[PyTree, ...], kwargs: Config, reason: Exception
) -> PyTree:
    """Put a call of a layer on record that cannot be traced with arrays for this `reason`.

    Raises:
        Exception: the reason, where there is no function that a user wrote, or it cannot be
            evaluated on symbolic tensors either.
    """
    function = user_function(layer.module)
    if isinstance(layer.module, TimeDistributed) and isinstance(reason, Captured):
        inner = cast(Callable[..., PyTree], layer.children["layer"])
        function = functools.partial(step_by_step, inner)
    unbuilt = isinstance(layer.module, UserModule) and not layer.additions.built
    if function is None or unbuilt:
        raise reason
    check_inputs(layer.name, vars(layer).get("input_spec"), args[0])
    try:
        return evaluated_call(layer, function, args, kwargs)
    except Exception:
        if isinstance(reason, Captured):
            raise
        raise reason from None


def require_training(layer: CalledLayer, args: tuple[PyTree, ...], kwargs: Config) -> None:
    """Trace a user's `call` that goes by the mode in training, too.

    Raises:
        Captured, AttributeError: there it uses the graph, or what arrays do not have.
    """
    module = layer.module
    if not isinstance(module, RunsCall) or "training" in kwargs:
        return
    if {"training", "train"} & inspect.signature(module.layer.call).parameters.keys():
        with contextlib.suppress(ValueError, TypeError):
            trace_at(module, args, {**kwargs, "training": True}, DEFAULT_SIZES[0])


def keep_tensors(layer: CalledLayer, args: tuple[PyTree, ...], kwargs: Config) -> None:
    """Let tensors that a traced `call` keeps as attributes be those of its symbolic inputs.

    Those of a `call` that cannot be evaluated on symbolic tensors are not there afterwards.
    """
    if isinstance(layer.module, UserModule) and layer.additions.kept:
        with contextlib.suppress(Exception), symbolically(), layer.additions.recording():
            masks = symbolic.masks_of(args[0])
            given = {"mask": masks} if any_mask(masks) and reads_mask(layer.module) else {}
            layer.module.layer.call(*args, **{**given, **kwargs})


def user_function(module: nn.Module) -> Callable[..., PyTree] | None:
    """The function that a user wrote for a layer with this module, None in one of the library."""
    if isinstance(module, UserModule):
        return module.layer.call
    if isinstance(module, Lambda):
        function, arguments = cast(ArrayFunction, module.function), dict(module.arguments or {})
        return lambda inputs, **kwargs: function(inputs, **{**arguments, **kwargs})
    return None


def step_by_step(inner: Callable[..., PyTree], inputs: SymbolicTensor) -> PyTree:
    """The outputs of a layer on each step of its inputs, computed one after another.

    So a tensor of the graph may be used in each, with its rows.

    Raises:
        ValueError: the number of steps is not known.
    """
    steps = tuple(inputs.shape)[1]
    if steps is None:
        raise ValueError(
            "A layer that uses tensors of the graph is called on each step of a known number of "
            "them only: give the number of steps to Input."
        )
    outputs = [inner(cast(Any, inputs)[:, step]) for step in range(steps)]
    return jax.tree.map(lambda *parts: symbolic.backend.stack(list(parts), axis=1), *outputs)


def reads_mask(module: nn.Module) -> bool:
    """Whether the function that a user wrote for this module takes the mask of the inputs."""
    if isinstance(module, UserModule):
        return takes_mask(module.layer.call)
    return isinstance(module, Lambda) and takes_mask(cast(ArrayFunction, module.function))


def evaluated_call(
    layer: CalledLayer,
    function: Callable[..., PyTree],
    args: tuple[PyTree, ...],
    kwargs: Config,
) -> PyTree:
    """Put a call on record by what its function makes of the symbolic inputs.

    Raises:
        TypeError: the function returns something else than symbolic tensors.
    """
    with symbolically(), layer.additions.recording():
        masks = symbolic.masks_of(args[0])
        given = {"mask": masks} if any_mask(masks) and reads_mask(layer.module) else {}
        result = function(*args, **{**given, **kwargs})
        losses, updates = layer.additions.losses, layer.additions.updates
    outputs = alone(result)
    if not symbolic_leaves(outputs) or not all(
        isinstance(leaf, SymbolicTensor) for leaf in jax.tree.leaves(outputs)
    ):
        raise TypeError(
            f"Layer '{layer.name}': its function must return symbolic tensors, as it uses some of "
            f"the graph; it returned {result!r}."
        )
    if isinstance(layer.module, ModuleBase) and (any_mask(masks) or computes_masks(layer.module)):
        with symbolically():
            outputs = symbolic.with_masks(outputs, layer.module.compute_mask(args[0], masks))
    arguments: tuple[PyTree, ...] = (outputs,)
    module: nn.Module = Through()
    if isinstance(layer.module, UserModule):
        updated = tuple(variable for variable, _ in updates)
        for variable in updated:
            layer.weights_store.keep_beside(variable)
        module = EvaluatedModule(layer.module.layer, updated=updated)
        arguments = (outputs, losses, [value for _, value in updates])
    traced = trace(module, arguments, {})
    if layer.weights_store.specs is None:
        weight_tree.adopt(layer, traced.weights, (args, kwargs))
    called = cast(GraphLayer, layer)
    return record_call(called, args, kwargs, traced, evaluated=Evaluated(module, arguments))
