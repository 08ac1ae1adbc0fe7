"""The merge layers as functions of a list of inputs: ``add([a, b])`` is ``Add()([a, b])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from jaxcnn.layers import catalogue
from jaxcnn.layers.arguments import First
from jaxcnn.runtime.types import PyTree


def add(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The sum of the inputs.

    Args:
        inputs: list of tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.add([jnp.array([6.0]), jnp.array([2.0])])
        Array([8.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Add(**common)(inputs)
    return result


def subtract(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The first of two inputs minus the second.

    Args:
        inputs: two tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.subtract([jnp.array([6.0]), jnp.array([2.0])])
        Array([4.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Subtract(**common)(inputs)
    return result


def multiply(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The product of the inputs.

    Args:
        inputs: list of tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.multiply([jnp.array([6.0]), jnp.array([2.0])])
        Array([12.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Multiply(**common)(inputs)
    return result


def average(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The mean of the inputs.

    Args:
        inputs: list of tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.average([jnp.array([6.0]), jnp.array([2.0])])
        Array([4.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Average(**common)(inputs)
    return result


def maximum(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The largest of the inputs, element by element.

    Args:
        inputs: list of tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.maximum([jnp.array([6.0]), jnp.array([2.0])])
        Array([6.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Maximum(**common)(inputs)
    return result


def minimum(inputs: Sequence[PyTree], **common: Unpack[First]) -> PyTree:
    """The smallest of the inputs, element by element.

    Args:
        inputs: list of tensors or arrays of numbers whose shapes broadcast.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.minimum([jnp.array([6.0]), jnp.array([2.0])])
        Array([2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Minimum(**common)(inputs)
    return result


def concatenate(inputs: Sequence[PyTree], axis: int = -1, **common: Unpack[First]) -> PyTree:
    """The inputs one after another along `axis`.

    Args:
        inputs: list of tensors or arrays of one dtype whose shapes agree but along `axis`.
        axis: the axis along which they are joined, counted with the batch as 0. Default: -1.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.concatenate([jnp.ones((2, 3)), jnp.ones((2, 4))]).shape
        (2, 7)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Concatenate(axis=axis, **common)(inputs)
    return result


def dot(
    inputs: Sequence[PyTree],
    axes: int | tuple[int, int],
    normalize: bool = False,
    **common: Unpack[First],
) -> PyTree:
    """Dot products along `axes`, sample by sample; cosines with `normalize`.

    Args:
        inputs: two tensors or arrays (batch, ...) of numbers.
        axes: the axis of both, or one for each, counted with the batch as 0.
        normalize: whether the vectors are scaled to length 1 first. Default: False.
        **common: `name` and the other arguments that every layer takes.

    Examples:
        >>> jc.layers.dot([jnp.array([[1.0, 2.0]]), jnp.array([[3.0, 4.0]])], axes=1)
        Array([[11.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """
    result: PyTree = catalogue.Dot(axes=axes, normalize=normalize, **common)(inputs)
    return result
