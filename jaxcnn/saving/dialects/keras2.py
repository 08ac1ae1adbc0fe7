"""Our configurations as files for Keras 2 hold them, in a form that Keras 3 reads, too."""

from __future__ import annotations

from collections.abc import Mapping

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.types import Json

# Keras 3 does not take these, and what they say makes no difference to what the layer computes.
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "SimpleRNN": ("implementation",),
    "SimpleRNNCell": ("implementation",),
    "ConvLSTM2D": ("implementation",),
    "Embedding": ("dtype", "batch_input_shape"),
    "SpatialDropout1D": ("trainable",),
    "SpatialDropout2D": ("trainable",),
    "SpatialDropout3D": ("trainable",),
}
# Arguments of layers over one axis, where we keep a tuple with an entry for each axis.
SINGLE: Mapping[str, str] = {
    "Cropping1D": "cropping",
    "ZeroPadding1D": "padding",
    "UpSampling1D": "size",
}


def to_keras2(described: Settings, bases: Mapping[str, str]) -> Config:
    """A model's or layer's ``{"class_name", "config"}`` as a Keras 2 file has it.

    Args:
        described: in our terms, of what JSON knows.
        bases: class in it -> the library's class that it is or is derived from.
    """
    settings = described["config"]
    if isinstance(settings.get("layers"), list):
        write = graph if "input_layers" in settings else stack
        return {**described, "config": write(settings, bases)}
    base = bases.get(described["class_name"], "")
    return {**described, "config": layer_settings(base, settings, bases)}


def layer_settings(base: str, settings: Settings, bases: Mapping[str, str]) -> Config:
    """The arguments of a layer that is no model."""
    arguments = {k: v for k, v in settings.items() if k not in LEFT_OUT.get(base, ())}
    if base in SINGLE:
        arguments[SINGLE[base]] = arguments[SINGLE[base]][0]
    if base == "Lambda":
        arguments.pop("mask")
        shape = arguments["output_shape"]
        arguments |= {
            "function_type": "function",
            "output_shape_type": "function" if isinstance(shape, str) else "raw",
        }
    return {k: nested(v, bases) for k, v in arguments.items()}


def nested(value: Json, bases: Mapping[str, str]) -> Json:
    """Layers among the arguments; Keras 3 looks for their classes in the module stated."""
    if isinstance(value, list | tuple):
        return [nested(item, bases) for item in value]
    if not (
        isinstance(value, Mapping)
        and isinstance(value.get("config"), Mapping)
        and "name" in value["config"]
    ):
        return value
    name = value["class_name"]
    module = "keras" if "layers" in value["config"] else "keras.layers"
    registered = None if bases.get(name, name) == name else name
    return {"module": module, **to_keras2(value, bases), "registered_name": registered}


def stack(settings: Settings, bases: Mapping[str, str]) -> Config:
    """A Sequential begins with its input layer, where Keras 3 reads the input shape."""
    layers = [to_keras2(entry, bases) for entry in settings["layers"]]
    if layers and layers[0]["class_name"] != "InputLayer":
        first = settings["layers"][0]["config"]
        if "batch_input_shape" in first:
            source = {k: first[k] for k in ("batch_input_shape", "dtype")} | {
                "name": f"{first['name']}_input"
            }
            layers.insert(0, {"class_name": "InputLayer", "config": source})
    for entry in layers[1:]:
        without_input(entry)
    return {**settings, "layers": layers}


def graph(settings: Settings, bases: Mapping[str, str]) -> Config:
    """A functional model.

    Where an output comes from a functional model inside, its calls are counted from 1, as every
    Keras does there. References between layers count from 0: Keras 3 reads no other.
    """
    inside = {e["name"] for e in settings["layers"] if "input_layers" in e["config"]}
    outputs = [
        [name, node + (name in inside), index] for name, node, index in settings["output_layers"]
    ]
    layers = [to_keras2(entry, bases) for entry in settings["layers"]]
    for entry in layers:
        if entry["class_name"] != "InputLayer":
            without_input(entry)
    return {**settings, "layers": layers, "output_layers": outputs}


def without_input(entry: Settings) -> None:
    """Take away what a layer says of its input where an input layer says it."""
    for key in ("batch_input_shape", "dtype"):
        entry["config"].pop(key, None)
