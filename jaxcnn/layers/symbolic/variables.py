"""Variables among what layers are called on and what functions of arrays use."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import RANDOM, Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.values import value
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import given_value, is_given, is_variable
from jaxcnn.runtime import context
from jaxcnn.runtime.captures import Captured, with_arrays
from jaxcnn.runtime.types import PyTree


def of_variables(structure: PyTree) -> PyTree:
    """`structure` with a symbolic tensor in place of each variable whose value is that of later."""

    def tensor(leaf: PyTree) -> PyTree:
        if is_variable(leaf) and leaf.known_later:
            return Operation(SavedCall("identity", jnp.asarray, (leaf,)))([])
        return leaf

    return jax.tree.map(tensor, structure, is_leaf=is_variable)


def array_of(tensor: PyTree) -> PyTree:
    """The value of a symbolic tensor that variables with values make; anything else as it is.

    Raises:
        Captured: it needs an input, or a weight that has no value in the function that runs.
    """
    if not isinstance(tensor, SymbolicTensor):
        return tensor
    if (given := given_value(tensor)) is not None:
        return given
    calls = calls_to(tensor)
    unknown_mode = set() if context.is_running() else {"training_mode"}
    if calls is None or any(call.name in RANDOM | unknown_mode for call in calls):
        raise Captured(tensor)
    for variable in (variable for call in calls for variable in call.variables()):
        if variable.owner is not None and not is_given(variable):
            raise Captured(variable)
    with with_arrays(False):
        return value(tensor)


def calls_to(tensor: SymbolicTensor) -> list[SavedCall] | None:
    """The calls of functions that make a tensor; None where there are inputs or layers, too."""
    nodes, inputs = upstream([tensor], ())
    calls = [node.layer.saved for node in nodes if isinstance(node.layer, Operation)]
    return None if inputs or len(calls) < len(nodes) else calls


def drawn_value(tensor: SymbolicTensor) -> jax.Array | None:
    """The value in this run of a tensor of random numbers; None for one of another kind."""
    if not any(call.name in RANDOM for call in calls_to(tensor) or ()):
        return None
    with with_arrays(False):
        return value(tensor)


def with_present_values(structure: PyTree) -> PyTree:
    """`structure` with the values of its symbolic tensors where a function of arrays has them.

    Such a function reads the variables that they are computed from itself, in each run.
    """

    def present(leaf: PyTree) -> PyTree:
        try:
            return array_of(leaf)
        except Captured:
            return leaf

    return jax.tree.map(present, structure, is_leaf=is_variable)
