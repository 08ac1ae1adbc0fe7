"""Functions that act on each element apart."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.layers.symbolic.operation import elementwise, operation


@operation(elementwise)
def square(x: Any) -> Any:
    """``x ** 2``."""
    return jnp.square(x)


@operation(elementwise)
def sqrt(x: Any) -> Any:
    """The square root; of negative numbers 0, and with the gradient 0 wherever the result is 0."""
    positive = jnp.greater(x, 0)
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1)), 0)


@operation(elementwise)
def exp(x: Any) -> Any:
    """``e ** x``."""
    return jnp.exp(x)


@operation(elementwise)
def log(x: Any) -> Any:
    """The natural logarithm; -inf at 0, NaN below."""
    return jnp.log(x)


@operation(elementwise)
def sin(x: Any) -> Any:
    """The sine of `x` in radians."""
    return jnp.sin(x)


@operation(elementwise)
def cos(x: Any) -> Any:
    """The cosine of `x` in radians."""
    return jnp.cos(x)


@operation(elementwise)
def sign(x: Any) -> Any:
    """-1, 0 or 1."""
    return jnp.sign(x)


@operation(elementwise)
def round(x: Any) -> Any:
    """The nearest integer, of two equally near ones the even one; the dtype stays."""
    return jnp.round(x)


@operation(elementwise)
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """`x` cut to [min_value, max_value]; None sets no limit, and a maximum below the minimum counts
    as the minimum.
    """
    if max_value is not None and min_value is not None:
        max_value = jnp.maximum(min_value, max_value)
    return jnp.clip(x, min_value, max_value)


@operation(elementwise)
def maximum(x: Any, y: Any) -> Any:
    """The larger of `x` and `y`."""
    return jnp.maximum(x, y)


@operation(elementwise)
def minimum(x: Any, y: Any) -> Any:
    """The smaller of `x` and `y`."""
    return jnp.minimum(x, y)


@operation(elementwise)
def equal(x: Any, y: Any) -> Any:
    """Booleans: ``x == y``."""
    return jnp.equal(x, y)


@operation(elementwise)
def not_equal(x: Any, y: Any) -> Any:
    """Booleans: ``x != y``."""
    return jnp.not_equal(x, y)


@operation(elementwise)
def cast(x: Any, dtype: Any) -> Any:
    """`x` in another number type, given by name or type."""
    return jnp.asarray(x).astype(dtype)


@operation(elementwise)
def identity(x: Any) -> Any:
    """`x` itself."""
    return jnp.asarray(x)


@operation(elementwise)
def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Zeros in the shape of `x` and in its dtype or another; `name` is only a label."""
    return jnp.zeros_like(x, dtype)


@operation(elementwise)
def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Ones in the shape of `x` and in its dtype or another; `name` is only a label."""
    return jnp.ones_like(x, dtype)


@operation(elementwise)
def relu(x: Any, alpha: Any = 0.0, max_value: Any = None) -> Any:
    """``min(max(x, 0), max_value)``, with the slope `alpha` below zero."""
    return activations.relu(x, alpha, max_value)


@operation(elementwise)
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else ``alpha * (exp(x) - 1)``."""
    return activations.elu(x, alpha)


@operation(elementwise)
def softplus(x: Any) -> Any:
    """``log(exp(x) + 1)``."""
    return activations.softplus(x)


@operation(elementwise)
def softsign(x: Any) -> Any:
    """``x / (1 + |x|)``."""
    return activations.softsign(x)


@operation(elementwise)
def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(-x))``."""
    return activations.sigmoid(x)


@operation(elementwise)
def hard_sigmoid(x: Any) -> Any:
    """``0.2 x + 0.5`` cut to [0, 1]."""
    return activations.hard_sigmoid(x)


@operation(elementwise)
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return activations.tanh(x)
