"""Our configurations as files for Keras 2 hold them, in a form that Keras 3 reads, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
SINGLE: Mapping[str, str] = {
    "Cropping1D": "cropping",
    "ZeroPadding1D": "padding",
    "UpSampling1D": "size",
}


def to_keras2(described: Mapping[str, Any]) -> dict[str, Any]:
    """A model's or layer's ``{"class_name", "config"}`` as a Keras 2 file has it."""
    settings = described["config"]
    if isinstance(settings.get("layers"), list):
        inner = graph(settings) if "input_layers" in settings else stack(settings)
    else:
        inner = layer_settings(described["class_name"], settings)
    return {**described, "config": inner}


def layer_settings(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a layer that is no model."""
    own = {k: v for k, v in settings.items() if k not in LEFT_OUT.get(name, ())}
    if name in SINGLE:  # of one axis, where we keep a tuple with an entry for each
        own[SINGLE[name]] = own[SINGLE[name]][0]
    if name == "Lambda":
        own.pop("mask")
        shape = own["output_shape"]
        own |= {
            "function_type": "function",
            "output_shape_type": "function" if isinstance(shape, str) else "raw",
        }
    return {k: nested(v) for k, v in own.items()}


def nested(value: Any) -> Any:
    """Layers among the arguments; Keras 3 finds their classes only with the module stated."""
    if isinstance(value, list | tuple):
        return [nested(item) for item in value]
    if (
        isinstance(value, Mapping)
        and isinstance(value.get("config"), Mapping)
        and "name" in value["config"]
    ):
        module = "keras" if "layers" in value["config"] else "keras.layers"
        return {"module": module, **to_keras2(value), "registered_name": None}
    return value


def stack(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A Sequential begins with its input layer, which is where Keras 3 takes the input shape from."""
    layers = [to_keras2(entry) for entry in settings["layers"]]
    if layers and layers[0]["class_name"] != "InputLayer":
        first = settings["layers"][0]["config"]
        if "batch_input_shape" in first:
            source = {k: first[k] for k in ("batch_input_shape", "dtype")} | {
                "name": f"{first['name']}_input"
            }
            layers.insert(0, {"class_name": "InputLayer", "config": source})
    for entry in layers[1:]:
        entry["config"].pop("batch_input_shape", None)
        entry["config"].pop("dtype", None)
    return {**settings, "layers": layers}


def graph(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A functional model.

    Where an output comes from a functional model inside, its calls are counted from 1, as every
    Keras does there. References between layers count from 0: Keras 3 reads no other.
    """
    inside = {e["name"] for e in settings["layers"] if "input_layers" in e["config"]}
    outputs = [
        [name, node + (name in inside), index] for name, node, index in settings["output_layers"]
    ]
    layers = [to_keras2(entry) for entry in settings["layers"]]
    for entry in layers:
        if entry["class_name"] != "InputLayer":
            entry["config"].pop("batch_input_shape", None)
            entry["config"].pop("dtype", None)
    return {**settings, "layers": layers, "output_layers": outputs}
