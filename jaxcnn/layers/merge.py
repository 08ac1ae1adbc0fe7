"""The merge layers as functions of a list of inputs: ``add([a, b])`` is ``Add()([a, b])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from jaxcnn.layers import catalogue
from jaxcnn.runtime.types import PyTree


class Merge(Protocol):
    """A merge layer as a function."""

    def __call__(self, inputs: Sequence[PyTree], **kwargs: Any) -> PyTree: ...


def _function(layer: str, doc: str) -> Merge:
    """The function that calls a new layer of this class, whose arguments it takes."""

    def merge(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
        return getattr(catalogue, layer)(**kwargs)(inputs)

    merge.__name__, merge.__doc__ = layer.lower(), doc
    return merge


add = _function("Add", "The sum of the inputs.")
subtract = _function("Subtract", "The first of two inputs minus the second.")
multiply = _function("Multiply", "The product of the inputs.")
average = _function("Average", "The mean of the inputs.")
maximum = _function("Maximum", "The largest of the inputs, element by element.")
minimum = _function("Minimum", "The smallest of the inputs, element by element.")


def concatenate(inputs: Sequence[PyTree], axis: int = -1, **kwargs: Any) -> PyTree:
    """The inputs one after another along `axis`."""
    return catalogue.Concatenate(axis=axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[PyTree], axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any
) -> PyTree:
    """Dot products along `axes`, sample by sample; cosines with `normalize`."""
    return catalogue.Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
