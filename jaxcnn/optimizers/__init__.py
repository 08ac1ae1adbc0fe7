"""Optimizers: the update rules of Keras as pure transformations like those of optax, and any of
them.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from jaxcnn.optimizers import schedules
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
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.types import Config, Identifier, Settings

if TYPE_CHECKING:
    import optax

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
    "schedules",
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


def get(identifier: Identifier | Optimizer | optax.GradientTransformation) -> Optimizer:
    """The optimizer meant by a name, a configuration, an optimizer, or an optax transformation.

    Args:
        identifier: a name such as 'adam', a configuration, an optimizer, or what a function of
            optax returns.

    Raises:
        ValueError: unknown name, or no optimizer.

    Examples:
        >>> jc.optimizers.get("sgd")
        SGD(lr=0.01, momentum=0.0, decay=0.0, nesterov=False)

    References:
        - Chollet et al., "Keras 2.0.4: keras/optimizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/optimizers.py>
    """
    if isinstance(identifier, str | Mapping) or inspect.isclass(identifier):
        identifier = registry.get(identifier)
    if isinstance(identifier, Optimizer):
        return identifier
    if (for_model := getattr(identifier, "for_model", None)) is not None:  # one of TensorFlow
        return cast(Optimizer, for_model())
    if hasattr(identifier, "init") and hasattr(identifier, "update"):
        return OptaxTransformation(identifier)
    raise ValueError(
        "The optimizer must be a name, a configuration dictionary, an optimizer or an optax "
        f"transformation, got {identifier!r}."
    )


def serialize(optimizer: Optimizer) -> str | Config | None:
    """``{'class_name': ..., 'config': {...}}``.

    Args:
        optimizer: the optimizer.

    Examples:
        >>> jc.optimizers.serialize(jc.optimizers.SGD(0.5))["class_name"]
        'SGD'

    References:
        - Chollet et al., "Keras 2.0.4: keras/optimizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/optimizers.py>
    """
    return registry.serialize(optimizer)


deserialize = registry.deserialize


if not TYPE_CHECKING:  # to which every name would be right
    __getattr__ = lazy_attributes(__name__, {})
