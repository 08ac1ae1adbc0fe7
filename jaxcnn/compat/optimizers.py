"""What Keras 2's `keras.optimizers` does otherwise than `jaxcnn.optimizers`."""

from __future__ import annotations

from jaxcnn import optimizers
from jaxcnn.optimizers import Optimizer
from jaxcnn.runtime.types import Config, Settings


def deserialize(config: Config, custom_objects: Settings | None = None) -> Optimizer:
    """The optimizer of a configuration, whose class name is put into lower case, as by Keras 2."""
    known = {name.lower() for name in optimizers.registry.items()}
    if config["class_name"].lower() in known:
        config["class_name"] = config["class_name"].lower()
    return optimizers.deserialize(config, custom_objects)
