"""Derivatives by tensors and variables."""

from __future__ import annotations

from typing import Any

from jaxcnn import backend
from jaxcnn.compat.tensorflow.arithmetic import multiply
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.types import PyTree

__all__ = ["gradients"]


def gradients(ys: PyTree, xs: PyTree, grad_ys: PyTree = None, name: str = "gradients") -> list[Any]:
    """The derivatives of the sum of `ys` by each of `xs`, None where they do not depend on it.

    With `grad_ys` each of `ys` counts by these factors.
    """
    losses = list(ys) if isinstance(ys, list | tuple) else [ys]
    if grad_ys is not None:
        factors = list(grad_ys) if isinstance(grad_ys, list | tuple) else [grad_ys]
        losses = [
            y if factor is None else multiply(y, factor)
            for y, factor in zip(losses, factors, strict=True)
        ]
    sources = list(xs) if isinstance(xs, list | tuple) else [xs]
    return backend.gradients(losses, [source_of(x) for x in sources])


def source_of(x: PyTree) -> SymbolicTensor | Variable:
    """What a derivative is by: a tensor, or the variable that it reads."""
    weight = getattr(x, "weight", None)
    source: SymbolicTensor | Variable = x if weight is None else weight
    return source
