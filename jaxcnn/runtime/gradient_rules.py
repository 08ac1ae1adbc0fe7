"""Derivatives that a program gives to operations by TensorFlow's names for them.

A rule is called as ``rule(operation, *gradients)`` in the backward pass, and returns the gradient
by each of ``operation.inputs``, None for none. Which rules there are is a matter of the block in
which an operation, or the call of a layer that computes it, becomes part of the graph.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import PyTree

F = TypeVar("F", bound=Callable[..., PyTree])
Rule: TypeAlias = Callable[..., PyTree]
Rules: TypeAlias = Mapping[str, Rule]

# The operations that may have rules.
TYPES = frozenset(
    """Abs Ceil Cos Elu Exp Floor Identity Log Neg Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin
    Softmax Softplus Softsign Sqrt Square Tanh""".split()  # noqa: SIM905
)

_NONE: Rules = {}  # a plain dict, since the calls of a model that is pickled hold it
_rules: ContextVar[Rules] = ContextVar("gradient_rules", default=_NONE)


@dataclass(frozen=True)
class RuledOperation:
    """What a rule is told of the operation whose derivative it is.

    Attributes:
        type: TensorFlow's name for it.
        inputs: the arrays that it was computed from.
        outputs: those that it made.
    """

    type: str
    inputs: Sequence[jax.Array]
    outputs: Sequence[jax.Array]


def rules_in_force() -> Rules:
    """The rules of the blocks around, by the types of the operations."""
    return _rules.get()


def with_rules(rules: Rules) -> AbstractContextManager[Rules]:
    """Within the block operations have these derivatives, and those of the blocks around."""
    return scoped(_rules, {**_rules.get(), **rules})


def by_rule(kind: str, function: F) -> F:
    """A function that is one operation, with the derivative that a rule in force gives it."""
    rule = _rules.get().get(kind)
    if rule is None:
        return function

    @functools.wraps(function)
    def ruled(*args: PyTree, **kwargs: PyTree) -> PyTree:
        leaves, structure = jax.tree.flatten((args, kwargs))
        places = [i for i, leaf in enumerate(leaves) if is_floating(leaf)]

        def compute(*arrays: jax.Array) -> PyTree:
            filled = [*leaves]
            for i, array in zip(places, arrays, strict=True):
                filled[i] = array
            new_args, new_kwargs = jax.tree.unflatten(structure, filled)
            return function(*new_args, **new_kwargs)

        return ruled_call(kind, rule, compute)(*(jnp.asarray(leaves[i]) for i in places))

    return ruled  # type: ignore[return-value]


def ruled_call(kind: str, rule: Rule, compute: Callable[..., PyTree]) -> Callable[..., PyTree]:
    """A function of floating arrays with a derivative by a rule."""
    call: Any = jax.custom_vjp(compute)

    def forward(*arrays: jax.Array) -> tuple[PyTree, tuple[tuple[jax.Array, ...], PyTree]]:
        outputs = compute(*arrays)
        return outputs, (arrays, outputs)

    def backward(
        results_before: tuple[tuple[jax.Array, ...], PyTree], gradients: PyTree
    ) -> tuple[jax.Array, ...]:
        arrays, outputs = results_before
        operation = RuledOperation(kind, list(arrays), jax.tree.leaves(outputs))
        results = rule(operation, *jax.tree.leaves(gradients))
        listed = list(results) if isinstance(results, list | tuple) else [results]
        if len(listed) != len(arrays):
            raise ValueError(
                f"The rule for the gradient of {kind} returned {len(listed)} gradients, where the "
                f"operation has {len(arrays)} inputs."
            )
        return tuple(
            jnp.zeros_like(array) if result is None else jnp.asarray(result).astype(array.dtype)
            for result, array in zip(listed, arrays, strict=True)
        )

    call.defvjp(forward, backward)
    ruled: Callable[..., PyTree] = call
    return ruled


def is_floating(leaf: PyTree) -> bool:
    """Whether a leaf is an array of floats, and no plain number."""
    return isinstance(leaf, jax.Array | np.ndarray) and jnp.issubdtype(leaf.dtype, jnp.floating)
