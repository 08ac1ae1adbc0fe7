"""Functions that act on each element apart."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.layers.symbolic.operation import elementwise, operation
from jaxcnn.layers.symbolic.sizes import UnknownSize
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime.types import DTypeLike

F = TypeVar("F", bound=Callable[..., Any])


@operation(elementwise)
def square(x: TensorLike) -> Tensor:
    """``x ** 2``."""
    return jnp.square(jnp.asarray(x))


@operation(elementwise)
def sqrt(x: TensorLike) -> Tensor:
    """The square root; of negative numbers 0, and with the gradient 0 wherever the result is 0."""
    x = jnp.asarray(x)
    positive = x > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1)), 0)


@operation(elementwise)
def exp(x: TensorLike) -> Tensor:
    """``e ** x``."""
    return jnp.exp(jnp.asarray(x))


@operation(elementwise)
def log(x: TensorLike) -> Tensor:
    """The natural logarithm; -inf at 0, NaN below."""
    return jnp.log(jnp.asarray(x))


@operation(elementwise)
def sin(x: TensorLike) -> Tensor:
    """The sine of `x` in radians."""
    return jnp.sin(jnp.asarray(x))


@operation(elementwise)
def cos(x: TensorLike) -> Tensor:
    """The cosine of `x` in radians."""
    return jnp.cos(jnp.asarray(x))


@operation(elementwise)
def sign(x: TensorLike) -> Tensor:
    """-1, 0 or 1."""
    return jnp.sign(jnp.asarray(x))


@operation(elementwise)
def round(x: TensorLike) -> Tensor:
    """The nearest integer, of two equally near ones the even one; the dtype stays."""
    return jnp.round(jnp.asarray(x))


@operation(elementwise)
def clip(x: TensorLike, min_value: TensorLike | None, max_value: TensorLike | None) -> Tensor:
    """`x` cut to [min_value, max_value]; None sets no limit.

    A maximum below the minimum counts as the minimum.
    """
    low = None if min_value is None else jnp.asarray(min_value)
    high = None if max_value is None else jnp.asarray(max_value)
    if low is not None and high is not None:
        high = jnp.maximum(low, high)
    return jnp.clip(jnp.asarray(x), low, high)


@operation(elementwise)
def maximum(x: TensorLike, y: TensorLike) -> Tensor:
    """The larger of `x` and `y`."""
    return jnp.maximum(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def minimum(x: TensorLike, y: TensorLike) -> Tensor:
    """The smaller of `x` and `y`."""
    return jnp.minimum(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x == y``."""
    return jnp.equal(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x != y``."""
    return jnp.not_equal(jnp.asarray(x), jnp.asarray(y))


def also_of_sizes(function: F) -> F:
    """Decorator: a size as an integer stays a size, as `reshape` needs it."""

    @functools.wraps(function)
    def call(x: TensorLike, dtype: DTypeLike) -> object:
        if isinstance(x, UnknownSize) and jnp.issubdtype(dtype, jnp.integer):
            return x
        return function(x, dtype)

    return typing.cast(F, call)


@also_of_sizes
@operation(elementwise)
def cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """`x` in another number type, given by name or type."""
    return jnp.asarray(x).astype(jax.dtypes.canonicalize_dtype(dtype))


@operation(elementwise)
def identity(x: TensorLike) -> Tensor:
    """`x` itself."""
    return jnp.asarray(x)


@operation(elementwise)
def zeros_like(x: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Zeros in the shape of `x` and in its dtype or another; `name` is only a label."""
    return jnp.zeros_like(jnp.asarray(x), dtype)


@operation(elementwise)
def ones_like(x: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Ones in the shape of `x` and in its dtype or another; `name` is only a label."""
    return jnp.ones_like(jnp.asarray(x), dtype)


@operation(elementwise)
def relu(x: TensorLike, alpha: float | Tensor = 0.0, max_value: float | None = None) -> Tensor:
    """``min(max(x, 0), max_value)``, with the slope `alpha` below zero."""
    return activations.relu(jnp.asarray(x), alpha, max_value)


@operation(elementwise)
def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """`x` where positive, else ``alpha * (exp(x) - 1)``."""
    return activations.elu(jnp.asarray(x), alpha)


@operation(elementwise)
def softplus(x: TensorLike) -> Tensor:
    """``log(exp(x) + 1)``."""
    return activations.softplus(jnp.asarray(x))


@operation(elementwise)
def softsign(x: TensorLike) -> Tensor:
    """``x / (1 + |x|)``."""
    return activations.softsign(jnp.asarray(x))


@operation(elementwise)
def sigmoid(x: TensorLike) -> Tensor:
    """``1 / (1 + exp(-x))``."""
    return activations.sigmoid(jnp.asarray(x))


@operation(elementwise)
def hard_sigmoid(x: TensorLike) -> Tensor:
    """``0.2 x + 0.5`` cut to [0, 1]."""
    return activations.hard_sigmoid(jnp.asarray(x))


@operation(elementwise)
def tanh(x: TensorLike) -> Tensor:
    """The hyperbolic tangent."""
    return activations.tanh(jnp.asarray(x))
