"""The merge layers as functions of a list of inputs: ``add([a, b])`` is ``Add()([a, b])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jaxcnn.layers import catalogue


def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The sum of the inputs."""
    return catalogue.Add(**kwargs)(inputs)


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The first of two inputs minus the second."""
    return catalogue.Subtract(**kwargs)(inputs)


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The product of the inputs."""
    return catalogue.Multiply(**kwargs)(inputs)


def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The mean of the inputs."""
    return catalogue.Average(**kwargs)(inputs)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The largest of the inputs, element by element."""
    return catalogue.Maximum(**kwargs)(inputs)


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The smallest of the inputs, element by element."""
    return catalogue.Minimum(**kwargs)(inputs)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """The inputs one after another along `axis`."""
    return catalogue.Concatenate(axis=axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[Any], axes: int | tuple[int, int], normalize: bool = False, **kwargs: Any
) -> Any:
    """Dot products along `axes`, sample by sample; cosines with `normalize`."""
    return catalogue.Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
