"""Modules that stand in a graph for what functions of a user's made of symbolic tensors."""

from __future__ import annotations

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import PyTree


class Derivatives(Layer):
    """Stands for the derivatives of the sum of ``args[0]`` by each of ``args[1]``.

    The graph computes them, since it is all that lies between that is differentiated.
    """


class MaskOf(Layer):
    """Gives the mask of its input, which has one."""

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> None:
        """A mask has no mask."""

    def __call__(self, inputs: PyTree, *, mask: PyTree = None) -> PyTree:
        return mask


class WithMask(Layer):
    """Gives the first of its inputs, whose mask is the second, if there is one."""

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return inputs[1] if len(inputs) > 1 else None

    def __call__(self, inputs: PyTree) -> PyTree:
        return inputs[0]


class Through(Layer):
    """Gives its first argument; the others are for modules that do more with them."""

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return mask

    def __call__(self, outputs: PyTree, *others: PyTree) -> PyTree:
        return outputs
