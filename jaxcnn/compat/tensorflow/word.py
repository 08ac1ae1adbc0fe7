"""The decorator that makes a function of arrays a word of TensorFlow."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias

import jax
import numpy as np

from jaxcnn.compat.tensorflow.graph import get_default_graph
from jaxcnn.compat.tensorflow.operation import TensorOperation
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.layers.symbolic.operation import RANDOM
from jaxcnn.layers.symbolic.operation import Operation as SymbolicOperation
from jaxcnn.layers.symbolic.saved_call import SavedCall, symbolic_arguments, with_slots
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.trace_at_sizes import TensorSpec
from jaxcnn.layers.variable import being_compiled, is_variable
from jaxcnn.runtime.captures import computes_arrays
from jaxcnn.runtime.gradient_rules import by_rule
from jaxcnn.runtime.types import DTypeLike, PyTree, Settings, Shape

# A function of arrays, or the word made of it, which also takes tensors and a name.
Word: TypeAlias = Callable[..., Any]
# The arguments of a call by name -> shape and dtype of its result.
ShapeRule: TypeAlias = Callable[[Settings], tuple[Shape, DTypeLike]]


def word(
    label: str,
    at_once: Sequence[str] = (),
    by_value: ShapeRule | None = None,
    sizes: bool = False,
) -> Callable[[Word], Word]:
    """Decorator: a function of arrays as a word of TensorFlow.

    Called on tensors, variables or values it makes a tensor of the graph, which may be given a
    `name`; called on arrays of JAX, or inside a function that is being traced, it computes.

    Args:
        label: the name of the operation in the graph; its part before a slash gets the number.
        at_once: arguments whose value shapes the result: a tensor of a constant stands for it.
        by_value: shape and dtype of the result, whose true size depends on the values.
        sizes: whether the result for numbers may be a size or a shape, which must be known while a
            function is traced.
    """

    def decorate(function: Word) -> Word:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: PyTree, name: str | None = None, **kwargs: PyTree) -> PyTree:
            bound = signature.bind(*args, **kwargs)
            for argument in at_once:
                if argument in bound.arguments:
                    value = known_now(label, argument, bound.arguments[argument])
                    bound.arguments[argument] = value
            if computes(bound.args, bound.kwargs):
                sizes_known = known_values(bound.args, bound.kwargs) if sizes else nullcontext()
                with sizes_known:
                    return by_rule(label, function)(*bound.args, **bound.kwargs)
            declared = None if by_value is None else TensorSpec(*by_value(bound.arguments))
            return recorded(
                by_rule(label, function),
                numbered(label, name),
                (bound.args, bound.kwargs),
                declared,
                by_value,
            )

        return call

    return decorate


def recorded(
    function: Callable[..., Any],
    name: str,
    arguments: tuple[PyTree, PyTree],
    declared: TensorSpec | None = None,
    by_value: object = None,
) -> PyTree:
    """The tensors of the operation `name` that computes `function` of (args, kwargs)."""
    tensors = symbolic_arguments(arguments)
    args, kwargs = with_slots(arguments, tensors)
    saved = SavedCall(name, function, args, kwargs)
    operation = TensorOperation(saved, name, declared, by_value is not None)
    return operation(tensors[0] if len(tensors) == 1 else tensors)


def numbered(label: str, name: str | None) -> str:
    """The name in the graph of an operation that its program calls `name`."""
    first, slash, rest = label.partition("/")
    return get_default_graph().unique_name(name or first) + slash + rest


def computes(*structure: PyTree) -> bool:
    """Whether a call on these arguments computes, rather than become part of the graph."""
    if symbolic_arguments(structure):
        return False
    leaves = jax.tree.leaves(structure, is_leaf=is_variable)
    return (
        computes_arrays() or being_compiled() or any(isinstance(leaf, jax.Array) for leaf in leaves)
    )


def known_values(*structure: PyTree) -> AbstractContextManager[object]:
    """Within the block a call on numbers has a value, also while a function is traced."""
    leaves = jax.tree.leaves(structure, is_leaf=is_variable)
    unknown = any(is_variable(leaf) or isinstance(leaf, jax.core.Tracer) for leaf in leaves)
    return nullcontext() if unknown else jax.ensure_compile_time_eval()


def known_now(label: str, argument: str, value: PyTree) -> PyTree:
    """An argument with the values of constants in place of their tensors.

    Raises:
        ValueError: a tensor whose value is only known when the graph runs.
    """

    def now(leaf: PyTree) -> PyTree:
        if not isinstance(leaf, Tensor):
            known = isinstance(leaf, np.generic | jax.Array) and not isinstance(
                leaf, jax.core.Tracer
            )
            return leaf.tolist() if known else leaf
        value = constant_value(leaf) if leaf.known is None else leaf.known
        if value is None:
            raise ValueError(
                f"{label}: `{argument}` holds {leaf!r}, whose value is only known when the graph "
                "runs; give numbers, a tf.constant or sizes by tf.shape(x)[i]."
            )
        return value

    known = jax.tree.map(now, value, is_leaf=is_variable)
    return known.tolist() if isinstance(known, np.ndarray) else known


def constant_value(tensor: Tensor) -> Any:
    """The value of a tensor that is computed of constants alone; None of another."""
    nodes, inputs = upstream([tensor], ())
    calls = [node.layer.saved for node in nodes if isinstance(node.layer, SymbolicOperation)]
    changing = any(call.variables() or call.name in RANDOM for call in calls)
    if inputs or changing or len(calls) < len(nodes):
        return None
    return np.asarray(tensor).tolist()
