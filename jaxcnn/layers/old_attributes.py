"""The settings of a layer under the names, and with the values, that an old Keras had for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from jaxcnn.layers.base import Layer
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.tables import TABLES, Spellings

# What was one number, and is one along each axis.
NUMBERS = frozenset(
    ("filter_length", "length", "pool_length", "stride", "subsample_length", "atrous_rate")
)

# Layers that draw or normalize otherwise in training.
OF_TRAINING = frozenset(
    (
        "AlphaDropout",
        "BatchNormalization",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    )
)


# Methods of layers in Keras 0.3, whose argument said whether the model is trained.
OF_0_3: dict[str, Callable[[Layer], Any]] = {
    "get_output": lambda layer: layer.output,
    "get_input": lambda layer: layer.input,
    "get_params": lambda layer: (layer.trainable_weights, [], [], []),
}

# Of kernels that these have under other names.
_OF_KERNELS = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
UNUSED = {
    "DepthwiseConv2D": (*_OF_KERNELS, "filters"),
    "SeparableConv1D": _OF_KERNELS,
    "SeparableConv2D": _OF_KERNELS,
}


def old_attribute(layer: Layer, kind: str, name: str, settings: Sequence[str]) -> Any:
    """The value that an old Keras had for `layer.name`.

    Args:
        layer: the layer.
        kind: its class, as the tables of spellings know it.
        name: the word.
        settings: the names of today's arguments.

    Raises:
        AttributeError: it is no word of an old Keras for this class.
    """
    if name == "get_output_shape_for":
        return layer.compute_output_shape
    if method := method_of_0_3(layer, name):
        return method
    if name == "regularizers" and dialect().of_keras_1:
        return []  # the penalties are among the `losses`
    if name == "uses_learning_phase":
        return differs_in_training(layer)
    if name == "W_shape":
        return tuple(layer.W.shape)  # type: ignore[attr-defined]
    if name == "stateful":
        return any(getattr(child, "stateful", False) for child in layer.children.values())
    if name == "rank" and (axes := re.search(r"(?<=[1-3])D", kind)):
        return int(kind[axes.start() - 1])
    if name == "data_format" and kind.endswith("1D"):
        return "channels_last"
    if name == "noise_shape" and kind.startswith("Spatial"):
        return None
    if name in UNUSED.get(kind, ()):
        return None
    table = TABLES.get(kind, Spellings())
    if name in ("input_dim", "input_length") and ("units" in settings or name in table.words):
        shape = getattr(layer, "batch_input_shape", None) or layer.input_shape
        return shape[-1 if name == "input_dim" else 1]
    if name in table.kernel:
        return getattr(layer, "kernel_size")[table.kernel.index(name)]  # noqa: B009
    if name in table.dropped:
        return table.dropped[name][0]
    new = table.renames.get(name)
    if not isinstance(new, str) or new not in settings:
        raise AttributeError(name)
    value = getattr(layer, new)
    for word, meaning in table.values.get(name, {}).items():
        if meaning == value:
            return word
    one = name in NUMBERS and isinstance(value, tuple) and len(value) == 1
    return value[0] if one else value


def method_of_0_3(layer: Layer, name: str) -> Callable[..., Any] | None:
    """The method of this name that layers and stacks of Keras 0.3 had, in a program for it."""
    read = OF_0_3.get(name) if dialect().name == "0.3" else None
    return read and (lambda *args, **kwargs: read(layer))


def differs_in_training(layer: Layer) -> bool:
    """Whether the layer, or one inside it, draws or normalizes in training alone."""
    names = {base.__name__ for base in type(layer).__mro__}
    rates = (getattr(layer, name, 0) for name in ("dropout", "recurrent_dropout"))
    return (
        not names.isdisjoint(OF_TRAINING)
        or any(rates)
        or any(differs_in_training(child) for child in layer.children.values())
    )
