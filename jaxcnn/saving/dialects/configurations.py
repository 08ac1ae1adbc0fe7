"""Configurations as each Keras wrote them, read into the names and forms of this library.

Keras 1 has other names (`jaxcnn.saving.dialects.keras1`); Keras 2 grew arguments over the years;
Keras 3 wraps every object with the module it comes from and writes the calls of layers in another
form (`jaxcnn.saving.dialects.calls`). Arguments that this library does not have are left out where
their value changes nothing, and refused by name where it would.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Mapping

import numpy as np

from jaxcnn.layers.arguments import COMMON
from jaxcnn.layers.derived import ModuleLayer, field_names
from jaxcnn.runtime.names import get_custom_objects
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.bytecode import NAMELESS, named_function, stored_function
from jaxcnn.saving.dialects.calls import counts_from_one, listed, references
from jaxcnn.saving.dialects.classes import base_name, library_class, named_class
from jaxcnn.saving.dialects.differences import activation_name
from jaxcnn.saving.dialects.keras1 import from_keras1, merged_models, with_order
from jaxcnn.saving.types import Json
from jaxcnn.spellings.tables import CLASSES, LAYERS, TABLES, Spellings

# The era of a configuration is the main number of Keras's version, or one of these.
IN_MEMORY = 0  # from get_config
OURS = 4  # from a file that this library wrote
WIDENING = 5  # of Keras 2.2 and 2.3, whose normal distributions are as wide as they say
WRAPPING = ("module", "registered_name", "build_config", "shared_object_id", "compile_config")

# Arguments of later versions that do not change what a layer computes, whatever they are.
WITHOUT_EFFECT = {
    "implementation",
    "zero_output_for_mask",
    "renorm_clipping",
    "renorm_momentum",
    "momentum_schedule",
    "fused",
    "sparse_grad",
    "autocast",
    "build_input_shape",
    "function_type",
    "output_shape_type",
    "output_shape_module",
    "module",
    "seed",
    "input_dim",
    "input_length",
}
# Arguments with the value that does not; so does None or False for any other.
NEUTRAL: Mapping[str, int | str] = {
    "renorm": False,
    "rms_scaling": False,
    "synchronized": False,
    "groups": 1,
    "dilation_rate": 1,
    "depth_multiplier": 1,
    "data_format": "channels_last",
}


# What it takes where an argument is not given, and Keras 2 does not.
GATES = {"recurrent_activation": "sigmoid"}
DEFAULTS_OF_KERAS_3: Mapping[str, Settings] = {
    "LSTM": GATES,
    "LSTMCell": GATES,
    "ConvLSTM2D": GATES,
    "GRU": {**GATES, "reset_after": True},
    "GRUCell": {**GATES, "reset_after": True},
}
INITIALIZERS: Mapping[str, Settings] = {
    "GlorotNormal": {"scale": 1.0, "mode": "fan_avg"},
    "HeNormal": {"scale": 2.0, "mode": "fan_in"},
    "LecunNormal": {"scale": 1.0, "mode": "fan_in"},
}
WIDENED = ("VarianceScaling", "normal")


def from_keras(described: Settings, era: int, safe_mode: bool = True) -> Config:
    """A model's or layer's ``{"class_name", "config"}`` in our terms.

    Args:
        described: as it stands in a file or JSON text.
        era: who wrote it: 1, 2, 3, `IN_MEMORY`, `OURS` or `WIDENING`.
        safe_mode: whether to refuse Python bytecode.

    Raises:
        ValueError: something that this library has no counterpart for; the message says what, and
            in which layer.
    """
    reader = Reader(era, safe_mode)
    result = reader.layer(described)
    if reader.masks and reader.zeroed:
        warnings.warn(
            f"Layers {', '.join(reader.zeroed)} were saved with zero_output_for_mask=True; at "
            "steps that are masked they give their last output here, as in Keras 2.",
            UserWarning,
            stacklevel=2,
        )
    return result


def era_of(version: Json) -> int:
    """The era of a `keras_version`; files without one are of Keras 1 or 2, which read alike."""
    if re.match(r"2\.[23]\.", str(version)):
        return WIDENING
    main = str(version or "")[:1]
    return int(main) if main in ("1", "2", "3") else 2


class Reader:
    """Reads configurations of one era."""

    def __init__(self, era: int, safe_mode: bool) -> None:
        self.era, self.safe_mode = era, safe_mode
        self.masks, self.zeroed = False, list[str]()  # whether steps are masked, who zeroes them

    def layer(self, described: Settings) -> Config:
        """A layer or model; other entries of the description stay ('name', 'inbound_nodes')."""
        if ".ops." in str(described.get("module")):
            raise ValueError(
                f"The model contains the operation '{described['class_name']}' of Keras 3 as a "
                "layer, which cannot be read: build the model here and use load_weights."
            )
        name, settings = unpackaged(described["class_name"]), described.get("config") or {}
        rest = {k: v for k, v in described.items() if k not in (*WRAPPING, "class_name", "config")}
        base, is_custom = base_name(name), name in get_custom_objects()
        if isinstance(settings, Mapping) and "input_layers" in settings:
            kind = name if is_custom else "Model"
            return {**rest, "class_name": kind, "config": self.graph(settings)}
        if base == "Sequential":
            if isinstance(settings, list):  # what else there is stands beside the layers
                settings = {k: rest[k] for k in ("name", "trainable") if k in rest} | {
                    "layers": settings
                }
            return {**rest, "class_name": name, "config": self.stack(settings)}
        if base == "Merge" and settings.get("layers"):
            return self.layer(merged_models(settings))
        current, settings = from_keras1(base, settings)
        kind = name if is_custom else current
        if is_custom and (handle := named_class(name)) is not None:
            settings = in_words_of(handle, current, settings)
        return {**rest, "class_name": kind, "config": self.settings(kind, settings)}

    def stack(self, settings: Json) -> Config:
        """The settings of a Sequential, also from the bare list of older files."""
        whole = {"layers": settings} if isinstance(settings, list) else settings
        rest = {k: whole[k] for k in ("name", "trainable") if k in whole}
        return {**rest, "layers": [self.layer(entry) for entry in with_order(whole["layers"])]}

    def settings(self, name: str, settings: Settings) -> Config:
        """The arguments of a layer."""
        base = base_name(name)
        arguments = {key: self.value(value) for key, value in settings.items()}
        label = arguments.get("name")
        self.masks |= base == "Masking" or bool(arguments.get("mask_zero"))
        if arguments.get("zero_output_for_mask"):
            self.zeroed.append(str(label))
        if base == "InputLayer":
            if arguments.get("ragged"):
                raise ValueError(f"Input '{label}' is ragged, which no input is here.")
            shape = arguments.get("batch_input_shape", arguments.get("batch_shape"))
            sparse = {"sparse": True} if arguments.get("sparse") else {}
            dtype = arguments.get("dtype")
            return {"batch_input_shape": shape, "dtype": dtype, "name": label, **sparse}
        for key in ("function", "output_shape") if base == "Lambda" else ():
            if arguments.get(f"{key}_type") == "lambda":
                arguments[key] = stored_function(arguments[key], self.safe_mode)
            elif key in arguments:
                arguments[key] = named_function(arguments[key])
        if base == "LeakyReLU" and "negative_slope" in arguments:
            arguments["alpha"] = arguments.pop("negative_slope")
        if base == "BatchNormalization" and isinstance(axis := arguments.get("axis"), list):
            arguments["axis"] = axis[0] if len(axis) == 1 else axis
        if base == "Bidirectional":
            one_direction(arguments)
        if self.era == 3:
            arguments = {**DEFAULTS_OF_KERAS_3.get(base, {}), **arguments}
        arguments |= {
            k: self.activation(v) for k, v in settings.items() if k.endswith("activation")
        }
        if "batch_input_shape" not in arguments:
            leave_out_dtype(arguments)
        return accepted(name, arguments)

    def activation(self, value: Json) -> Json:
        """An activation; in Keras 3 hard_sigmoid is another function than before."""
        if value == "hard_sigmoid" and self.era == 3:
            return "piecewise_sigmoid"
        return activation_name(value) or self.value(value)

    def value(self, value: Json) -> Json:
        """An argument: objects lose what Keras 3 wraps them in, functions become their names."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("type") == "ndarray" or value.get("class_name") == "__numpy__":
            held = value["value"] if "value" in value else value["config"]["value"]
            return np.array(held) if isinstance(held, list) else held
        kind = value.get("class_name")
        config: Json = value.get("config") or {}
        if kind is None:
            penalty = penalty_of_keras1(value)
            return penalty or {key: self.value(item) for key, item in value.items()}
        if kind in ("__tuple__", "TensorShape"):
            return tuple(self.value(item) for item in value["items"])
        if kind in ("DTypePolicy", "Policy"):
            return config["name"]
        if kind == "__lambda__":
            return stored_function(config, self.safe_mode)
        if kind == "function":
            return unpackaged(config)
        kind = unpackaged(kind)
        if kind in INITIALIZERS:  # of tf.keras and Keras 3, which widen what they cut
            drawn = {**INITIALIZERS[kind], "distribution": "truncated_normal"}
            return {"class_name": "VarianceScaling", "config": {**drawn, "seed": config["seed"]}}
        if kind == "SeedGenerator":
            return config["seed"]
        known = named_class(kind) or kind in CLASSES or kind in get_custom_objects()
        if known or "layers" in config:
            return self.layer(value)
        unused = ("dtype", "input_axes", "output_axes")
        inner = {k: self.value(v) for k, v in config.items() if k not in unused}
        if self.era == WIDENING and (kind, inner.get("distribution")) == WIDENED:
            inner["distribution"] = "truncated_normal"
        return {"class_name": kind, "config": inner}

    def graph(self, settings: Settings) -> Config:
        """The settings of a functional model, calls numbered from 0 and listed as Keras 2 does."""
        layers: list[Config] = [
            {
                **self.layer(entry),
                "name": entry["name"],
                "inbound_nodes": [references(n) for n in entry.get("inbound_nodes") or []],
            }
            for entry in with_order(settings["layers"])
        ]
        inbound = [ref for entry in layers for node in entry["inbound_nodes"] for ref in node]
        inputs, outputs = (
            [list(ref) for ref in listed(settings[key])]
            for key in ("input_layers", "output_layers")
        )
        # Keras 1 and 2 count the graph that a model was made from as its call 0; Keras 3 does so
        # of functional models, and only where the model's outputs come from them.
        older = self.era in (1, 2, WIDENING)
        newer = self.era in (3, OURS)
        for entry in layers:
            if not is_network(entry):
                continue
            name, calls = entry["name"], len(entry["inbound_nodes"])
            functional = "input_layers" in entry["config"]
            for refs, expected in (
                (inbound, older),
                (inputs + outputs, older or (newer and functional)),
            ):
                if counts_from_one(refs, name, calls, expected):
                    for ref in refs:
                        ref[1] -= ref[0] == name
        rest = {k: settings[k] for k in ("name", "trainable") if settings.get(k) is not None}
        return {**rest, "layers": layers, "input_layers": inputs, "output_layers": outputs}


