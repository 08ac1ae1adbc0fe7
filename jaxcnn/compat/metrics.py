"""Metrics as Keras 2 hands them out: plain functions; top-k gives a share of the batch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax

from jaxcnn import backend as K
from jaxcnn import metrics
from jaxcnn.metrics import FunctionMetric, Metric
from jaxcnn.runtime.types import Identifier, PyTree


def get_metric(identifier: Identifier) -> Callable[..., PyTree] | Metric:
    """The function of a name, or what else a metric may be, as it is.

    Raises:
        ValueError: an unknown name, or no metric.
    """
    metric = metrics.get(identifier)
    return metric.function if isinstance(metric, FunctionMetric) else metric


def share_of_batch(function: Callable[..., PyTree]) -> Callable[..., PyTree]:
    """A metric that gives one number a batch, but inside of training, which wants one a row."""

    @functools.wraps(function)
    def share(*args: Any, **kwargs: Any) -> PyTree:
        rows = function(*args, **kwargs)
        return rows if isinstance(rows, jax.core.Tracer) else K.mean(rows)

    return share


top_k_categorical_accuracy = share_of_batch(metrics.top_k_categorical_accuracy)
sparse_top_k_categorical_accuracy = share_of_batch(metrics.sparse_top_k_categorical_accuracy)
