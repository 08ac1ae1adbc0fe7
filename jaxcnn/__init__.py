"""The Keras of the 2016-2019 deep-learning books, rebuilt on JAX as pure functions.

A model is a pure Flax module plus one pytree of variables; everything Keras-like is a thin handle
around the two:

    model = jaxcnn.Sequential([layers.Dense(10, activation="softmax", input_shape=(784,))])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    probabilities = model.module.apply(model.variables, x)
"""

from jaxcnn import (
    activations,
    callbacks,
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
from jaxcnn.distributed.context import distribute
from jaxcnn.layers import Input
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime import config
from jaxcnn.runtime.config import mixed_precision
from jaxcnn.runtime.host_memory import end_calls_before_the_next, keep_freed_memory
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.threads import limit_threads

__version__ = "1.0.0"

keep_freed_memory()
end_calls_before_the_next()
limit_threads()

# Imported when first used.
__getattr__ = lazy_attributes(
    __name__,
    {
        name: f"jaxcnn.{name}"
        for name in (
            "applications",
            "backend",
            "compat",
            "datasets",
            "detection",
            "faces",
            "preprocessing",
            "saving",
            "style",
            "vision",
            "visualization",
        )
    },
)

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "compat",
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
