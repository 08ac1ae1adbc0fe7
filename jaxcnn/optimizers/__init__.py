"""Optimizers: the update rules of Keras as pure transformations in the convention of optax, and any
from optax.
"""

import inspect
from collections.abc import Mapping
from typing import Any

from jaxcnn.optimizers.base import Hyper, Optimizer, OptimizerState
from jaxcnn.optimizers.rules import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    RMSprop,
    registry,
)
from jaxcnn.optimizers.wrappers import GradientAccumulation, LayerRates, OptaxTransformation

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientAccumulation",
    "Hyper",
    "LayerRates",
    "Lion",
    "Nadam",
    "OptaxTransformation",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "adadelta",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "deserialize",
    "get",
    "lion",
    "nadam",
    "registry",
    "rmsprop",
    "serialize",
    "sgd",
]

sgd = SGD
rmsprop = RMSprop
adagrad = Adagrad
adadelta = Adadelta
adam = Adam
adamw = AdamW
adamax = Adamax
nadam = Nadam
lion = Lion


def get(identifier: Any) -> Optimizer:
    """The optimizer meant by a name (in any case), a configuration, an optimizer, or an optax
    transformation.

    Raises:
        ValueError: unknown name, or no optimizer.
    """
    if isinstance(identifier, str | Mapping) or inspect.isclass(identifier):
        identifier = registry.get(identifier)
    if isinstance(identifier, Optimizer):
        return identifier
    if hasattr(identifier, "init") and hasattr(identifier, "update"):
        return OptaxTransformation(identifier)
    raise ValueError(
        "The optimizer must be a name, a configuration dictionary, an optimizer or an optax "
        "transformation, "
        f"got {identifier!r}."
    )


def serialize(optimizer: Optimizer) -> Any:
    """``{'class_name': ..., 'config': {...}}``."""
    return registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Optimizer:
    """The inverse of :func:`serialize`."""
    return registry.deserialize(config, custom_objects)
