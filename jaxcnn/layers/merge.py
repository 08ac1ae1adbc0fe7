"""The merge layers as functions of a list of inputs: ``add([a, b])`` is ``Add()([a, b])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from jaxcnn.layers import catalogue
from jaxcnn.runtime.docstrings import joined
from jaxcnn.runtime.types import PyTree


class Merge(Protocol):
    """A merge layer as a function."""

    def __call__(self, inputs: Sequence[PyTree], **kwargs: Any) -> PyTree: ...


def _function(layer: str, doc: str, result: int) -> Merge:
    """The function that calls a new layer of this class, whose arguments it takes.

    `doc` says what it returns, and `result` what that is for 6 and 2.
    """

    def merge(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
        return getattr(catalogue, layer)(**kwargs)(inputs)

    merge.__name__ = layer.lower()
    parts = {
        "": doc,
        "Args": "inputs: tensors or arrays whose shapes broadcast.\n"
        f"**kwargs: `name` and the other arguments of `{layer}`.",
        "Examples": f">>> jc.layers.{layer.lower()}([jnp.array([6.0]), jnp.array([2.0])])\n"
        f"Array([{result}.], dtype=float32)",
    }
    merge.__doc__ = joined(parts)
    return merge


add = _function("Add", "The sum of the inputs.", 8)
subtract = _function("Subtract", "The first of two inputs minus the second.", 4)
multiply = _function("Multiply", "The product of the inputs.", 12)
average = _function("Average", "The mean of the inputs.", 4)
maximum = _function("Maximum", "The largest of the inputs, element by element.", 6)
minimum = _function("Minimum", "The smallest of the inputs, element by element.", 2)


def concatenate(inputs: Sequence[PyTree], axis: int = -1, **kwargs: Any) -> PyTree:
    """The inputs one after another along `axis`.

    Args:
        inputs: tensors or arrays whose sizes agree but along `axis`.
        axis: the axis along which they are joined, counted with the batch as 0.

    Examples:
        >>> jc.layers.concatenate([jnp.ones((2, 3)), jnp.ones((2, 4))]).shape
        (2, 7)
    """
    return catalogue.Concatenate(axis=axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[PyTree], axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any
) -> PyTree:
    """Dot products along `axes`, sample by sample; cosines with `normalize`.

    Args:
        inputs: two tensors or arrays.
        axes: the axis of both, or one for each, counted with the batch as 0.
        normalize: whether the vectors are scaled to length 1 first.

    Examples:
        >>> jc.layers.dot([jnp.array([[1.0, 2.0]]), jnp.array([[3.0, 4.0]])], axes=1)
        Array([[11.]], dtype=float32)
    """
    return catalogue.Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
