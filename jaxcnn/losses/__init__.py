"""Losses: functions ``(y_true, y_pred) -> array``, and classes that hold their options.

``losses.huber(y_true, y_pred, delta=2.0)`` and ``losses.Huber(delta=2.0)(y_true, y_pred)`` are one
loss; `jaxcnn.losses.functions` says what the functions share.
"""

from typing import TYPE_CHECKING

from jaxcnn.losses.classes import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineProximity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from jaxcnn.losses.functions import (
    KLD,
    MAE,
    MAPE,
    MSE,
    MSLE,
    LossFunction,
    absolute,
    aligned,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    class_labels,
    cosine,
    cosine_proximity,
    hinge,
    huber,
    kld,
    kullback_leibler_divergence,
    l2_normalize,
    logcosh,
    logloss,
    mae,
    mape,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    msle,
    poisson,
    registry,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from jaxcnn.losses.loss import (
    Loss,
    deserialize,
    function_of,
    get,
    serialize,
)
from jaxcnn.runtime.lazy import lazy_attributes

if not TYPE_CHECKING:  # to which every name would be right
    __getattr__ = lazy_attributes(__name__, {})
