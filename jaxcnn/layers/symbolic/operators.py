"""Arithmetic, comparison and indexing of arrays and symbolic tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.layers.symbolic import sizes
from jaxcnn.layers.symbolic.operation import elementwise, indexed, operation, per_sample
from jaxcnn.layers.symbolic.sizes import AnySize, Sizes, UnknownSize
from jaxcnn.layers.symbolic.tensor import Index, SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.types import ArrayFunction


@operation(elementwise)
def add(x: TensorLike, y: TensorLike) -> Tensor:
    """``x + y``."""
    return jnp.add(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def subtract(x: TensorLike, y: TensorLike) -> Tensor:
    """``x - y``."""
    return jnp.subtract(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def multiply(x: TensorLike, y: TensorLike) -> Tensor:
    """``x * y``."""
    return jnp.multiply(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def divide(x: TensorLike, y: TensorLike) -> Tensor:
    """``x / y``."""
    return jnp.true_divide(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def floor_divide(x: TensorLike, y: TensorLike) -> Tensor:
    """``x // y``."""
    return jnp.floor_divide(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def modulo(x: TensorLike, y: TensorLike) -> Tensor:
    """``x % y``."""
    return jnp.remainder(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def pow(x: TensorLike, a: TensorLike) -> Tensor:
    """``x ** a``."""
    return jnp.power(jnp.asarray(x), jnp.asarray(a))


@operation(per_sample)
def matmul(x: TensorLike, y: TensorLike) -> Tensor:
    """``x @ y``."""
    return jnp.matmul(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def negative(x: TensorLike) -> Tensor:
    """``-x``."""
    return jnp.negative(jnp.asarray(x))


@operation(elementwise)
def abs(x: TensorLike) -> Tensor:
    """``|x|``; its gradient at 0 is 0."""
    return losses.absolute(jnp.asarray(x))


@operation(elementwise)
def less(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x < y``."""
    return jnp.less(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def less_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x <= y``."""
    return jnp.less_equal(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def greater(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x > y``."""
    return jnp.greater(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def greater_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x >= y``."""
    return jnp.greater_equal(jnp.asarray(x), jnp.asarray(y))


@operation(indexed)
def getitem(x: jax.Array, index: Index) -> Tensor:
    """``x[index]``."""
    return jnp.asarray(x)[sizes.unpacked(index)]


@operation()
def array_of_sizes(x: AnySize | Sizes) -> Tensor:
    """A size or a shape as an array of integers."""
    return jnp.asarray(x, jnp.int32)


# The operators of Python by the names of their methods; `==` stays identity, so that tensors can be
# kept in sets.
BINARY: dict[str, ArrayFunction] = {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "floordiv": floor_divide,
    "mod": modulo,
    "pow": pow,
    "matmul": matmul,
}
COMPARISONS: dict[str, ArrayFunction] = {
    "lt": less,
    "le": less_equal,
    "gt": greater,
    "ge": greater_equal,
}
OTHERS: dict[str, ArrayFunction] = {
    "neg": negative,
    "abs": abs,
    "getitem": lambda x, index: getitem(x, sizes.packed(index)),
}


def reflected(function: ArrayFunction) -> ArrayFunction:
    """`function` with its two arguments exchanged."""
    return lambda y, x: function(x, y)


def of_sizes(name: str, function: ArrayFunction) -> ArrayFunction:
    """`function` for operators of sizes; of two sizes another size, where there is one."""

    def call(x: TensorLike, y: TensorLike) -> Tensor:
        if name in sizes.FUNCTIONS and sizes.is_size(x) and sizes.is_size(y):
            return cast(Tensor, sizes.computed(name, cast(AnySize, x), cast(AnySize, y)))
        return function(x, y)

    return call


def give_operators(
    kind: type, binary: Mapping[str, ArrayFunction], others: Mapping[str, ArrayFunction]
) -> None:
    """Give a class the operators of these names, the binary ones in both orders."""
    for name, function in binary.items():
        setattr(kind, f"__{name}__", function)
        setattr(kind, f"__r{name}__", reflected(function))
    for name, function in others.items():
        setattr(kind, f"__{name}__", function)


give_operators(SymbolicTensor, BINARY, COMPARISONS | OTHERS)
give_operators(Variable, BINARY, COMPARISONS | OTHERS)
give_operators(
    UnknownSize,
    {name: of_sizes(name, function) for name, function in BINARY.items()},
    COMPARISONS,
)
