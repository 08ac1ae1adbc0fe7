"""The metrics of Keras 1: each gives one number a batch, and some are counted in it alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import jax
import jax.numpy as jnp

from jaxcnn.compat.metrics import get_metric, share_of_batch
from jaxcnn.metrics import Metric
from jaxcnn.metrics.base import registry
from jaxcnn.runtime import config
from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.types import Identifier, PyTree


def rounded(x: jax.Array) -> jax.Array:
    """The nearest of 0 and 1."""
    return jnp.round(jnp.clip(x, 0, 1))


@registry.register_old()
@deferrable
def precision(y_true: jax.Array, y_pred: jax.Array) -> jax.Array:
    """The share of the chosen that are right."""
    return jnp.sum(rounded(y_true * y_pred)) / (jnp.sum(rounded(y_pred)) + config.epsilon())


@registry.register_old()
@deferrable
def recall(y_true: jax.Array, y_pred: jax.Array) -> jax.Array:
    """The share of the right that are chosen."""
    return jnp.sum(rounded(y_true * y_pred)) / (jnp.sum(rounded(y_true)) + config.epsilon())


@registry.register_old()
@deferrable
def fbeta_score(y_true: jax.Array, y_pred: jax.Array, beta: float = 1) -> jax.Array:
    """The harmonic mean of precision and of recall, which has the weight ``beta ** 2``.

    Raises:
        ValueError: `beta` is negative.
    """
    if beta < 0:
        raise ValueError("The lowest choosable beta is zero (only precision).")
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    score: jax.Array = (1 + beta**2) * (p * r) / (beta**2 * p + r + config.epsilon())
    return score


@registry.register_old("fscore", "f1score")
@deferrable
def fmeasure(y_true: jax.Array, y_pred: jax.Array) -> jax.Array:
    """The harmonic mean of precision and recall."""
    return fbeta_score(y_true, y_pred)


@registry.register_old()
@deferrable
def matthews_correlation(y_true: jax.Array, y_pred: jax.Array) -> jax.Array:
    """The correlation of two yes-or-no answers, from -1 to 1."""
    chosen, right = rounded(y_pred), rounded(y_true)
    tp, tn = jnp.sum(right * chosen), jnp.sum((1 - right) * (1 - chosen))
    fp, fn = jnp.sum((1 - right) * chosen), jnp.sum(right * (1 - chosen))
    spread = jnp.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / (spread + config.epsilon())


fscore = f1score = fmeasure


def get(identifier: Identifier) -> Callable[..., PyTree] | Metric:
    """The function of a name, or what else a metric may be, as it is."""
    metric = get_metric(identifier)
    return AVERAGED.get(getattr(metric, "__name__", ""), metric)


SHORT = {
    "cosine": "cosine_proximity",
    "kld": "kullback_leibler_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
AVERAGED = {
    name: share_of_batch(known)
    for name, known in registry.items().items()
    if inspect.isfunction(known)
}
globals().update(AVERAGED, **{short: AVERAGED[name] for short, name in SHORT.items()})
