"""Variables among what layers are called on and what functions of arrays use."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import RANDOM, Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.values import value
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import is_given, is_variable
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
    nodes, inputs = upstream([tensor], ())
    calls = [node.layer.saved for node in nodes if isinstance(node.layer, Operation)]
    if inputs or len(calls) < len(nodes) or any(call.name in RANDOM for call in calls):
        raise Captured(tensor)
    for variable in (variable for call in calls for variable in call.variables()):
        if variable.owner is not None and not is_given(variable):
            raise Captured(variable)
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
