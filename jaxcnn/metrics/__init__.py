"""Metrics: by name, from any function of ``(y_true, y_pred)``, or accumulating over a whole data
set.

Every loss function is a metric, too. None of them influences training.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jaxcnn import losses
from jaxcnn.losses import (
    KLD,
    MAE,
    MAPE,
    MSE,
    MSLE,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    cosine,
    cosine_proximity,
    hinge,
    huber,
    kld,
    kullback_leibler_divergence,
    logcosh,
    mae,
    mape,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    msle,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from jaxcnn.metrics.accuracy import (
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from jaxcnn.metrics.base import FunctionMetric, Metric, registry
from jaxcnn.metrics.counts import (
    FalseNegatives,
    FalsePositives,
    RootMeanSquaredError,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from jaxcnn.metrics.streaming import AUC, F1, MeanIoU, Precision, Recall
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.types import ArrayFunction, Config, Identifier, Settings

for _loss in losses.registry.items().values():
    registry.register(*losses.registry.aliases(_loss))(_loss)


def get(
    identifier: Identifier | Metric,
    y_pred_shape: Sequence[int | None] | None = None,
    loss: Identifier = None,
) -> Metric:
    """The metric meant by a name, configuration, function, loss object or :class:`Metric`.

    Args:
        identifier: 'accuracy' or 'acc' and 'crossentropy' or 'ce' mean the kind that fits the
            output: for these the two further arguments are needed.
        y_pred_shape: shape of the predictions. Default: None.
        loss: the loss of that output, as a name, function or object. Default: None.

    Raises:
        ValueError: unknown name, or no metric; a layer with a state as a metric.

    Examples:
        >>> jc.metrics.get("accuracy", y_pred_shape=(None, 1)).name
        'acc'

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    if identifier in ("accuracy", "acc", "crossentropy", "ce"):
        if y_pred_shape is None:
            raise ValueError(
                f"Metric {identifier!r} depends on the output: the shape of the predictions is "
                "needed."
            )
        resolve = resolve_accuracy if identifier in ("accuracy", "acc") else resolve_crossentropy
        return resolve(y_pred_shape, loss)
    if isinstance(identifier, Metric):
        return identifier
    function: ArrayFunction | Metric | None = registry.get(identifier)
    if function is None:
        raise ValueError(
            "The metric must be a name, a configuration dictionary, a function or a Metric, got "
            "None."
        )
    if isinstance(function, Metric):
        return function
    if getattr(function, "stateful", False):
        raise ValueError(
            f"The metric {type(function).__name__} carries a state from batch to batch in "
            "variables of its own, which is not kept here: derive it from jaxcnn.metrics.Metric, "
            "whose sums are, or write a function of (y_true, y_pred)."
        )
    return FunctionMetric(function)


def resolve_accuracy(y_pred_shape: Sequence[int | None], loss: Identifier) -> FunctionMetric:
    """The accuracy that fits an output, reported as 'acc'.

    Binary when the output has one column or the loss is binary cross-entropy, sparse when the loss
    is, else categorical.

    Args:
        y_pred_shape: shape of the predictions.
        loss: the loss of that output, as a name, function or object.

    Examples:
        >>> metric = jc.metrics.resolve_accuracy((None, 10), "sparse_categorical_crossentropy")
        >>> metric.function.__name__
        'sparse_categorical_accuracy'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """
    return FunctionMetric(
        _fitting(
            y_pred_shape, loss, binary_accuracy, sparse_categorical_accuracy, categorical_accuracy
        ),
        "acc",
    )


def resolve_crossentropy(y_pred_shape: Sequence[int | None], loss: Identifier) -> FunctionMetric:
    """The cross-entropy that fits an output, reported as 'ce'; see :func:`resolve_accuracy`.

    Args:
        y_pred_shape: shape of the predictions.
        loss: the loss of that output, as a name, function or object.

    Examples:
        >>> jc.metrics.resolve_crossentropy((None, 1), "mse").function.__name__
        'binary_crossentropy'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """
    return FunctionMetric(
        _fitting(
            y_pred_shape,
            loss,
            binary_crossentropy,
            sparse_categorical_crossentropy,
            categorical_crossentropy,
        ),
        "ce",
    )


deserialize = registry.deserialize


def serialize(metric: ArrayFunction | Metric) -> str | Config | None:
    """The name of a function, or the configuration of a :class:`Metric`.

    Args:
        metric: a function of this module or of `custom_objects`, or a `Metric`.

    Examples:
        >>> jc.metrics.serialize(jc.metrics.binary_accuracy)
        'binary_accuracy'

    References:
        - Chollet et al., "Keras 2.0.4: keras/metrics.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/metrics.py>
    """
    return registry.serialize(metric)


def _fitting(
    y_pred_shape: Sequence[int | None],
    loss: Identifier,
    binary: ArrayFunction,
    sparse: ArrayFunction,
    categorical: ArrayFunction,
) -> ArrayFunction:
    function = losses.function_of(losses.get(loss))
    if y_pred_shape[-1] == 1 or function is losses.binary_crossentropy:
        return binary
    return sparse if function is losses.sparse_categorical_crossentropy else categorical


if not TYPE_CHECKING:  # to which every name would be right
    __getattr__ = lazy_attributes(__name__, {})
