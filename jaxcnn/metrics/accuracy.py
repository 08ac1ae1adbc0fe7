"""Accuracies ``(y_true, y_pred) -> array`` of zeros and ones (or fractions), one number a sample.

A sample with NaN among its scores is never a hit. Shapes are those of the loss functions.
"""

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.losses import aligned, class_labels
from jaxcnn.metrics.base import registry
from jaxcnn.runtime.arrays import argmax
from jaxcnn.runtime.deferred import deferrable


@registry.register()
@deferrable
def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """Fraction of the columns where ``y_pred``, rounded, equals ``y_true``; 0.5 is rounded to 0.

    Args:
        y_true: targets, the numbers 0 or 1, of the shape of `y_pred`.
        y_pred: probabilities, (batch, ..., n).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.metrics.binary_accuracy(jnp.array([[1.0, 0.0]]), jnp.array([[0.75, 0.75]]))
        Array([0.5], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean((y_true == jnp.round(y_pred)).astype(y_pred.dtype), axis=-1)


@registry.register()
@deferrable
def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 where the greatest score is that of the right class, for one-hot targets.

    Args:
        y_true: one-hot targets, of the shape of `y_pred`.
        y_pred: scores, (batch, ..., classes).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.metrics.categorical_accuracy(jnp.array([[0.0, 1.0]]), jnp.array([[0.25, 0.75]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return _first_is(argmax(y_true), y_pred)


@registry.register()
@deferrable
def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 where the greatest score is that of the right class, for class numbers.

    Args:
        y_true: class numbers from 0, (batch, ...) or (batch, ..., 1).
        y_pred: scores, (batch, ..., classes).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.metrics.sparse_categorical_accuracy(jnp.array([1]), jnp.array([[0.25, 0.75]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    return _first_is(*class_labels(y_true, y_pred))


@registry.register()
@deferrable
def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """1 where fewer than ``k`` classes score higher than the right one, for one-hot targets.

    Args:
        y_true: one-hot targets, of the shape of `y_pred`.
        y_pred: scores, (batch, classes).
        k: how many classes count, a positive integer. Default: 5.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> scores = jnp.array([[0.5, 0.3, 0.2]])
        >>> jc.metrics.top_k_categorical_accuracy(jnp.array([[0.0, 1.0, 0.0]]), scores, k=2)
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return _among_first(argmax(y_true), y_pred, k)


@registry.register()
@deferrable
def sparse_top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """1 where fewer than ``k`` classes score higher than the right one, for class numbers.

    Args:
        y_true: class numbers from 0, (batch,) or (batch, 1).
        y_pred: scores, (batch, classes).
        k: how many classes count, a positive integer. Default: 5.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> scores = jnp.array([[0.5, 0.3, 0.2]])
        >>> jc.metrics.sparse_top_k_categorical_accuracy(jnp.array([1]), scores, k=2)
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/metrics.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/metrics.py>
    """
    return _among_first(*class_labels(y_true, y_pred), k)


def _first_is(labels: Array, scores: Array) -> Array:
    hit = (argmax(scores) == labels) & ~jnp.isnan(scores).any(axis=-1)
    return hit.astype(scores.dtype)


def _among_first(labels: Array, scores: Array, k: int) -> Array:
    right = jnp.take_along_axis(scores, labels[..., None], axis=-1, mode="fill", fill_value=jnp.nan)
    hit = (
        (jnp.sum(scores > right, axis=-1) < k)
        & ~jnp.isnan(scores).any(axis=-1)
        & ~jnp.isnan(right[..., 0])
    )
    return hit.astype(scores.dtype)
