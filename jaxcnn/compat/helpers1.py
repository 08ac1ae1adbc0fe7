"""Helpers of `keras.utils` that Keras 1 alone had."""

from __future__ import annotations

from typing import Any

import numpy as np

from jaxcnn.compat.helpers import convert_kernel as turned
from jaxcnn.layers import Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Settings


def make_tuple(*args: Any) -> tuple[Any, ...]:
    """The arguments."""
    return args


def layer_from_config(config: Settings, custom_objects: Settings | None = None) -> Layer:
    """The layer, or model, that a description has: its `class_name` and `config`."""
    with custom_object_scope(custom_objects):
        layer: Layer = LAYERS.deserialize(config)
    return layer


def accuracy(p: np.ndarray, y: np.ndarray) -> float:
    """The share of equal labels."""
    return float(np.mean(np.asarray(p) == np.asarray(y)))


def multiclass_logloss(p: np.ndarray, y: np.ndarray) -> float:
    """The mean of minus the logarithms of the probabilities of the labels, which count from 1."""
    return -float(np.mean(np.log(np.asarray(p)[np.arange(len(y)), np.asarray(y) - 1])))


def convert_kernel(kernel: np.ndarray, dim_ordering: str | None = None) -> np.ndarray:
    """A kernel turned by 180 degrees; with 'th' its axes are (filters, channels, *sizes)."""
    if dim_ordering != "th":
        return turned(kernel)
    return np.moveaxis(turned(np.moveaxis(kernel, (0, 1), (-1, -2))), (-1, -2), (0, 1))
