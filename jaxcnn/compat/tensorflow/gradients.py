"""Derivatives by tensors and variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax

from jaxcnn import backend
from jaxcnn.compat.tensorflow.arithmetic import multiply
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.layers.symbolic.dependence import Source, influences, owner_of
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.types import PyTree

__all__ = ["custom_gradient", "gradients"]


def gradients(
    ys: PyTree,
    xs: PyTree,
    grad_ys: PyTree = None,
    name: str = "gradients",
    stop_gradients: PyTree = None,
) -> list[Any]:
    """The derivatives of the sum of `ys` by each of `xs`, None where they do not depend on it.

    With `grad_ys` each of `ys` counts by these factors, which are constants. Those of `xs` may be
    said to be constants, too, as far as the others are concerned.

    Raises:
        ValueError: a constant is none of `xs`, or another of them depends on it.
    """
    losses = list(ys) if isinstance(ys, list | tuple) else [ys]
    if grad_ys is not None:
        factors = list(grad_ys) if isinstance(grad_ys, list | tuple) else [grad_ys]
        losses = [
            y if factor is None else multiply(y, backend.stop_gradient(factor))
            for y, factor in zip(losses, factors, strict=True)
        ]
    sources = [source_of(x) for x in (xs if isinstance(xs, list | tuple) else [xs])]
    if stop_gradients is not None:
        constants = stop_gradients if isinstance(stop_gradients, list | tuple) else [stop_gradients]
        require_apart([source_of(constant) for constant in constants], sources)
    return backend.gradients(losses, sources)


def custom_gradient(f: Callable[..., tuple[PyTree, Callable[..., PyTree]]]) -> Word:
    """Decorator: a function that returns (its result, the function of the gradients)."""
    computing: Any = jax.custom_gradient(f)

    def call(*args: PyTree) -> PyTree:
        return computing(*args)

    return word("IdentityN")(call)


def require_apart(constants: Sequence[Source], sources: Sequence[Source]) -> None:
    """Check that each constant is one of the sources, and that no other source depends on it.

    Raises:
        ValueError: that is not so.
    """
    for constant in constants:
        others = [s for s in sources if s is not constant and isinstance(s, SymbolicTensor)]
        known = any(source is constant for source in sources)
        if not known or id(owner_of(constant)) in influences(others):
            raise ValueError(
                f"tf.gradients: {constant!r} in 'stop_gradients' must be one of 'xs' on which no "
                "other of them depends. Put K.stop_gradient around what is to be constant instead."
            )


def source_of(x: PyTree) -> SymbolicTensor | Variable:
    """What a derivative is by: a tensor, or the variable that it reads."""
    weight = getattr(x, "weight", None)
    source: SymbolicTensor | Variable = x if weight is None else weight
    return source
