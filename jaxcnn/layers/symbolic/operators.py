"""Arithmetic, comparison and indexing of arrays and symbolic tensors."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.layers.symbolic.operation import elementwise, indexed, operation, per_sample
from jaxcnn.layers.symbolic.tensor import Index, SymbolicTensor
from jaxcnn.runtime.types import ArrayFunction, ArrayLike


@operation(elementwise)
def add(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x + y``."""
    return jnp.add(x, y)


@operation(elementwise)
def subtract(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x - y``."""
    return jnp.subtract(x, y)


@operation(elementwise)
def multiply(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x * y``."""
    return jnp.multiply(x, y)


@operation(elementwise)
def divide(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x / y``."""
    return jnp.true_divide(x, y)


@operation(elementwise)
def floor_divide(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x // y``."""
    return jnp.floor_divide(x, y)


@operation(elementwise)
def modulo(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x % y``."""
    return jnp.remainder(x, y)


@operation(elementwise)
def pow(x: ArrayLike, a: ArrayLike) -> jax.Array:
    """``x ** a``."""
    return jnp.power(x, a)


@operation(per_sample)
def matmul(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """``x @ y``."""
    return jnp.matmul(x, y)


@operation(elementwise)
def negative(x: ArrayLike) -> jax.Array:
    """``-x``."""
    return jnp.negative(x)


@operation(elementwise)
def abs(x: ArrayLike) -> jax.Array:
    """``|x|``; its gradient at 0 is 0."""
    return losses.absolute(jnp.asarray(x))


@operation(elementwise)
def less(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """Booleans: ``x < y``."""
    return jnp.less(x, y)


@operation(elementwise)
def less_equal(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """Booleans: ``x <= y``."""
    return jnp.less_equal(x, y)


@operation(elementwise)
def greater(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """Booleans: ``x > y``."""
    return jnp.greater(x, y)


@operation(elementwise)
def greater_equal(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """Booleans: ``x >= y``."""
    return jnp.greater_equal(x, y)


@operation(indexed)
def getitem(x: jax.Array, index: Index) -> jax.Array:
    """``x[index]``."""
    return x[index]


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
OTHERS: dict[str, ArrayFunction] = {
    "lt": less,
    "le": less_equal,
    "gt": greater,
    "ge": greater_equal,
    "neg": negative,
    "abs": abs,
    "getitem": getitem,
}


def reflected(function: ArrayFunction) -> ArrayFunction:
    """`function` with its two arguments exchanged."""
    return lambda y, x: function(x, y)


for _name, _function in BINARY.items():
    setattr(SymbolicTensor, f"__{_name}__", _function)
    setattr(SymbolicTensor, f"__r{_name}__", reflected(_function))
for _name, _function in OTHERS.items():
    setattr(SymbolicTensor, f"__{_name}__", _function)
