"""A variable that a loss or metric counts in: it gets a new value whenever that is computed."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import Layer as Module
from jaxcnn.runtime.types import PyTree


class Stored(Module):
    """Gives a variable the value that it is called on, and returns that."""

    moved: Variable

    @property
    def mixes_rows(self) -> bool:
        return True

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> None:
        """A value of a variable has no mask."""

    @nn.compact
    def __call__(self, value: jax.Array) -> jax.Array:
        variable = self.moved
        shape = tuple(variable.shape)
        collection, label = variable.path
        self.weight(label, variable.start, shape, collection=collection, dtype=variable.dtype)
        self.update(collection, label, value)
        return value


class MovedVariable(Layer):
    """The layer that keeps a variable which was on its own, as part of what training runs."""

    def __init__(self, variable: Variable) -> None:
        super().__init__()
        self.moved = variable
        self.weights_store.keep_beside(variable)

    def make_module(self) -> nn.Module:
        return Stored(self.moved)


def moved(variable: Variable, value: SymbolicTensor | Variable) -> SymbolicTensor:
    """The tensor that gives a variable a new value when it is computed.

    Raises:
        ValueError: the variable is the weight of a layer.
        TypeError: the value is a number.
    """
    if not isinstance(value, SymbolicTensor | Variable):
        raise TypeError(
            f"A loss or metric sets '{variable.name}' to {value!r}: compute with the number itself,"
            " or set it by tf.assign."
        )
    if variable.owner is None:
        MovedVariable(variable)
    if not isinstance(variable.owner, MovedVariable):
        raise ValueError(
            f"A loss or metric sets '{variable.name}', which is the weight of a layer: training "
            "moves it, or the layer's own updates. Keep the count in a K.variable of its own."
        )
    stored: SymbolicTensor = variable.owner(value)
    return stored
