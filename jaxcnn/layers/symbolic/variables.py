"""Variables among what layers are called on and what functions of arrays use."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import RANDOM, Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.values import value
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import is_variable
from jaxcnn.runtime.captures import with_arrays
from jaxcnn.runtime.types import PyTree


def of_variables(structure: PyTree) -> PyTree:
    """`structure` with a symbolic tensor in place of each variable whose value is that of later."""

    def tensor(leaf: PyTree) -> PyTree:
        if is_variable(leaf) and leaf.known_later:
            return Operation(SavedCall("identity", jnp.asarray, (leaf,)))([])
        return leaf

    return jax.tree.map(tensor, structure, is_leaf=is_variable)


def with_present_values(structure: PyTree) -> PyTree:
    """`structure` with the value of each symbolic tensor that variables without a layer make.

    A function of arrays reads those variables itself, in each run.
    """

    def present(leaf: PyTree) -> PyTree:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        nodes, inputs = upstream([leaf], ())
        calls = [node.layer.saved for node in nodes if isinstance(node.layer, Operation)]
        free = all(v.owner is None for call in calls for v in call.variables())
        fixed = free and not any(call.name in RANDOM for call in calls)
        if inputs or len(calls) < len(nodes) or not fixed:
            return leaf
        with with_arrays(False):
            return value(leaf)

    return jax.tree.map(present, structure, is_leaf=is_variable)
