"""The Keras half: a handle for every module of `jaxcnn.nn`, symbolic calls, names and weights."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from jaxcnn.layers import catalogue
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.derived import FlaxLayer, keras_layer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.input_spec import InputSpec
from jaxcnn.layers.merge import add, average, concatenate, dot, maximum, minimum, multiply, subtract
from jaxcnn.layers.recurrent import Bidirectional, StackedRNNCells
from jaxcnn.layers.symbolic import operators
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.spellings.tables import CLASSES, REMOVED
from jaxcnn.spellings.translate import removed

if TYPE_CHECKING:
    from jaxcnn.layers.catalogue import *  # noqa: F403

__all__ = [
    "Layer", "Input", "InputLayer", "InputSpec", "SymbolicTensor", "Operation", "FlaxLayer",
    "keras_layer", "Bidirectional", "StackedRNNCells", "operators", "serialize", "deserialize",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
]  # fmt: skip
__all__ += catalogue.__all__

deserialize = LAYERS.deserialize
serialize = LAYERS.serialize


# The classes of Keras 1 are made from the layers above and from models.
keras1_class = lazy_attributes(__name__, dict.fromkeys((*CLASSES, "Merge"), "jaxcnn.compat.keras1"))


if not TYPE_CHECKING:  # to which every name would be right

    def __getattr__(name: str) -> Callable[..., Layer]:
        if name in catalogue.__all__:
            layer = globals()[name] = getattr(catalogue, name)
            return layer
        if name in REMOVED:
            raise AttributeError(removed(name))
        return keras1_class(name)
