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
    from jaxcnn.layers.catalogue import (
        AveragePooling1D as AvgPool1D,
    )
    from jaxcnn.layers.catalogue import (
        AveragePooling2D as AvgPool2D,
    )
    from jaxcnn.layers.catalogue import (
        AveragePooling3D as AvgPool3D,
    )
    from jaxcnn.layers.catalogue import (
        Conv1D as Convolution1D,
    )
    from jaxcnn.layers.catalogue import (
        Conv2D as Convolution2D,
    )
    from jaxcnn.layers.catalogue import (
        Conv3D as Convolution3D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalAveragePooling1D as GlobalAvgPool1D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalAveragePooling2D as GlobalAvgPool2D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalAveragePooling3D as GlobalAvgPool3D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalMaxPooling1D as GlobalMaxPool1D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalMaxPooling2D as GlobalMaxPool2D,
    )
    from jaxcnn.layers.catalogue import (
        GlobalMaxPooling3D as GlobalMaxPool3D,
    )
    from jaxcnn.layers.catalogue import (
        MaxPooling1D as MaxPool1D,
    )
    from jaxcnn.layers.catalogue import (
        MaxPooling2D as MaxPool2D,
    )
    from jaxcnn.layers.catalogue import (
        MaxPooling3D as MaxPool3D,
    )

# Keras's shorter spellings.
SHORT = {
    short + dimensions: long + dimensions
    for short, long in {
        "MaxPool": "MaxPooling",
        "AvgPool": "AveragePooling",
        "GlobalMaxPool": "GlobalMaxPooling",
        "GlobalAvgPool": "GlobalAveragePooling",
        "Convolution": "Conv",
    }.items()
    for dimensions in ("1D", "2D", "3D")
}

__all__ = [
    "Layer", "Input", "InputLayer", "InputSpec", "SymbolicTensor", "Operation", "FlaxLayer",
    "keras_layer", "Bidirectional", "StackedRNNCells", "operators", "serialize", "deserialize",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
    "MaxPool1D", "MaxPool2D", "MaxPool3D", "AvgPool1D", "AvgPool2D", "AvgPool3D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
    "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D",
    "Convolution1D", "Convolution2D", "Convolution3D",
]  # fmt: skip
__all__ += catalogue.__all__

deserialize = LAYERS.deserialize
serialize = LAYERS.serialize


# The classes of Keras 1 are made from the layers above and from models.
keras1_class = lazy_attributes(__name__, dict.fromkeys((*CLASSES, "Merge"), "jaxcnn.compat.keras1"))


if not TYPE_CHECKING:  # to which every name would be right

    def __getattr__(name: str) -> Callable[..., Layer]:
        full = SHORT.get(name, name)
        if full in catalogue.HANDLES:
            layer = globals()[name] = getattr(catalogue, full)
            return layer
        if name in REMOVED:
            raise AttributeError(removed(name))
        return keras1_class(name)
