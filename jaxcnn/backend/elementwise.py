"""Functions that act on each element apart."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.backend.sparse import SparseTensor
from jaxcnn.layers.symbolic.operation import elementwise, operation
from jaxcnn.layers.symbolic.sizes import UnknownSize
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime import ties
from jaxcnn.runtime.types import DTypeLike
from jaxcnn.spellings.keywords import suggesting

F = TypeVar("F", bound=Callable[..., Any])


@operation(elementwise)
def square(x: TensorLike) -> Tensor:
    """``x ** 2``.

    Args:
        x: tensor, variable or array of any shape, of numbers.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.square(np.array([2.0, 3.0])))
        array([4., 9.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.square(jnp.asarray(x))


@operation(elementwise)
def sqrt(x: TensorLike) -> Tensor:
    """The square root; of negative numbers 0, and with the gradient 0 wherever the result is 0.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.sqrt(np.array([4.0, 9.0])))
        array([2., 3.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    x = jnp.asarray(x)
    positive = x > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1)), 0)


@operation(elementwise)
def exp(x: TensorLike) -> Tensor:
    """``e ** x``.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.exp(np.array(0.0)))), 3)
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.exp(jnp.asarray(x))


@operation(elementwise)
def log(x: TensorLike) -> Tensor:
    """The natural logarithm; -inf at 0, NaN below.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.log(np.array(1.0)))), 3)
        0.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.log(jnp.asarray(x))


@operation(elementwise)
def sin(x: TensorLike) -> Tensor:
    """The sine of `x` in radians.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.sin(np.array(0.0)))), 3)
        0.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.sin(jnp.asarray(x))


