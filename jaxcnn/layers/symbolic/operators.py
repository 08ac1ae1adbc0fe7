"""Arithmetic, comparison and indexing of arrays and symbolic tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.layers.symbolic.operation import elementwise, indexed, operation, per_sample


@operation(elementwise)
def add(x: Any, y: Any) -> Any:
    """``x + y``."""
    return jnp.add(x, y)


@operation(elementwise)
def subtract(x: Any, y: Any) -> Any:
    """``x - y``."""
    return jnp.subtract(x, y)


@operation(elementwise)
def multiply(x: Any, y: Any) -> Any:
    """``x * y``."""
    return jnp.multiply(x, y)


@operation(elementwise)
def divide(x: Any, y: Any) -> Any:
    """``x / y``."""
    return jnp.true_divide(x, y)


@operation(elementwise)
def floor_divide(x: Any, y: Any) -> Any:
    """``x // y``."""
    return jnp.floor_divide(x, y)


@operation(elementwise)
def modulo(x: Any, y: Any) -> Any:
    """``x % y``."""
    return jnp.remainder(x, y)


@operation(elementwise)
def pow(x: Any, a: Any) -> Any:
    """``x ** a``."""
    return jnp.power(x, a)


@operation(per_sample)
def matmul(x: Any, y: Any) -> Any:
    """``x @ y``."""
    return jnp.matmul(x, y)


@operation(elementwise)
def negative(x: Any) -> Any:
    """``-x``."""
    return jnp.negative(x)


@operation(elementwise)
def abs(x: Any) -> Any:
    """``|x|``; its gradient at 0 is 0."""
    return losses.absolute(jnp.asarray(x))


@operation(elementwise)
def less(x: Any, y: Any) -> Any:
    """Booleans: ``x < y``."""
    return jnp.less(x, y)


@operation(elementwise)
def less_equal(x: Any, y: Any) -> Any:
    """Booleans: ``x <= y``."""
    return jnp.less_equal(x, y)


@operation(elementwise)
def greater(x: Any, y: Any) -> Any:
    """Booleans: ``x > y``."""
    return jnp.greater(x, y)


@operation(elementwise)
def greater_equal(x: Any, y: Any) -> Any:
    """Booleans: ``x >= y``."""
    return jnp.greater_equal(x, y)


@operation(indexed)
def getitem(x: Any, index: Any) -> Any:
    """``x[index]``."""
    return x[index]


# The operators of Python by the names of their methods.
OPERATORS: dict[str, Callable[..., Any]] = {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "floordiv": floor_divide,
    "mod": modulo,
    "pow": pow,
    "matmul": matmul,
    "neg": negative,
    "abs": abs,
    "lt": less,
    "le": less_equal,
    "gt": greater,
    "ge": greater_equal,
    "getitem": getitem,
}
