"""The Keras half: a handle for every module of `jaxcnn.nn`, symbolic calls, names and weights."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from jaxcnn.layers import catalogue
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.derived import FlaxLayer, keras_layer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.input_spec import InputSpec
from jaxcnn.layers.merge import add, average, concatenate, dot, maximum, minimum, multiply, subtract
from jaxcnn.layers.recurrent import Bidirectional
from jaxcnn.layers.symbolic import operators
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.lazy import lazy_attributes, refuse_name
from jaxcnn.runtime.types import Config, Identifier, Settings
from jaxcnn.spellings.tables import CLASSES

if TYPE_CHECKING:
    from jaxcnn.layers.catalogue import *  # noqa: F403

__all__ = [
    "Layer", "Input", "InputLayer", "InputSpec", "SymbolicTensor", "Operation", "FlaxLayer",
    "keras_layer", "Bidirectional", "operators", "serialize", "deserialize",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
]  # fmt: skip
__all__ += catalogue.__all__


def serialize(layer: Layer) -> str | Config | None:
    """The class and the configuration of a layer, without its weights.

    Args:
        layer: a layer or model.

    Examples:
        >>> jc.layers.serialize(jc.layers.Flatten(name="flat"))["class_name"]
        'Flatten'

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/__init__.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/__init__.py>
    """
    return LAYERS.serialize(layer)


def deserialize(config: Identifier, custom_objects: Settings | None = None) -> Layer:
    """A new layer as `serialize` described it.

    Args:
        config: what `serialize` returned.
        custom_objects: further classes and functions by name; None for none.

    Raises:
        ValueError: the class is unknown, or the configuration is none.

    Examples:
        >>> jc.layers.deserialize({"class_name": "Dense", "config": {"units": 4}}).units
        4

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/__init__.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/__init__.py>
    """
    layer: Layer = LAYERS.deserialize(config, custom_objects)
    return layer


# The classes of Keras 1 are made from the layers above and from models.
OLD = dict.fromkeys((*CLASSES, "Merge"), "jaxcnn.compat.keras1")
keras1_class = lazy_attributes(__name__, OLD)


if not TYPE_CHECKING:  # to which every name would be right

    def __getattr__(name: str) -> Callable[..., Layer]:
        if name in catalogue.__all__:
            layer = globals()[name] = getattr(catalogue, name)
            return layer
        if name not in OLD:
            refuse_name(__name__, name, OLD, sys._getframe(1))
        return keras1_class(name)
