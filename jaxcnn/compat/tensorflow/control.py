"""The choice between two functions that return tensors."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from jaxcnn.backend.control import branches, chosen_change
from jaxcnn.compat.tensorflow.graph import get_default_graph
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.runtime.types import ArrayLike, PyTree

__all__ = ["cond"]

Branch = Callable[[], PyTree]


@word("cond/Merge")
def _merged(pred: ArrayLike, chosen: ArrayLike, other: ArrayLike) -> jax.Array:
    x, y = jnp.asarray(chosen), jnp.asarray(other)
    if (x.shape, x.dtype) != (y.shape, y.dtype):
        raise ValueError(
            "tf.cond: true_fn and false_fn must return tensors of one shape and type; given "
            f"{x.dtype} of {x.shape} and {y.dtype} of {y.shape}."
        )
    return jnp.where(jnp.asarray(pred, bool), x, y)


def cond(
    pred: PyTree,
    true_fn: Branch | None = None,
    false_fn: Branch | None = None,
    strict: bool = False,
    name: str | None = None,
    *,
    fn1: Branch | None = None,
    fn2: Branch | None = None,
) -> PyTree:
    """What `true_fn` returns where `pred` is true, else what `false_fn` returns.

    Both are computed, and one is chosen.

    Raises:
        TypeError: `pred` is a bool of Python, or a function is missing.
        ValueError: a function changes variables, or the two return other structures.
    """
    true_fn, false_fn = true_fn or fn1, false_fn or fn2
    if isinstance(pred, bool):
        raise TypeError("pred must not be a Python bool")
    if not (callable(true_fn) and callable(false_fn)):
        raise TypeError("tf.cond takes two functions without arguments, true_fn and false_fn.")
    chosen, other = branches(pred, lambda: returned(true_fn), lambda: returned(false_fn))
    if isinstance(chosen, Change) or isinstance(other, Change):
        return chosen_change(pred, chosen, other)
    same: bool = jax.tree.structure(chosen) == jax.tree.structure(other)  # type: ignore[operator]
    if not same:
        raise ValueError(
            f"Incompatible return values of true_fn and false_fn: {chosen!r} and {other!r}."
        )
    result = jax.tree.map(lambda x, y: _merged(pred, x, y, name=name), chosen, other)
    single = isinstance(result, list | tuple) and len(result) == 1 and not strict
    return result[0] if single else result


def returned(branch: Branch) -> PyTree:
    """What a function of `cond` returns.

    Raises:
        ValueError: nothing, or it changes variables, which would happen in any case.
    """
    graph = get_default_graph()
    before = len(graph.get_operations())
    result = branch()
    if result is None:
        raise ValueError("tf.cond: true_fn and false_fn must have a return value.")
    for operation in graph.get_operations()[before:]:
        if operation.assigns is not None:
            raise ValueError(
                f"tf.cond: a function changes {operation.assigns.path[-1]!r}, and both are run. "
                "Choose the new value by tf.cond or tf.where, and assign that."
            )
    return result
