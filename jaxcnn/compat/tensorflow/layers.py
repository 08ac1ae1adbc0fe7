"""``tf.layers``: the layers of this library under the names and arguments of TensorFlow 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from jaxcnn import layers
from jaxcnn.compat.tensorflow.arrays import where
from jaxcnn.compat.tensorflow.graph import GraphKeys, add_to_collection
from jaxcnn.compat.tensorflow.nn import dropout as dropped
from jaxcnn.compat.tensorflow.word import Word, numbered
from jaxcnn.layers import Layer
from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.types import DTypeLike, PyTree

__all__ = [
    "average_pooling2d",
    "conv2d",
    "conv2d_transpose",
    "dense",
    "dropout",
    "flatten",
    "max_pooling2d",
]


def function_of(kind: type[Layer], label: str, **defaults: Any) -> Word:
    """The function that makes a layer of this class and calls it."""

    def call(inputs: PyTree, *args: Any, name: str | None = None, **kwargs: Any) -> PyTree:
        options = {**defaults, **kwargs}
        if options.pop("reuse", None):
            raise ValueError(
                f"tf.layers.{label}: instead of `reuse`, make the layer once by tf.keras.layers "
                "and call it again."
            )
        for key in [key for key in options if key.endswith("_initializer")]:
            options[key] = computing(options[key])
        given = {key: value for key, value in options.items() if value is not None}
        layer = kind(*args, name=numbered(name or label, None), **given)
        output = layer(inputs)
        for weight in layer.weights:
            add_to_collection(GraphKeys.GLOBAL_VARIABLES, weight)
        for weight in layer.trainable_weights:
            add_to_collection(GraphKeys.TRAINABLE_VARIABLES, weight)
        return output

    return call


def computing(initializer: Any) -> Any:
    """An initializer of this room as one that returns an array; any other as it is."""
    if not getattr(initializer, "__module__", "").startswith("jaxcnn.compat.tensorflow"):
        return initializer

    def first_value(shape: Sequence[int], dtype: DTypeLike | None = None) -> jax.Array:
        sizes, number_type = tuple(shape), np.dtype(dtype or np.float32)
        with computing_arrays():  # elsewhere words make tensors of the graph
            value: jax.Array = initializer(sizes, dtype=number_type)
        return value

    return first_value


conv2d = function_of(layers.Conv2D, "conv2d", data_format="channels_last")
conv2d_transpose = function_of(
    layers.Conv2DTranspose, "conv2d_transpose", data_format="channels_last"
)
dense = function_of(layers.Dense, "dense")
flatten = function_of(layers.Flatten, "flatten")
max_pooling2d = function_of(layers.MaxPooling2D, "max_pooling2d", data_format="channels_last")
average_pooling2d = function_of(
    layers.AveragePooling2D, "average_pooling2d", data_format="channels_last"
)


def dropout(
    inputs: PyTree, rate: float = 0.5, training: PyTree = False, name: str | None = None
) -> PyTree:
    """In training a fraction `rate` of the inputs is zeroed; `training` may be a tensor."""
    if training is False:
        return inputs
    noisy = dropped(inputs, 1 - rate, name=name)
    return noisy if training is True else where(training, noisy, inputs)
