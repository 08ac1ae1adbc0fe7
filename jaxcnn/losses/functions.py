"""Loss functions ``(y_true, y_pred) -> array``: one value a sample or position, the last axis being
reduced.

``y_true`` and ``y_pred`` have the shape ``(batch, ..., classes)`` and the result ``(batch, ...)``.
A ``y_true`` without the last axis is accepted where ``y_pred`` has one column; no other shapes are
broadcast. Targets of any numeric type are converted; the computation is in float32 or wider.
``eps`` below is ``jaxcnn.runtime.config.epsilon()``.
"""

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import Array

from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import widened
from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.ties import clip, maximum
from jaxcnn.runtime.types import ArrayLike
from jaxcnn.spellings.dialect import dialect

LossFunction: TypeAlias = Callable[[Array, Array], Array]

registry: Registry[LossFunction | None] = Registry("loss")


@registry.register("mse")
@deferrable
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean((y_pred - y_true)**2)``.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.mean_squared_error(jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]]))
        Array([2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean(jnp.square(y_pred - y_true), axis=-1)


@registry.register("mae")
@deferrable
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean(|y_pred - y_true|)``.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.mean_absolute_error(jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean(absolute(y_pred - y_true), axis=-1)


@registry.register("mape")
@deferrable
def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``100 mean(|y_true - y_pred| / max(|y_true|, eps))``.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([[1.0, 2.0]]), jnp.array([[1.0, 4.0]])
        >>> jc.losses.mean_absolute_percentage_error(y_true, y_pred)
        Array([50.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return 100.0 * jnp.mean(
        absolute(y_true - y_pred) / jnp.maximum(jnp.abs(y_true), config.epsilon()), axis=-1
    )


@registry.register("msle")
@deferrable
def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean((log(max(y_pred, eps) + 1) - log(max(y_true, eps) + 1))**2)``.

    Args:
        y_true: targets above -1, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> loss = jc.losses.mean_squared_logarithmic_error(jnp.array([[0.0]]), jnp.array([[1.0]]))
        >>> round(loss.item(), 3)
        0.48

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    smallest = config.epsilon()
    difference = jnp.log1p(maximum(y_pred, smallest)) - jnp.log1p(jnp.maximum(y_true, smallest))
    return jnp.mean(jnp.square(difference), axis=-1)


@registry.register()
@deferrable
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean(max(1 - y_true y_pred, 0))`` for targets -1 and 1.

    Args:
        y_true: targets, the numbers -1 or 1, of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.hinge(jnp.array([[1.0, -1.0]]), jnp.array([[0.5, 0.5]]))
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean(maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


@registry.register()
@deferrable
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean(max(1 - y_true y_pred, 0)**2)`` for targets -1 and 1.

    Args:
        y_true: targets, the numbers -1 or 1, of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.squared_hinge(jnp.array([[1.0, -1.0]]), jnp.array([[0.5, 0.5]]))
        Array([1.25], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean(jnp.square(jax.nn.relu(1.0 - y_true * y_pred)), axis=-1)


@registry.register()
@deferrable
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``max(0, 1 + greatest wrong score - right score)`` for one-hot targets.

    Args:
        y_true: one-hot targets, of the shape of `y_pred`.
        y_pred: scores, (batch, ..., classes).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.categorical_hinge(jnp.array([[0.0, 1.0]]), jnp.array([[0.5, 0.75]]))
        Array([0.75], dtype=float32)

    References:
        - Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector
          Machines", 2001, <https://www.jmlr.org/papers/v2/crammer01a.html>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    right = jnp.sum(y_true * y_pred, axis=-1)
    wrong = jnp.max((1.0 - y_true) * y_pred, axis=-1)
    return jax.nn.relu(1.0 + wrong - right)


@registry.register()
@deferrable
def logcosh(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean(log(cosh(y_pred - y_true)))``, written so that it does not overflow.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> round(jc.losses.logcosh(jnp.array([[0.0]]), jnp.array([[1.0]])).item(), 3)
        0.434

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    error = y_pred - y_true
    return jnp.mean(error + jax.nn.softplus(-2.0 * error) - jnp.log(2.0), axis=-1)


@registry.register()
@deferrable
def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> Array:
    """Mean of ``error**2 / 2`` where ``|error| <= delta``, else of ``delta (|error| - delta / 2)``.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, float (batch, ..., n); the mean or sum is taken over the last axis.
        delta: error up to which the loss is quadratic, above 0. Default: 1.0.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.huber(jnp.array([[0.0, 0.0]]), jnp.array([[1.0, 3.0]]))
        Array([1.5], dtype=float32)

    References:
        - Huber, "Robust Estimation of a Location Parameter", 1964,
          <https://doi.org/10.1214/aoms/1177703732>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    error = absolute(y_pred - y_true)
    near = jnp.minimum(error, delta)
    return jnp.mean(near * (error - 0.5 * near), axis=-1)


@registry.register()
@deferrable
def categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False
) -> Array:
    """``-sum(y_true log p)`` for targets that are distributions, usually one-hot.

    ``p`` is ``softmax(y_pred)`` with ``from_logits``; else ``y_pred`` divided by its sum and cut to
    [eps, 1 - eps], so that the result is finite, on a row of zeros too.

    Args:
        y_true: distributions over the classes, usually one-hot, of the shape of `y_pred`.
        y_pred: probabilities, (batch, ..., classes), or logits with `from_logits`.
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([[0.0, 1.0]]), jnp.array([[0.5, 0.5]])
        >>> jc.losses.categorical_crossentropy(y_true, y_pred).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return -jnp.sum(y_true * _log_probabilities(y_pred, from_logits), axis=-1)


@registry.register()
@deferrable
def sparse_categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False
) -> Array:
    """:func:`categorical_crossentropy` for class numbers.

    ``y_true`` has the shape ``(batch, ...)`` or ``(batch, ..., 1)``, and may be of a float type. A
    number outside 0 .. classes - 1 gives NaN.

    Args:
        y_true: class numbers from 0.
        y_pred: probabilities, (batch, ..., classes), or logits with `from_logits`.
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> y_true, y_pred = jnp.array([1]), jnp.array([[0.5, 0.5]])
        >>> jc.losses.sparse_categorical_crossentropy(y_true, y_pred).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    labels, y_pred = class_labels(y_true, y_pred)
    log_p = _log_probabilities(y_pred, from_logits)
    return -jnp.take_along_axis(log_p, labels[..., None], axis=-1, mode="fill", fill_value=jnp.nan)[
        ..., 0
    ]


@registry.register("logloss")
@deferrable
def binary_crossentropy(y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False) -> Array:
    """``-mean(y_true log p + (1 - y_true) log(1 - p))``.

    ``p`` is ``sigmoid(y_pred)`` with ``from_logits``; else ``y_pred`` cut to [eps, 1 - eps].

    Args:
        y_true: targets, numbers from 0 to 1, of the shape of `y_pred`.
        y_pred: probabilities, (batch, ..., n), or logits with `from_logits`.
        from_logits: whether `y_pred` are logits. Default: False.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.binary_crossentropy(jnp.array([[1.0]]), jnp.array([[0.5]])).round(3)
        Array([0.693], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    if from_logits:
        log_p, log_not_p = jax.nn.log_sigmoid(y_pred), jax.nn.log_sigmoid(-y_pred)
    else:
        p = clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
        log_p, log_not_p = jnp.log(p), jnp.log1p(-p)
    return -jnp.mean(y_true * log_p + (1.0 - y_true) * log_not_p, axis=-1)


@registry.register("kld", "kl_divergence")
@deferrable
def kullback_leibler_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``sum(y_true log(y_true / y_pred))``, both cut to [eps, 1] (Kullback and Leibler, 1951).

    Args:
        y_true: distributions over the last axis, float of the shape of `y_pred`.
        y_pred: distributions over the last axis, float (batch, ..., n).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> p, q = jnp.array([[0.5, 0.5]]), jnp.array([[0.25, 0.75]])
        >>> round(jc.losses.kullback_leibler_divergence(p, q).item(), 3)
        0.144

    References:
        - Kullback and Leibler, "On Information and Sufficiency", 1951,
          <https://doi.org/10.1214/aoms/1177729694>
    """
    y_true, y_pred = (clip(y, config.epsilon(), 1.0) for y in aligned(y_true, y_pred))
    return jnp.sum(y_true * jnp.log(y_true / y_pred), axis=-1)


@registry.register()
@deferrable
def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``mean(y_pred - y_true log(y_pred + eps))``.

    Args:
        y_true: counts, numbers of the shape of `y_pred`.
        y_pred: expected counts, float (batch, ..., n), above 0.

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.poisson(jnp.array([[2.0]]), jnp.array([[1.0]])).round(3)
        Array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    return jnp.mean(y_pred - y_true * jnp.log(y_pred + config.epsilon()), axis=-1)


@registry.register("cosine")
@deferrable
def cosine_proximity(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``-mean(u v)`` of the vectors scaled to length one: minus their cosine, over their length.

    In programs of Keras 2.2 minus their cosine itself.

    Args:
        y_true: vectors along the last axis, float of the shape of `y_pred`.
        y_pred: vectors along the last axis, float (batch, ..., n).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.cosine_proximity(jnp.array([[1.0, 0.0]]), jnp.array([[1.0, 0.0]]))
        Array([-0.5], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    y_true, y_pred = aligned(y_true, y_pred)
    products = l2_normalize(y_true) * l2_normalize(y_pred)
    return -(jnp.sum if dialect().whole_cosines else jnp.mean)(products, axis=-1)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_proximity
logloss = binary_crossentropy


def aligned(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    """Both arrays in one float type, at least float32, and in the shape of ``y_pred``.

    Args:
        y_true: targets, numbers of the shape of `y_pred`.
        y_pred: predictions, numbers of any shape.

    Raises:
        ValueError: the shapes differ by more than a missing last axis of length one.

    Examples:
        >>> y_true, y_pred = jc.losses.aligned(jnp.array([1, 0]), jnp.array([[0.5], [0.5]]))
        >>> y_true.shape, y_true.dtype.name
        ((2, 1), 'float32')
    """
    y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    if y_true.shape != y_pred.shape:
        if (*y_true.shape, 1) != y_pred.shape:
            raise ValueError(
                f"Targets of shape {y_true.shape} do not fit predictions of shape {y_pred.shape}: "
                "they must be equal. Class numbers need a sparse loss or metric, or to_categorical."
            )
        y_true = y_true[..., None]
    y_pred = widened(y_pred)
    return y_true.astype(y_pred.dtype), y_pred


def class_labels(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    """Class numbers as int32 ``(batch, ...)``, and scores ``(batch, ..., classes)`` as floats.

    Negative numbers, which would count from the last class, become the number of classes, which is
    none.

    Args:
        y_true: class numbers, (batch, ...) or (batch, ..., 1).
        y_pred: scores, (batch, ..., classes).

    Raises:
        ValueError: the shapes do not fit.

    Examples:
        >>> jc.losses.class_labels(jnp.array([[2], [-1]]), jnp.zeros((2, 3)))[0]
        Array([2, 3], dtype=int32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
    if y_true.shape == (*y_pred.shape[:-1], 1):
        y_true = y_true[..., 0]
    if y_true.shape != y_pred.shape[:-1]:
        raise ValueError(
            f"Class numbers of shape {y_true.shape} do not fit predictions of shape "
            f"{y_pred.shape}: expected {y_pred.shape[:-1]} or {(*y_pred.shape[:-1], 1)}. One-hot "
            "targets need a loss or metric without 'sparse'."
        )
    labels = y_true.astype(jnp.int32)
    return jnp.where(labels < 0, y_pred.shape[-1], labels), widened(y_pred)


def absolute(x: Array) -> Array:
    """``|x|`` with gradient 0 at 0 (``jnp.abs`` has 1): a penalty leaves a weight of 0 alone.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jax.grad(jc.losses.absolute)(0.0)
        Array(0., dtype=float32, weak_type=True)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return x * jnp.sign(x)


def l2_normalize(x: Array, axis: int | tuple[int, ...] | None = -1) -> Array:
    """``x`` over its Euclidean length along ``axis``; the squared length is at least 1e-12.

    Args:
        x: array of any shape and float dtype.
        axis: the axis or axes of a vector; None for the whole array. Default: -1.

    Examples:
        >>> jc.losses.l2_normalize(jnp.array([3.0, 4.0])).round(3)
        Array([0.6, 0.8], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(jnp.square(x), axis=axis, keepdims=True), 1e-12))


def _log_probabilities(y_pred: Array, from_logits: bool) -> Array:
    if from_logits:
        return jax.nn.log_softmax(y_pred)
    total = jnp.sum(y_pred, axis=-1, keepdims=True)
    p = y_pred / jnp.where(total == 0, 1.0, total)
    return jnp.log(clip(p, config.epsilon(), 1.0 - config.epsilon()))
