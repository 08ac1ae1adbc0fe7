"""Symbolic tensors that need no input as arrays: random numbers, variables, what comes of them.

A model computes them anew in each run. Where an array is wanted at once, as by NumPy, they are
computed then.
"""

from __future__ import annotations

import sys
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import symbolic
from jaxcnn.layers.symbolic.inner_graph import computed
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.runtime.captures import computing_arrays, inside_a_function, notice
from jaxcnn.runtime.types import DTypeLike


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
