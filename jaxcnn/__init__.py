"""The Keras of the 2016-2019 deep-learning books, rebuilt on JAX as pure functions.

A model is a pure Flax module plus one pytree of variables; everything Keras-like is a thin handle around the two:

    model = jaxcnn.Sequential([layers.Dense(10, activation="softmax", input_shape=(784,))])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    probabilities = model.module.apply(model.variables, x)
"""

import importlib
from typing import Any

from jaxcnn import (
    activations,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    models,
    nn,
    ops,
    optimizers,
    regularizers,
    training,
    utils,
)
from jaxcnn.config import mixed_precision
from jaxcnn.distribution import distribute
from jaxcnn.layers import Input
from jaxcnn.memory import keep_freed_memory
from jaxcnn.models import Model, Sequential

__version__ = "0.1.0"

keep_freed_memory()

# Imported when first used.
_LAZY = (
    "applications",
    "backend",
    "datasets",
    "detection",
    "faces",
    "preprocessing",
    "saving",
    "style",
    "vision",
    "visualization",
)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return importlib.import_module(f"jaxcnn.{name}")
    raise AttributeError(f"module 'jaxcnn' has no attribute {name!r}")


__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "distribute",
    "detection",
    "faces",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "nn",
    "ops",
    "optimizers",
    "preprocessing",
    "regularizers",
    "saving",
    "style",
    "training",
    "utils",
    "vision",
    "visualization",
]
