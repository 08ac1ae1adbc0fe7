"""Softmax, cross-entropies and normalization.

The cross-entropies take (output, target), the order of Keras 2.0, and in programs of Keras 2.2
(target, output), as `jaxcnn.losses` do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.backend.reductions import axes
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Axes, Tensor, TensorLike
from jaxcnn.runtime.types import Settings
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.translate import old_spellings

P = ParamSpec("P")


def _ordered(function: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """A function of (output, target) that takes them in the order of the program's Keras."""

    @functools.wraps(function)
    def ordered(*args: P.args, **kwargs: P.kwargs) -> Tensor:
        if not dialect().targets_first or not args:
            return function(*args, **kwargs)
        target, *output = args[:2]
        first = output if output else [kwargs.pop("output")]
        return function(*first, target, *args[2:], **kwargs)  # type: ignore[arg-type]

    return ordered


def _all_by_sample(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    return all(tensor.ndim > 1 for tensor in tensors)


@operation(along_axis_or(-1))
def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `axis`.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.softmax(np.array([[0.0, 0.0]])))
        array([[0.5, 0.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jax.nn.softmax(jnp.asarray(x), axis)


@_ordered
@operation(_all_by_sample)
def categorical_crossentropy(
    output: TensorLike, target: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """``-sum(target * log(output))`` over `axis`.

    Args:
        output: float array (..., classes), the predictions.
        target: float array of that shape, the targets.
        from_logits: whether `output` are logits and not probabilities. Default: False.
        axis: the axis of the classes. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> output, target = np.array([[0.5, 0.5]]), np.array([[0.0, 1.0]])
        >>> K.eval(K.categorical_crossentropy(output, target)).round(3)
        array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    target, output = (jnp.moveaxis(jnp.asarray(x), axis, -1) for x in (target, output))
    return losses.categorical_crossentropy(target, output, from_logits)


@_ordered
@operation(_all_by_sample)
def sparse_categorical_crossentropy(
    output: TensorLike, target: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """`categorical_crossentropy` for targets that are class numbers, with an axis of 1 or none.

    Args:
        output: float array (..., classes), the predictions.
        target: class numbers (...) or (..., 1), the targets.
        from_logits: whether `output` are logits and not probabilities. Default: False.
        axis: the axis of the classes. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> output, target = np.array([[0.5, 0.5]]), np.array([1])
        >>> K.eval(K.sparse_categorical_crossentropy(output, target)).round(3)
        array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    target, output = jnp.asarray(target), jnp.asarray(output)
    if target.ndim == output.ndim:
        target = jnp.moveaxis(target, axis, -1)
    return losses.sparse_categorical_crossentropy(
        target, jnp.moveaxis(output, axis, -1), from_logits
    )


@_ordered
@operation(_all_by_sample)
def binary_crossentropy(
    output: TensorLike, target: TensorLike, from_logits: bool = False
) -> Tensor:
    """``-(target * log(output) + (1 - target) * log(1 - output))`` of each element.

    Args:
        output: float array of any shape, the predictions.
        target: float array of that shape, the targets.
        from_logits: whether `output` are logits and not probabilities. Default: False.

    Examples:
        >>> from jaxcnn import backend as K
        >>> round(float(K.eval(K.binary_crossentropy(np.array(0.5), np.array(1.0)))), 3)
        0.693

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return losses.binary_crossentropy(
        jnp.asarray(target)[..., None], jnp.asarray(output)[..., None], from_logits
    )


@operation()
def in_top_k(predictions: TensorLike, targets: TensorLike, k: int) -> Tensor:
    """Booleans (batch,): whether fewer than `k` classes score higher than the right one.

    `predictions` are scores (batch, classes), `targets` class numbers (batch,).

    Args:
        predictions: scores (batch, classes).
        targets: class numbers (batch,).
        k: how many classes count.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.in_top_k(np.array([[0.1, 0.7, 0.2]]), np.array([2]), 2))
        array([ True])

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    from jaxcnn.metrics import sparse_top_k_categorical_accuracy

    hits = sparse_top_k_categorical_accuracy(jnp.asarray(targets), jnp.asarray(predictions), k)
    return hits > 0


@operation(along_axis)
def l2_normalize(x: TensorLike, axis: Axes = None) -> Tensor:
    """`x` divided by its Euclidean length along `axis`, whose square counts as at least 1e-12.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        axis: the axis, or the axes, along which it is done; None for all.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.l2_normalize(np.array([3.0, 4.0]))).round(3)
        array([0.6, 0.8], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return losses.l2_normalize(jnp.asarray(x), axes(axis))


@old_spellings
@operation()
def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    var: TensorLike,
    beta: TensorLike | None,
    gamma: TensorLike | None,
    epsilon: float = 1e-3,
    axis: int = -1,
) -> Tensor:
    """``gamma * (x - mean) / sqrt(var + epsilon) + beta``; `beta` and `gamma` may be None.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        mean: float array that broadcasts against `x`, or one with a number for each position along
            `axis`.
        var: float array of the shape of `mean`.
        beta: float array of the shape of `mean` that is added; None for nothing.
        gamma: float array of the shape of `mean`, the factor; None for 1.
        epsilon: what is added to the variance. Default: 0.001.
        axis: along which arrays of one axis lie. Default: -1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> x, mean, variance = np.array([[3.0]]), np.array([1.0]), np.array([4.0])
        >>> K.eval(K.batch_normalization(x, mean, variance, None, None, epsilon=0.0))
        array([[1.]], dtype=float32)

    References:
        - Ioffe and Szegedy, "Batch Normalization", 2015, <https://arxiv.org/abs/1502.03167>
    """
    x = jnp.asarray(x)
    others = [i for i in range(x.ndim) if i != axis % x.ndim]

    def laid(statistic: TensorLike) -> jax.Array:
        array = jnp.asarray(statistic)
        return jnp.expand_dims(array, others) if array.ndim == 1 else array

    scale = jax.lax.rsqrt(laid(var) + epsilon)
    if gamma is not None:
        scale = scale * laid(gamma)
    offset = laid(mean) * scale
    shift = -offset if beta is None else laid(beta) - offset
    return x * scale + shift


@operation()
def normalize_batch_in_training(
    x: TensorLike,
    gamma: TensorLike | None,
    beta: TensorLike | None,
    reduction_axes: Sequence[int],
    epsilon: float = 1e-3,
) -> tuple[Tensor, Tensor, Tensor]:
    """`x` normalized by its own statistics: (normalized, mean, variance over `reduction_axes`).

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        gamma: float array that broadcasts against `x`, the factor; None for 1.
        beta: float array that broadcasts against `x` and is added; None for nothing.
        reduction_axes: the axes over which the statistics are taken.
        epsilon: what is added to the variance. Default: 0.001.

    Examples:
        >>> from jaxcnn import backend as K
        >>> normalized, mean, variance = K.normalize_batch_in_training(
        ...     np.array([[1.0], [3.0]]), None, None, [0], epsilon=0.0
        ... )
        >>> K.eval(normalized)
        array([[-1.],
               [ 1.]], dtype=float32)

    References:
        - Ioffe and Szegedy, "Batch Normalization", 2015, <https://arxiv.org/abs/1502.03167>
    """
    x, over = jnp.asarray(x), tuple(reduction_axes)
    mean, variance = jnp.mean(x, over), jnp.var(x, over)

    def along(values: TensorLike) -> jax.Array:
        return jnp.expand_dims(jnp.asarray(values), over)

    normalized = batch_normalization(
        x,
        along(mean),
        along(variance),
        beta=None if beta is None else along(beta),
        gamma=None if gamma is None else along(gamma),
        epsilon=epsilon,
    )
    return normalized, mean, variance
