"""Modules that stand in a graph for what functions of a user's made of symbolic tensors."""

from __future__ import annotations

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import PyTree


class Derivatives(Layer):
    """Stands for the derivatives of the sum of ``args[0]`` by each of ``args[1]``.

    The graph computes them, since it is all that lies between that is differentiated.
    """


class Through(Layer):
    """Gives its first argument; the others are for modules that do more with them."""

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> None:
        """What a function made has no mask."""

    def __call__(self, outputs: PyTree, *others: PyTree) -> PyTree:
        return outputs