def in_words_of(handle: type, base: str, settings: Settings) -> Config:
    """Arguments under the names of Keras 1 where the constructor that a user wrote has these."""
    named, _ = written_arguments(handle)
    olden = {new: old for old, new in LAYERS[base].renames.items()} if base in LAYERS else {}
    return {
        olden[key] if key not in named and olden.get(key) in named else key: value
        for key, value in settings.items()
    }


def accepted(name: str, arguments: Config) -> Config:
    """The arguments that a layer has here; others must not matter."""
    handle = named_class(name)
    if handle is None or not issubclass(handle, ModuleLayer):
        return arguments
    named, takes_any = written_arguments(handle)
    known = {*field_names(handle.module_class), *COMMON, *named}
    for key in [key for key in arguments if key not in known]:
        value = arguments.pop(key)
        if is_neutral(key, value) or (value in (None, False) and not takes_any):
            continue
        if not takes_any:
            raise ValueError(
                f"Layer '{arguments.get('name')}' ({name}) was saved with `{key}` = {value!r}, "
                "which this library does not have."
            )
        arguments[key] = value  # the constructor that a user wrote may know it
    return arguments


def is_neutral(key: str, value: Json) -> bool:
    """Whether an argument of some later Keras does not change what a layer computes."""
    if key in WITHOUT_EFFECT or key.endswith("_initializer"):
        return True
    leaves = flat(value)
    return bool(leaves) and all(leaf == NEUTRAL.get(key) for leaf in leaves)


