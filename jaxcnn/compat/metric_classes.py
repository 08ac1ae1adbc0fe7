"""The classes that `tf.keras.metrics` and Keras 2.3 have for metrics that are functions here."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jaxcnn import losses, metrics
from jaxcnn.metrics import FunctionMetric
from jaxcnn.runtime.types import ArrayFunction, ArrayLike


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """The share of numbers that are equal, of each sample."""
    return jnp.mean(jnp.equal(jnp.asarray(y_true), jnp.asarray(y_pred)), axis=-1)


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """The cosine of the angle between target and prediction."""
    one, two = (losses.l2_normalize(jnp.asarray(y), axis) for y in (y_true, y_pred))
    return jnp.sum(one * two, axis=axis)


# Class -> the function whose mean over all samples it is, and whose name it has in logs.
FUNCTIONS: dict[str, ArrayFunction] = {
    "Accuracy": accuracy,
    "BinaryAccuracy": metrics.binary_accuracy,
    "BinaryCrossentropy": losses.binary_crossentropy,
    "CategoricalAccuracy": metrics.categorical_accuracy,
    "CategoricalCrossentropy": losses.categorical_crossentropy,
    "CategoricalHinge": losses.categorical_hinge,
    "CosineSimilarity": cosine_similarity,
    "Hinge": losses.hinge,
    "KLDivergence": losses.kullback_leibler_divergence,
    "LogCoshError": losses.logcosh,
    "MeanAbsoluteError": losses.mean_absolute_error,
    "MeanAbsolutePercentageError": losses.mean_absolute_percentage_error,
    "MeanSquaredError": losses.mean_squared_error,
    "MeanSquaredLogarithmicError": losses.mean_squared_logarithmic_error,
    "Poisson": losses.poisson,
    "SparseCategoricalAccuracy": metrics.sparse_categorical_accuracy,
    "SparseCategoricalCrossentropy": losses.sparse_categorical_crossentropy,
    "SparseTopKCategoricalAccuracy": metrics.sparse_top_k_categorical_accuracy,
    "SquaredHinge": losses.squared_hinge,
    "TopKCategoricalAccuracy": metrics.top_k_categorical_accuracy,
}


def class_of(label: str, function: ArrayFunction) -> type:
    """A class that makes a `FunctionMetric`, so that files have nothing else in them."""

    def made(
        cls: type, name: str = function.__name__, dtype: str | None = None, **options: object
    ) -> FunctionMetric:
        return FunctionMetric(functools.partial(function, **options) if options else function, name)

    return type(label, (), {"__new__": made})


globals().update({label: class_of(label, function) for label, function in FUNCTIONS.items()})
