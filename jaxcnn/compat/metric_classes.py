"""The classes that `tf.keras.metrics` and Keras 2.3 have for metrics that are functions here."""

from __future__ import annotations

import functools

from jaxcnn import losses, metrics
from jaxcnn.metrics import FunctionMetric
from jaxcnn.runtime.types import ArrayFunction

# Class -> the function whose mean over all samples it is, and its name in logs.
FUNCTIONS: dict[str, tuple[ArrayFunction, str]] = {
    "BinaryAccuracy": (metrics.binary_accuracy, "binary_accuracy"),
    "BinaryCrossentropy": (losses.binary_crossentropy, "binary_crossentropy"),
    "CategoricalAccuracy": (metrics.categorical_accuracy, "categorical_accuracy"),
    "CategoricalCrossentropy": (losses.categorical_crossentropy, "categorical_crossentropy"),
    "CategoricalHinge": (losses.categorical_hinge, "categorical_hinge"),
    "Hinge": (losses.hinge, "hinge"),
    "LogCoshError": (losses.logcosh, "logcosh"),
    "MeanAbsoluteError": (losses.mean_absolute_error, "mean_absolute_error"),
    "MeanAbsolutePercentageError": (
        losses.mean_absolute_percentage_error,
        "mean_absolute_percentage_error",
    ),
    "MeanSquaredError": (losses.mean_squared_error, "mean_squared_error"),
    "MeanSquaredLogarithmicError": (
        losses.mean_squared_logarithmic_error,
        "mean_squared_logarithmic_error",
    ),
    "Poisson": (losses.poisson, "poisson"),
    "SparseCategoricalAccuracy": (
        metrics.sparse_categorical_accuracy,
        "sparse_categorical_accuracy",
    ),
    "SparseCategoricalCrossentropy": (
        losses.sparse_categorical_crossentropy,
        "sparse_categorical_crossentropy",
    ),
    "SparseTopKCategoricalAccuracy": (
        metrics.sparse_top_k_categorical_accuracy,
        "sparse_top_k_categorical_accuracy",
    ),
    "SquaredHinge": (losses.squared_hinge, "squared_hinge"),
    "TopKCategoricalAccuracy": (metrics.top_k_categorical_accuracy, "top_k_categorical_accuracy"),
}


def class_of(label: str, function: ArrayFunction, name: str) -> type:
    """A class that makes a `FunctionMetric`, so that files have nothing else in them."""

    def made(
        cls: type, name: str = name, dtype: str | None = None, **options: object
    ) -> FunctionMetric:
        return FunctionMetric(functools.partial(function, **options) if options else function, name)

    return type(label, (), {"__new__": made})


globals().update({label: class_of(label, *described) for label, described in FUNCTIONS.items()})