def written_arguments(handle: type) -> tuple[set[str], bool]:
    """(arguments that constructors name beside the fields, whether one of a user takes others)."""
    base = library_class(handle)
    if base is handle:
        return set(inspect.signature(handle.__init__).parameters), False
    inherited = base.__mro__ if base is not None else ()
    named: set[str] = set()
    takes_any = False
    for kind in handle.__mro__:
        if kind not in inherited and "__init__" in vars(kind):
            parameters = inspect.signature(vars(kind)["__init__"]).parameters.values()
            named |= {p.name for p in parameters}
            takes_any |= any(p.kind is p.VAR_KEYWORD for p in parameters)
    return named, takes_any


def one_direction(arguments: Config) -> None:
    """Take away the backward layer of a Bidirectional, which must be the forward one reversed.

    Raises:
        ValueError: it is another layer.
    """
    inner = arguments["layer"]["config"]
    if (backward := arguments.pop("backward_layer", None)) is not None:
        differing = [
            key
            for key in inner
            if key not in ("name", "go_backwards") and inner[key] != backward["config"].get(key)
        ]
        if differing:
            raise ValueError(
                f"Bidirectional '{arguments.get('name')}' has different layers for the two "
                f"directions ({', '.join(differing)}), which cannot be read."
            )
    if isinstance(inner.get("name"), str):
        inner["name"] = inner["name"].removeprefix("forward_")


