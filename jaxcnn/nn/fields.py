"""Arguments that several families of layers share, declared once.

A dataclass takes the fields of its bases from the last base to the first: in
``class Conv(KernelFields, DilationField, Convolution, FiltersField)`` `filters` comes first. A
field may hold what the user gave, such as a name, until `checked` has put in its place what it
stands for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import Identifier

T = TypeVar("T")

# An integer for all axes or one for each; a tuple with one for each in a layer once it is made.
Sizes: TypeAlias = int | Sequence[int]
# Amounts before and after each axis: an integer, one for each axis, or a pair for each axis.
Amounts: TypeAlias = int | Sequence[int | Sequence[int]]


def fixed(value: T) -> T:
    """A field that is no argument of this class, although its base has it: always `value`."""
    field: T = dataclasses.field(default=value, init=False)
    return field


def later(value: T) -> T:
    """A keyword that later versions of Keras added; a configuration has it if it is not `value`."""
    field: T = dataclasses.field(default=value, kw_only=True, metadata={"later": True})
    return field


def as_tuple(sizes: Sizes) -> tuple[int, ...]:
    """The sizes that a layer stores, one for each axis."""
    return (sizes,) if isinstance(sizes, int) else tuple(sizes)


class UnitsField(Layer):
    units: int


class FiltersField(Layer):
    filters: int


class WindowFields(Layer):
    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"


class DilationField(Layer):
    dilation_rate: Sizes = 1


class KernelFields(Layer):
    """The arguments of a layer that computes ``activation(product with a kernel + bias)``."""

    activation: Identifier = None
    use_bias: bool = True
    kernel_initializer: Identifier = "glorot_uniform"
    bias_initializer: Identifier = "zeros"
    kernel_regularizer: Identifier = None
    bias_regularizer: Identifier = None
    activity_regularizer: Identifier = None
    kernel_constraint: Identifier = None
    bias_constraint: Identifier = None
