"""Sums, means, extremes and the like, over all axes or those in `axis` (one or several, from 0).

With `keepdims` the axes stay, with size 1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.backend.elementwise import sqrt
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation
from jaxcnn.layers.symbolic.sizes import Sizes, product
from jaxcnn.layers.symbolic.types import Axes, Tensor, TensorLike
from jaxcnn.spellings.keywords import suggesting

F = TypeVar("F", bound=Callable[..., Any])


def axes(axis: Axes) -> int | tuple[int, ...] | None:
    """Axes as JAX takes them: one, a tuple, or None."""
    return axis if axis is None or isinstance(axis, int) else tuple(axis)


def greatest(x: jax.Array, axis: Any = None, keepdims: bool = False) -> jax.Array:
    """The largest element; of none the lowest that the number type has, as on TensorFlow."""
    return jnp.max(x, axis, keepdims=keepdims, initial=None if x.size else ends(x.dtype)[0])


def least(x: jax.Array, axis: Any = None, keepdims: bool = False) -> jax.Array:
    """The smallest element; of none the highest that the number type has, as on TensorFlow."""
    return jnp.min(x, axis, keepdims=keepdims, initial=None if x.size else ends(x.dtype)[1])


def ends(dtype: np.dtype) -> tuple[float, float]:
    """The lowest and the highest number of a type, infinities among floats."""
    if jnp.issubdtype(dtype, jnp.floating):
        return -np.inf, np.inf
    limits = jnp.iinfo(dtype)
    return limits.min, limits.max


@operation(along_axis)
def max(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The largest element.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.max(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        4.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return greatest(jnp.asarray(x), axes(axis), keepdims)


@operation(along_axis)
def min(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The smallest element.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.min(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return least(jnp.asarray(x), axes(axis), keepdims)


@operation(along_axis)
def sum(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The sum.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.sum(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        10.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.sum(jnp.asarray(x), axes(axis), keepdims=keepdims)


def also_of_sizes(function: F) -> F:
    """Decorator: the product of all sizes of a shape is a size, as `reshape` needs it."""

    @functools.wraps(function)
    def call(x: TensorLike, *args: object, **kwargs: object) -> object:
        if isinstance(x, Sizes) and not (args or kwargs):
            return product(x)
        return function(x, *args, **kwargs)

    return cast(F, call)


@suggesting
@also_of_sizes
@operation(along_axis)
def prod(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The product.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.prod(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        24.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.prod(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis)
def mean(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean; booleans count as 0 and 1.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.mean(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        2.5

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.mean(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis)
def var(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean squared distance from the mean.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.var(np.array([1.0, 3.0])))), 3)
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.var(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis)
def std(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The square root of `var`; where it is 0 so is its gradient.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.std(np.array([1.0, 3.0])))), 3)
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return sqrt(jnp.var(jnp.asarray(x), axes(axis), keepdims=keepdims))


@operation(along_axis)
def logsumexp(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """``log(sum(exp(x)))``, without overflow.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.logsumexp(np.array([1.0, 3.0])))), 3)
        3.127

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jax.nn.logsumexp(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis)
def any(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Whether some element is not zero.

    Args:
        x: tensor, variable or array of any shape, bool or numbers, of which 0 counts as False.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> bool(K.eval(K.any(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.any(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis)
def all(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Whether no element is zero.

    Args:
        x: tensor, variable or array of any shape, bool or numbers, of which 0 counts as False.
        axis: the axis, or the axes, along which it is done; None for all.
        keepdims: whether these axes stay, with size 1. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> bool(K.eval(K.all(np.array([[1.0, 2.0], [3.0, 4.0]]))))
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.all(jnp.asarray(x), axes(axis), keepdims=keepdims)


@operation(along_axis_or(-1))
def argmax(x: TensorLike, axis: int = -1) -> Tensor:
    """The index of the largest element along `axis`, int32.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.argmax(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([1, 1], dtype=int32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.argmax(jnp.asarray(x), axis)


@operation(along_axis_or(-1))
def argmin(x: TensorLike, axis: int = -1) -> Tensor:
    """The index of the smallest element along `axis`, int32.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.argmin(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([0, 0], dtype=int32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.argmin(jnp.asarray(x), axis)


@operation(along_axis_or(0))
def cumsum(x: TensorLike, axis: int = 0) -> Tensor:
    """The sums of the elements up to and including each along `axis`.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis. Default: 0.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.cumsum(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([[1., 2.],
               [4., 6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.cumsum(jnp.asarray(x), axis)


@operation(along_axis_or(0))
def cumprod(x: TensorLike, axis: int = 0) -> Tensor:
    """The products of the elements up to and including each along `axis`.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        axis: the axis. Default: 0.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.cumprod(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([[1., 2.],
               [3., 8.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.cumprod(jnp.asarray(x), axis)