def penalty_of_keras1(value: Settings) -> Config | None:
    """A penalty or constraint of Keras 1, which has its name among its arguments, or None."""
    words = {"name", "l1", "l2", "m", "axis", "low", "high", "rate"}
    if "name" not in value or not set(value) <= words:
        return None
    kind = {"WeightRegularizer": "L1L2", "L1L2Regularizer": "L1L2"}.get(
        value["name"], value["name"]
    )
    renames = TABLES.get(str(kind), Spellings()).renames
    rest = {renames.get(k, k): v for k, v in value.items() if k != "name"}
    return {"class_name": kind, "config": rest}


def is_network(entry: Settings) -> bool:
    """Whether a description is that of a model."""
    return isinstance(entry["config"], Mapping) and isinstance(entry["config"].get("layers"), list)


def unpackaged(name: str) -> str:
    """A registered name without its package: 'Custom>Mine' is 'Mine'."""
    return name if name == NAMELESS else name.rsplit(">", 1)[-1]


def flat(value: Json) -> list[Json]:
    """The leaves of nested lists."""
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in flat(item)]
    return [value]


def leave_out_dtype(arguments: Config) -> None:
    """Leave out the dtype that a layer computed in: here a model computes in one dtype."""
    dtype = arguments.pop("dtype", None)
    if dtype not in (None, "float32", "int32"):
        warnings.warn(
            f"Layer '{arguments.get('name')}' was saved with dtype {dtype}; it computes in "
            "float32 here.",
            UserWarning,
            stacklevel=2,
        )
