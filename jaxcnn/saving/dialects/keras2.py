"""Our configurations as HDF5 files and JSON texts hold them, for each Keras that reads these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.bytecode import code_parts
from jaxcnn.saving.dialects.differences import arguments_for_keras3
from jaxcnn.saving.dialects.to_keras1 import to_keras1
from jaxcnn.saving.dialects.versions import SINGLE, TEXT, Version, expressed
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


def to_keras2(described: Settings, bases: Mapping[str, str], version: Version = TEXT) -> Config:
    """A model's or layer's ``{"class_name", "config"}`` as a Keras 2 file has it.

    Args:
        described: in our terms, of what JSON knows.
        bases: class in it -> the library's class that it is or is derived from.
        version: that shall read it.

    Raises:
        ValueError: that version has not what the model needs; the message says what.
    """
    settings = described["config"]
    if not isinstance(settings.get("layers"), list):
        name = described["class_name"]
        base = bases.get(name, "")
        arguments = layer_settings(base, settings, bases, version)
        if version.is_1:
            olden, arguments = to_keras1(base, arguments)
            name = olden if name == base else name
        return {**described, "class_name": name, "config": arguments}
    if "input_layers" in settings:
        return {**described, "config": graph(settings, bases, version)}
    whole = stack(settings, bases, version)
    if not version.lists_stacks:
        return {**described, "config": whole}
    # What else there is stands beside the list.
    layers = whole.pop("layers")
    return {**whole, **described, "config": layers}


def layer_settings(
    base: str, settings: Settings, bases: Mapping[str, str], version: Version = TEXT
) -> Config:
    """The arguments of a layer that is no model."""
    left_out = () if version.of_program else LEFT_OUT.get(base, ())
    arguments = {k: v for k, v in settings.items() if k not in left_out}
    arguments = expressed(base, arguments, version)
    if version.translated:
        arguments = arguments_for_keras3(arguments)
    if base in SINGLE and not version.of_program:  # which tells it so already
        arguments[SINGLE[base]] = arguments[SINGLE[base]][0]
    if base == "Lambda":
        arguments.pop("mask", None)
        function, shape = (code_parts(arguments[key]) for key in ("function", "output_shape"))
        named = isinstance(arguments["output_shape"], str)
        arguments |= {
            "function": function or arguments["function"],
            "function_type": "lambda" if function else "function",
            "output_shape": shape or arguments["output_shape"],
            "output_shape_type": "lambda" if shape else "function" if named else "raw",
        }
    return {k: nested(v, bases, version) for k, v in arguments.items()}


def nested(value: Json, bases: Mapping[str, str], version: Version = TEXT) -> Json:
    """Layers among the arguments; Keras 3 looks for their classes in the module stated."""
    if isinstance(value, list | tuple):
        return type(value)(nested(item, bases, version) for item in value)
    if not (
        isinstance(value, Mapping)
        and isinstance(value.get("config"), Mapping)
        and "name" in value["config"]
    ):
        return value
    name = value["class_name"]
    module = "keras" if "layers" in value["config"] else "keras.layers"
    registered = None if bases.get(name, name) == name else name
    described = to_keras2(value, bases, version)
    if version.of_program:
        return described
    return {"module": module, **described, "registered_name": registered}


def stack(settings: Settings, bases: Mapping[str, str], version: Version = TEXT) -> Config:
    """A Sequential begins with its input layer, where Keras 3 reads the input shape.

    Where a program for Keras 2 writes it, the shape stands with the first layer as it does there.
    """
    layers = [to_keras2(entry, bases, version) for entry in settings["layers"]]
    if layers and layers[0]["class_name"] != "InputLayer" and not version.of_program:
        first = settings["layers"][0]["config"]
        if "batch_input_shape" in first:
            source = {k: first[k] for k in ("batch_input_shape", "dtype")} | {
                "name": f"{first['name']}_input"
            }
            layers.insert(0, {"class_name": "InputLayer", "config": source})
    for entry in () if version.of_program else layers[1:]:
        without_input(entry)
    return {**settings, "layers": layers}


def counting_of(
    entries: Sequence[Config], version: Version, back: bool = False
) -> Callable[[Json], Json]:
    """How a version counts the calls that references to layers name, or back from there.

    Keras 2 counts the graph that a model was made from as its call 0, so that calls of a model
    inside count from 1. Keras 3 does so where outputs come from a functional model, and there only.
    """
    inside = {e["name"] for e in entries if "input_layers" in e["config"]}
    if version.is_2:
        inside |= {e["name"] for e in entries if is_stack(e["config"])}

    step = -1 if back else 1

    def counted(reference: Json) -> Json:
        name, node, *rest = reference
        return type(reference)((name, node + step * (name in inside), *rest))

    return counted


def is_stack(config: Json) -> bool:
    """Whether a configuration is that of a model, perhaps the bare list of its layers."""
    return isinstance(config, list) or "layers" in config


def graph(settings: Settings, bases: Mapping[str, str], version: Version = TEXT) -> Config:
    """A functional model."""
    counted = counting_of(settings["layers"], version)
    layers = []
    for entry in settings["layers"]:
        written = to_keras2(entry, bases, version)
        if version.is_2:
            calls = [list(map(counted, call)) for call in entry["inbound_nodes"]]
            written["inbound_nodes"] = calls
        if entry["class_name"] != "InputLayer" and not version.of_program:
            without_input(written)
        if version.is_1:
            written["inbound_nodes"] = [
                list(map(without_options, call)) for call in written["inbound_nodes"]
            ]
        layers.append(written)
    outputs = list(map(counted, settings["output_layers"]))
    return {**settings, "layers": layers, "output_layers": outputs}


def without_options(reference: Json) -> Json:
    """Where an input of a call comes from, as in Keras 1, whose calls have nothing else.

    Raises:
        ValueError: the call has keyword arguments.
    """
    *source, options = reference
    if not options:
        return source
    raise ValueError(f"A call in the words of Keras 1 has no keyword arguments; given {options!r}.")


def without_input(entry: Settings) -> None:
    """Take away what a layer says of its input where an input layer says it."""
    if isinstance(entry["config"], dict):
        for key in ("batch_input_shape", "dtype", "input_dtype"):
            entry["config"].pop(key, None)