@operation(elementwise)
def cos(x: TensorLike) -> Tensor:
    """The cosine of `x` in radians.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.cos(np.array(0.0)))), 3)
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.cos(jnp.asarray(x))


@operation(elementwise)
def sign(x: TensorLike) -> Tensor:
    """-1, 0 or 1.

    Args:
        x: tensor, variable or array of any shape, of numbers.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.sign(np.array([-2.0, 0.0, 3.0])))
        array([-1.,  0.,  1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.sign(jnp.asarray(x))


@operation(elementwise)
def round(x: TensorLike) -> Tensor:
    """The nearest integer, of two equally near ones the even one; the dtype stays.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.round(np.array([0.4, 1.5])))
        array([0., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.round(jnp.asarray(x))


@operation(elementwise)
def clip(x: TensorLike, min_value: TensorLike | None, max_value: TensorLike | None) -> Tensor:
    """`x` cut to [min_value, max_value]; None sets no limit.

    A maximum below the minimum counts as the minimum.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        min_value: lower limit, a number or an array that broadcasts against `x`; None for none.
        max_value: upper limit, a number or an array that broadcasts against `x`; None for none.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.clip(np.array([-1.0, 5.0]), 0.0, 1.0))
        array([0., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    low, high = (None if v is None else jnp.asarray(v) for v in (min_value, max_value))
    return ties.clip(jnp.asarray(x), low, high)


@operation(elementwise)
def maximum(x: TensorLike, y: TensorLike) -> Tensor:
    """The larger of `x` and `y`.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        y: the same, of a shape that broadcasts against that of `x`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.maximum(np.array([1.0, 2.0]), np.array([1.0, 3.0])))
        array([1., 3.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return ties.maximum(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def minimum(x: TensorLike, y: TensorLike) -> Tensor:
    """The smaller of `x` and `y`.

    Args:
        x: tensor, variable or array of any shape, of numbers.
        y: the same, of a shape that broadcasts against that of `x`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.minimum(np.array([1.0, 2.0]), np.array([1.0, 3.0])))
        array([1., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return ties.minimum(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x == y``.

    Args:
        x: tensor, variable or array of any shape and dtype.
        y: the same, of a shape that broadcasts against that of `x`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.equal(np.array([1.0, 2.0]), np.array([1.0, 3.0])))
        array([ True, False])

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.equal(jnp.asarray(x), jnp.asarray(y))


@operation(elementwise)
def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Booleans: ``x != y``.

    Args:
        x: tensor, variable or array of any shape and dtype.
        y: the same, of a shape that broadcasts against that of `x`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.not_equal(np.array([1.0, 2.0]), np.array([1.0, 3.0])))
        array([False,  True])

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.not_equal(jnp.asarray(x), jnp.asarray(y))


def also_of_sizes(function: F) -> F:
    """Decorator: a size as an integer stays a size, as `reshape` needs it."""

    @functools.wraps(function)
    def call(x: TensorLike, dtype: DTypeLike) -> object:
        if isinstance(x, UnknownSize) and jnp.issubdtype(dtype, jnp.integer):
            return x
        return function(x, dtype)

    return typing.cast(F, call)


@suggesting
@also_of_sizes
@operation(elementwise)
def cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """`x` in another number type, given by name or type.

    Args:
        x: tensor, variable or array of any shape and dtype.
        dtype: name or type of the numbers.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.cast(np.array([1.7]), "int32").dtype.name
        'int32'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    kind = jax.dtypes.canonicalize_dtype(dtype)
    return x.astype(kind) if isinstance(x, SparseTensor) else jnp.asarray(x).astype(kind)


@operation(elementwise)
def identity(x: TensorLike, name: str | None = None) -> Tensor:
    """`x` itself; `name` is only a label.

    Args:
        x: tensor, variable or array of any shape and dtype.
        name: label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.identity(np.array([0.0, 1.0])))
        array([0., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.asarray(x)


@operation(elementwise)
def zeros_like(x: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Zeros in the shape of `x` and in its dtype or another; `name` is only a label.

    Args:
        x: tensor, variable or array of any shape and dtype.
        dtype: name or type of the numbers; None for that of `x`.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.zeros_like(np.array([3.0, 4.0])))
        array([0., 0.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.zeros_like(jnp.asarray(x), dtype)


@operation(elementwise)
def ones_like(x: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Ones in the shape of `x` and in its dtype or another; `name` is only a label.

    Args:
        x: tensor, variable or array of any shape and dtype.
        dtype: name or type of the numbers; None for that of `x`.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.ones_like(np.array([3.0, 4.0])))
        array([1., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.ones_like(jnp.asarray(x), dtype)


@operation(elementwise)
def relu(
    x: TensorLike,
    alpha: float | Tensor = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Tensor:
    """``min(max(x, 0), max_value)``, with the slope `alpha` below zero.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        alpha: slope, or scale, below zero, a number. Default: 0.0.
        max_value: largest value of the result; None for no limit.
        threshold: below it the result is ``alpha * (x - threshold)``. Default: 0.0.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.relu(np.array([-1.0, 1.0])))
        array([0., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.relu(jnp.asarray(x), alpha, max_value, threshold)


@operation(elementwise)
def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """`x` where positive, else ``alpha * (exp(x) - 1)``.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        alpha: slope, or scale, below zero. Default: 1.0.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.elu(np.array([0.0, 1.0])))
        array([0., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.elu(jnp.asarray(x), alpha)


@operation(elementwise)
def softplus(x: TensorLike) -> Tensor:
    """``log(exp(x) + 1)``.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.softplus(np.array(-100.0)))), 3)
        0.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.softplus(jnp.asarray(x))


@operation(elementwise)
def softsign(x: TensorLike) -> Tensor:
    """``x / (1 + |x|)``.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.softsign(np.array([-1.0, 3.0])))
        array([-0.5 ,  0.75], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.softsign(jnp.asarray(x))


@operation(elementwise)
def sigmoid(x: TensorLike) -> Tensor:
    """``1 / (1 + exp(-x))``.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.sigmoid(np.array(0.0)))), 3)
        0.5

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.sigmoid(jnp.asarray(x))


@operation(elementwise)
def hard_sigmoid(x: TensorLike) -> Tensor:
    """``0.2 x + 0.5`` cut to [0, 1].

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.hard_sigmoid(np.array([0.0, 1.0])))
        array([0.5, 0.7], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.hard_sigmoid(jnp.asarray(x))


@operation(elementwise)
def tanh(x: TensorLike) -> Tensor:
    """The hyperbolic tangent.

    Args:
        x: tensor, variable or array of any shape and a float dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.tanh(np.array(0.0)))), 3)
        0.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return activations.tanh(jnp.asarray(x))
