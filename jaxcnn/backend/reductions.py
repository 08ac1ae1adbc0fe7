"""Sums, means, extremes and the like, over all axes or those in `axis` (one or several, counted
from 0).

With `keepdims` the axes stay, with size 1.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.backend.elementwise import sqrt
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation


def axes(axis: Any) -> Any:
    """Axes as JAX takes them: one, a tuple, or None."""
    return tuple(axis) if isinstance(axis, list) else axis


@operation(along_axis)
def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element."""
    return jnp.max(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest element."""
    return jnp.min(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The sum."""
    return jnp.sum(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The product."""
    return jnp.prod(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean; booleans count as 0 and 1."""
    return jnp.mean(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean squared distance from the mean."""
    return jnp.var(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The square root of `var`; where it is 0 so is its gradient."""
    return sqrt(jnp.var(x, axes(axis), keepdims=keepdims))


@operation(along_axis)
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """``log(sum(exp(x)))``, without overflow."""
    return jax.nn.logsumexp(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether some element is not zero."""
    return jnp.any(x, axes(axis), keepdims=keepdims)


@operation(along_axis)
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether no element is zero."""
    return jnp.all(x, axes(axis), keepdims=keepdims)


@operation(along_axis_or(-1))
def argmax(x: Any, axis: int = -1) -> Any:
    """The index of the largest element along `axis`, int32."""
    return jnp.argmax(x, axis)


@operation(along_axis_or(-1))
def argmin(x: Any, axis: int = -1) -> Any:
    """The index of the smallest element along `axis`, int32."""
    return jnp.argmin(x, axis)


@operation(along_axis_or(0))
def cumsum(x: Any, axis: int = 0) -> Any:
    """The sums of the elements up to and including each along `axis`."""
    return jnp.cumsum(x, axis)


@operation(along_axis_or(0))
def cumprod(x: Any, axis: int = 0) -> Any:
    """The products of the elements up to and including each along `axis`."""
    return jnp.cumprod(x, axis)
