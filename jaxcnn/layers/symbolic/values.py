"""Symbolic tensors that need no input as arrays: random numbers, variables, what comes of them.

A model computes them anew in each run. Where an array is wanted at once, as by NumPy, they are
computed then.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import symbolic
from jaxcnn.layers.input import drawn_values
from jaxcnn.layers.symbolic.inner_graph import computed
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.runtime.captures import computing_arrays, inside_a_function, notice
from jaxcnn.runtime.types import DTypeLike, PyTree


def value(tensor: SymbolicTensor) -> jax.Array:
    """The value of a tensor that is computed without any input.

    Raises:
        TypeError: it needs an input.
    """
    notice(tensor)
    nodes, inputs = upstream([tensor], ())
    if not inputs and not all(isinstance(node.layer, Operation) for node in nodes):
        return jnp.asarray(symbolic.backend.eval(tensor))
    if inputs:
        raise TypeError(
            f"{tensor!r} has no value yet: a model or K.function computes it from its inputs."
        )
    with computing_arrays():
        return cast(jax.Array, computed(nodes, {}, tensor))


# Attribute of the first of several tensors: what computes them from inputs that are drawn. It holds
# the tensors, so a table of it would keep them all.
FUNCTION = "_values_of_one_run"


def values_of_one_run(things: Sequence[PyTree]) -> list[np.ndarray]:
    """The values of variables, arrays and tensors that need no input, all of the same run."""
    tensors = [thing for thing in things if isinstance(thing, SymbolicTensor)]
    drawn = upstream(tensors, ())[1]
    if not drawn:
        return [np.asarray(thing) for thing in things]
    numbers = [id(tensor) for tensor in tensors]
    known, function = vars(tensors[0]).get(FUNCTION, ([], None))
    if known != numbers:
        function = symbolic.backend.function(drawn, tensors)
        vars(tensors[0])[FUNCTION] = numbers, function
    results = iter(function(drawn_values(drawn)))
    return [
        next(results) if isinstance(thing, SymbolicTensor) else np.asarray(thing)
        for thing in things
    ]


def as_array(
    tensor: SymbolicTensor, dtype: DTypeLike | None = None, copy: bool | None = None
) -> Any:
    """What NumPy takes for the tensor."""
    return np.asarray(value(tensor), dtype)


def as_jax_array(tensor: SymbolicTensor) -> Any:
    """What JAX takes for the tensor; in ``array + tensor`` itself, so that it does the work.

    Raises:
        TypeError: it needs an input, or a function is evaluated on symbolic tensors.
    """
    if sys._getframe(1).f_code.co_name.startswith("_operator_"):
        return tensor
    if inside_a_function():
        raise TypeError(f"{tensor!r} has no value yet: write it with functions of K.")
    return value(tensor)


def attribute(tensor: SymbolicTensor, name: str) -> Any:
    """An attribute that arrays have, of the value of a tensor that needs no input; and `op`."""
    if name == "op":
        return symbolic.op_of(tensor)
    if not name.startswith("_") and hasattr(np.ndarray, name):
        try:
            array = value(tensor)
        except TypeError:
            pass
        else:
            return getattr(array, name)
    raise AttributeError(f"A symbolic tensor has no attribute {name!r}.")


SymbolicTensor.__jax_array__ = as_jax_array  # type: ignore[attr-defined]
SymbolicTensor.__array__ = as_array  # type: ignore[attr-defined]
SymbolicTensor.__getattr__ = attribute  # type: ignore[attr-defined]
