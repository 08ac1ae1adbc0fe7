"""What Keras 2's `keras.optimizers` does otherwise than `jaxcnn.optimizers`."""

from __future__ import annotations

from typing import NoReturn, Protocol

from jaxcnn import optimizers
from jaxcnn.optimizers import Optimizer
from jaxcnn.runtime.types import Config, Settings


def deserialize(config: Config, custom_objects: Settings | None = None) -> Optimizer:
    """The optimizer of a configuration, whose class name is put into lower case, as by Keras 2."""
    known = {name.lower() for name in optimizers.registry.items()}
    if config["class_name"].lower() in known:
        config["class_name"] = config["class_name"].lower()
    return optimizers.deserialize(config, custom_objects)


class OfTensorFlow(Protocol):
    """An optimizer of `tf.train`."""

    def for_model(self) -> Optimizer:
        """The optimizer that `compile` makes of it."""


class TFOptimizer:
    """An optimizer of `tf.train` for `compile`, as which Keras wraps one.

    Weights have their constraints after each step, which Keras forgot with such an optimizer.

    Args:
        optimizer: the one of `tf.train`.
    """

    def __init__(self, optimizer: OfTensorFlow) -> None:
        self.optimizer = optimizer

    def for_model(self) -> Optimizer:
        """The optimizer that `compile` makes of it."""
        return self.optimizer.for_model()

    @property
    def weights(self) -> NoReturn:
        """As in Keras, not to be seen.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("An optimizer of tf.train does not tell its weights.")

    def get_config(self) -> NoReturn:
        """As in Keras, not to be described.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("An optimizer of tf.train has no configuration.")

    def from_config(self, config: Config) -> NoReturn:
        """As in Keras, not to be made of a description.

        Raises:
            NotImplementedError: always.
        """
        self.get_config()
