"""Functions that rearrange arrays, and products of arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import nn
from jaxcnn.backend.modules import applied
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation, per_sample
from jaxcnn.layers.symbolic.sizes import Sizes, UnknownSize, is_size
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Integers, SizesLike, Tensor, TensorLike
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DTypeLike, Settings
from jaxcnn.spellings.keywords import suggesting

F = TypeVar("F", bound=Callable[..., Any])


def _keeps_rows(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    first, *_ = arguments["pattern"]
    return bool(first == 0)


def _not_over_rows(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    axes = arguments.get("axes")
    return axes is not None and 0 not in ([axes] if isinstance(axes, int) else list(axes))


def sizes(shape: SizesLike) -> tuple[int, ...]:
    """A shape as integers, inside an operation, where every size is known."""
    return tuple(int(cast(int, size)) for size in shape)


def also_of_sizes(function: F) -> F:
    """Decorator: sizes that are put together stay a shape, as `reshape` and `tile` need them."""

    @functools.wraps(function)
    def call(values: Sequence[TensorLike], *args: int, **kwargs: int) -> Tensor:
        parts = [value if isinstance(value, list | tuple) else [value] for value in values]
        together = [size for part in parts for size in part]
        if not all(map(is_size, together)):
            return cast(Tensor, function(values, *args, **kwargs))
        if any(isinstance(part, Sizes | UnknownSize) for part in [*parts, *together]):
            return cast(Tensor, Sizes(together))
        return cast(Tensor, np.array(together))

    return cast(F, call)


@operation(per_sample)
def dot(x: TensorLike, y: TensorLike) -> Tensor:
    """The product over the last axis of `x` and the last but one of `y`.

    (2, 3) and (4, 3, 5) make (2, 4, 5).

    Args:
        x: tensor, variable or array (..., k), of numbers.
        y: the same, (k,) or (..., k, n).

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.dot(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([[ 7., 10.],
               [15., 22.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.dot(jnp.asarray(x), jnp.asarray(y))


@operation(_not_over_rows)
def batch_dot(x: TensorLike, y: TensorLike, axes: Integers | None = None) -> Tensor:
    """The product of each sample of `x` with the same sample of `y`, summed over `axes`.

    ``axes[0]`` is the axis of `x` and ``axes[1]`` that of `y`, with the batch as 0; one number
    stands for both, and None for the last of `x` and the last but one of `y`. (batch, 20) and
    (batch, 30, 20) with axes (1, 2) make (batch, 30); a result
    without further axes is (batch, 1). With four axes or more, all but the last two are taken
    sample by sample.

    Args:
        x: tensor, variable or array (batch, ...), of numbers.
        y: the same, (batch, ...).
        axes: the axis of both, or one for each; None for the last of `x` and the last but one of
            `y`.

    Raises:
        ValueError: two matrices without `axes`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> rows = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> K.eval(K.batch_dot(rows, rows, axes=1))
        array([[ 5.],
               [25.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    x, y = jnp.asarray(x), jnp.asarray(y)
    pair = (axes, axes) if isinstance(axes, int) else axes
    extra = abs(x.ndim - y.ndim)
    rank = max(x.ndim, y.ndim)
    if rank == 2 and pair is None:
        raise ValueError(f"batch_dot of {x.shape} and {y.shape} needs `axes`, such as 1.")
    squeezed = tuple(range(x.ndim + y.ndim - 3, x.ndim + y.ndim - 3 + extra))
    if y.ndim > x.ndim:
        squeezed = tuple(range(x.ndim - 1, x.ndim - 1 + extra))
    x, y = (a.reshape(*a.shape, *(1,) * (rank - a.ndim)) for a in (x, y))
    if rank == 2 and pair is not None:
        result = jnp.sum(x * y, pair[0]) if pair[0] == pair[1] else jnp.sum(x.T * y, pair[1])
    else:
        if pair is not None and pair[0] % rank != rank - 1:
            x = jnp.swapaxes(x, -1, -2)
        if pair is not None and pair[1] % rank == rank - 1:
            y = jnp.swapaxes(y, -1, -2)
        result = jnp.squeeze(jnp.matmul(x, y), squeezed)
    return result[:, None] if result.ndim == 1 else result


@operation()
def transpose(x: TensorLike) -> Tensor:
    """`x` with its axes in the opposite order.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.transpose(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([[1., 3.],
               [2., 4.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.transpose(jnp.asarray(x))


@operation()
def gather(reference: TensorLike, indices: TensorLike) -> Tensor:
    """The rows of `reference` at `indices`; NaN where there is no such row.

    Args:
        reference: array (rows, ...) of any dtype whose rows are taken.
        indices: integers of any shape.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.gather(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0])))
        array([[3., 4.],
               [1., 2.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.take(jnp.asarray(reference), jnp.asarray(indices), axis=0)


@operation(_keeps_rows)
def permute_dimensions(x: TensorLike, pattern: Sequence[int]) -> Tensor:
    """`x` with axis ``pattern[i]`` in the place of axis i.

    Args:
        x: tensor, variable or array of any shape and dtype.
        pattern: the axes of `x` in their new order.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.permute_dimensions(np.ones((2, 3, 4)), (0, 2, 1)).shape
        (2, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.transpose(jnp.asarray(x), tuple(pattern))


@operation()
def reshape(x: TensorLike, shape: SizesLike) -> Tensor:
    """The elements of `x` in another shape, of which one size may be -1.

    Args:
        x: tensor, variable or array of any shape and dtype.
        shape: the new sizes, one of them may be -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.reshape(np.ones((2, 6)), (3, -1)).shape
        (3, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.reshape(jnp.asarray(x), sizes(shape))


@suggesting
@also_of_sizes
@operation(along_axis_or(-1))
def concatenate(tensors: Sequence[TensorLike], axis: int = -1) -> Tensor:
    """The tensors one after another along `axis`.

    Args:
        tensors: list of tensors or arrays of one dtype, whose shapes agree but along `axis`.
        axis: the axis. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.concatenate([np.ones((2, 3)), np.ones((2, 4))]).shape
        (2, 7)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.concatenate([jnp.asarray(t) for t in tensors], axis)


@suggesting
@also_of_sizes
@operation(along_axis_or(0))
def stack(x: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """The tensors of the list `x` side by side along a new axis.

    Args:
        x: list of tensors of one shape and dtype.
        axis: the new axis. Default: 0.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.stack([np.ones(3), np.zeros(3)]).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.stack([jnp.asarray(t) for t in x], axis)


@operation(along_axis_or(-1))
def expand_dims(x: TensorLike, axis: int = -1) -> Tensor:
    """`x` with a new axis of size 1.

    Args:
        x: tensor, variable or array of any shape and dtype.
        axis: where the new axis is. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.expand_dims(np.ones((2, 3))).shape
        (2, 3, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.expand_dims(jnp.asarray(x), axis)


@operation(along_axis)
def squeeze(x: TensorLike, axis: int) -> Tensor:
    """`x` without an axis, which has the size 1.

    Args:
        x: tensor, variable or array of any shape and dtype.
        axis: the axis.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.squeeze(np.ones((2, 1, 3)), 1).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.squeeze(jnp.asarray(x), axis)


@operation(along_axis)
def repeat_elements(x: TensorLike, rep: int, axis: int) -> Tensor:
    """Each element `rep` times in a row along `axis`: [a, b] twice is [a, a, b, b].

    Args:
        x: tensor, variable or array of any shape and dtype.
        rep: how often.
        axis: the axis.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.repeat_elements(np.array([1.0, 2.0]), 2, axis=0))
        array([1., 1., 2., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.repeat(jnp.asarray(x), rep, axis)


@operation(per_sample)
def repeat(x: TensorLike, n: int) -> Tensor:
    """(batch, features) to (batch, n, features).

    Args:
        x: tensor, variable or array (batch, features) of any dtype.
        n: how often.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.repeat(np.ones((2, 3)), 4).shape
        (2, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return applied(nn.RepeatVector(n, parent=None), x)


@operation()
def tile(x: TensorLike, n: Integers) -> Tensor:
    """`x` repeated as a whole, ``n[i]`` times along axis i.

    Args:
        x: tensor, variable or array of any shape and dtype.
        n: how often along each axis, or along the last ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.tile(np.array([1.0, 2.0]), 2))
        array([1., 2., 1., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.tile(jnp.asarray(x), n)


@operation()
def flatten(x: TensorLike) -> Tensor:
    """The elements of `x` in one row.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.flatten(np.array([[1.0, 2.0], [3.0, 4.0]])))
        array([1., 2., 3., 4.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.ravel(jnp.asarray(x))


@operation(per_sample)
def batch_flatten(x: TensorLike) -> Tensor:
    """(batch, ...) to (batch, features).

    Args:
        x: tensor, variable or array (batch, ...) of any dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.batch_flatten(np.ones((2, 3, 4))).shape
        (2, 12)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return applied(nn.Flatten(parent=None), x)


@operation(per_sample)
def one_hot(indices: TensorLike, num_classes: int) -> Tensor:
    """Class numbers (...) to (..., num_classes), 1 at the class and 0 elsewhere.

    Args:
        indices: class numbers.
        num_classes: number of classes.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.one_hot(np.array([0, 2]), 3))
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jax.nn.one_hot(jnp.asarray(indices), num_classes, dtype=config.floatx())


@operation(along_axis)
def reverse(x: TensorLike, axes: Integers) -> Tensor:
    """`x` back to front along an axis or several.

    Args:
        x: tensor, variable or array of any shape and dtype.
        axes: the axis or axes.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.reverse(np.array([1.0, 2.0]), 0))
        array([2., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.flip(jnp.asarray(x), axes if isinstance(axes, int) else tuple(axes))


@operation()
def arange(
    start: float, stop: float | None = None, step: float = 1, dtype: DTypeLike = "int32"
) -> Tensor:
    """Numbers from `start` in steps to before `stop`; from 0 to before `start` without `stop`.

    Args:
        start: the first number.
        stop: where it ends, excluded; None makes `start` the end, from 0.
        step: distance of two numbers. Default: 1.
        dtype: name or type of the numbers. Default: 'int32'.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.arange(4))
        array([0, 1, 2, 3], dtype=int32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jnp.arange(start, stop, step).astype(dtype)
