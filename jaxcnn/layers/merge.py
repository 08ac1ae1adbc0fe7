"""The merge layers as functions of a list of inputs: ``add([a, b])`` is ``Add()([a, b])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jaxcnn.layers import catalogue
from jaxcnn.runtime.types import PyTree


def add(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The sum of the inputs."""
    return catalogue.Add(**kwargs)(inputs)


def subtract(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The first of two inputs minus the second."""
    return catalogue.Subtract(**kwargs)(inputs)


def multiply(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The product of the inputs."""
    return catalogue.Multiply(**kwargs)(inputs)


def average(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The mean of the inputs."""
    return catalogue.Average(**kwargs)(inputs)


def maximum(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The largest of the inputs, element by element."""
    return catalogue.Maximum(**kwargs)(inputs)


def minimum(inputs: Sequence[PyTree], **kwargs: Any) -> PyTree:
    """The smallest of the inputs, element by element."""
    return catalogue.Minimum(**kwargs)(inputs)


def concatenate(inputs: Sequence[PyTree], axis: int = -1, **kwargs: Any) -> PyTree:
    """The inputs one after another along `axis`."""
    return catalogue.Concatenate(axis=axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[PyTree], axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any
) -> PyTree:
    """Dot products along `axes`, sample by sample; cosines with `normalize`."""
    return catalogue.Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
