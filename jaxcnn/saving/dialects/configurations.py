"""Configurations as each Keras wrote them, read into the names and forms of this library.

Keras 1 has other names (`jaxcnn.saving.dialects.keras1`); Keras 2 grew arguments over the years;
Keras 3 wraps every object with the module it comes from and writes the calls of layers in another
form. Arguments that this library does not have are left out where their value changes nothing, and
refused by name where it would.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from jaxcnn.layers.arguments import COMMON
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.derived import ModuleLayer, field_names
from jaxcnn.runtime.names import get_custom_objects
from jaxcnn.saving.bytecode import stored_function
from jaxcnn.saving.dialects.keras1 import from_keras1

# The era of a configuration is the main number of Keras's version, or one of these.
IN_MEMORY = 0  # from get_config
OURS = 4  # from a file that this library wrote
WRAPPING = ("module", "registered_name", "build_config", "shared_object_id", "compile_config")

# Arguments of later versions that do not change what a layer computes, whatever they are.
WITHOUT_EFFECT = {
    "implementation",
    "time_major",
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
NEUTRAL: Mapping[str, Any] = {
    "groups": 1,
    "dilation_rate": 1,
    "depth_multiplier": 1,
    "data_format": "channels_last",
}


def from_keras(described: Mapping[str, Any], era: int, safe_mode: bool = True) -> dict[str, Any]:
    """A model's or layer's ``{"class_name", "config"}`` in our terms.

    Args:
        described: as found in a file or JSON text.
        era: who wrote it: 1, 2, 3, `IN_MEMORY` or `OURS`.
        safe_mode: whether to refuse Python bytecode.

    Raises:
        ValueError: something that this library has no counterpart for; the message says what, and
            in which layer.
    """
    return Reader(era, safe_mode).layer(described)


def era_of(version: Any) -> int:
    """The era that a `keras_version` belongs to; files without one are from Keras 1 or 2, which
    read alike.
    """
    return int(str(version).split(".")[0]) if version and str(version)[0] in "123" else 2


class Reader:
    """Reads configurations of one era."""

    def __init__(self, era: int, safe_mode: bool) -> None:
        self.era, self.safe_mode = era, safe_mode

    def layer(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """A layer or model; names beside the class and its settings are kept ('name',
        'inbound_nodes').
        """
        if ".ops." in str(described.get("module")):
            raise ValueError(
                f"The model contains the operation '{described['class_name']}' of Keras 3 as a "
                "layer, which cannot be "
                "read: build the model here and use load_weights."
            )
        name, settings = unpackaged(described["class_name"]), described.get("config") or {}
        rest = {k: v for k, v in described.items() if k not in (*WRAPPING, "class_name", "config")}
        if isinstance(settings, list) or (
            isinstance(settings.get("layers"), list) and "input_layers" not in settings
        ):
            if name == "Sequential":
                return {**rest, "class_name": name, "config": self.stack(settings)}
        elif "input_layers" in settings:
            known = name if name in get_custom_objects() else "Model"
            return {**rest, "class_name": known, "config": self.graph(settings)}
        name, settings = from_keras1(name, settings)
        return {**rest, "class_name": name, "config": self.settings(name, settings)}

    def stack(self, settings: Any) -> dict[str, Any]:
        """The settings of a Sequential, also from the bare list of older files."""
        whole = {"layers": settings} if isinstance(settings, list) else settings
        kept = {k: whole[k] for k in ("name", "trainable") if k in whole}
        return {**kept, "layers": [self.layer(entry) for entry in whole["layers"]]}

    def settings(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a layer."""
        own = {key: self.value(value) for key, value in settings.items()}
        if name == "InputLayer":
            if own.get("sparse") or own.get("ragged"):
                raise ValueError(
                    f"Input '{own.get('name')}' is sparse or ragged; only dense inputs can be read."
                )
            shape = own.get("batch_input_shape", own.get("batch_shape"))
            return {"batch_input_shape": shape, "dtype": own.get("dtype"), "name": own.get("name")}
        if name == "Lambda" and own.get("function_type") == "lambda":
            own["function"] = stored_function(own["function"], self.safe_mode)
        if name == "LeakyReLU" and "negative_slope" in own:
            own["alpha"] = own.pop("negative_slope")
        if (
            name == "BatchNormalization"
            and isinstance(own.get("axis"), list)
            and len(own["axis"]) == 1
        ):
            own["axis"] = own["axis"][0]
        if name == "Bidirectional":
            self.same_directions(own)
        if self.era == 3:
            own |= {k: self.activation(v) for k, v in settings.items() if k.endswith("activation")}
        if "batch_input_shape" not in own:
            without_dtype(own)
        return self.accepted(name, own)

    def activation(self, value: Any) -> Any:
        """An activation of Keras 3, where hard_sigmoid is another function than before."""
        if value == "hard_sigmoid":
            return "piecewise_sigmoid"
        described = value.get("config") if isinstance(value, Mapping) else None
        if isinstance(described, Mapping) and described.get("name") == "hard_sigmoid":
            return "hard_sigmoid"  # as `jaxcnn.saving.dialects.keras3` writes ours
        return self.value(value)

    def same_directions(self, own: dict[str, Any]) -> None:
        """Take away the description of the backward layer, which must be the forward one turned
        round.
        """
        inner = own["layer"]["config"]
        if (backward := own.pop("backward_layer", None)) is not None:
            differing = [
                k
                for k in inner
                if k not in ("name", "go_backwards") and inner[k] != backward["config"].get(k)
            ]
            if differing:
                raise ValueError(
                    f"Bidirectional '{own.get('name')}' has different layers for the two "
                    "directions "
                    f"({', '.join(differing)}), which cannot be read."
                )
        if isinstance(inner.get("name"), str):
            inner["name"] = inner["name"].removeprefix("forward_")

    def accepted(self, name: str, own: dict[str, Any]) -> dict[str, Any]:
        """The arguments that the layer has here; others must not matter."""
        if name in get_custom_objects() or name not in LAYERS.items():
            return own
        handle = LAYERS.find(name)
        if not issubclass(handle, ModuleLayer):
            return own
        known = (*field_names(handle.module_class), *COMMON)
        for key in [key for key in own if key not in known]:
            value = own.pop(key)
            neutral = (
                value in (None, False)
                or set(flat(value)) == {NEUTRAL.get(key)}
                or key.endswith("_initializer")
            )
            if not neutral and key not in WITHOUT_EFFECT:
                raise ValueError(
                    f"Layer '{own.get('name')}' ({name}) was saved with `{key}` = {value!r}, which "
                    "this library does "
                    "not have."
                )
        return own

    def value(self, value: Any) -> Any:
        """An argument: objects lose what Keras 3 wraps them in, functions become their names."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("type") == "ndarray" or value.get("class_name") == "__numpy__":
            return value["value"] if "value" in value else value["config"]["value"]
        kind = value.get("class_name")
        if kind is None:
            if "name" in value and set(value) <= {
                "name",
                "l1",
                "l2",
                "m",
                "axis",
            }:  # a penalty or constraint of Keras 1
                renamed = {"m": "max_value"}
                rest = {renamed.get(k, k): v for k, v in value.items() if k != "name"}
                return {
                    "class_name": value["name"].replace("WeightRegularizer", "L1L2"),
                    "config": rest,
                }
            return {key: self.value(item) for key, item in value.items()}
        if kind in ("__tuple__", "TensorShape"):
            return tuple(self.value(item) for item in value["items"])
        if kind in ("DTypePolicy", "Policy"):
            return value["config"]["name"]
        if kind == "__lambda__":
            return stored_function(value["config"], self.safe_mode)
        if kind == "function":
            return unpackaged(value["config"])
        kind = unpackaged(kind)
        if (
            kind in LAYERS.items()
            or kind in get_custom_objects()
            or "layers" in (value.get("config") or {})
        ):
            return self.layer(value)
        inner = {
            k: self.value(v)
            for k, v in (value.get("config") or {}).items()
            if k not in ("dtype", "input_axes", "output_axes")
        }
        return {"class_name": kind, "config": inner}

    # -- graphs ------------------------------------------------------------------------------------

    def graph(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a functional model; each layer's calls are numbered from 0, and listed as
        Keras 2 does.
        """
        calls = {
            entry["name"]: list(entry.get("inbound_nodes") or []) for entry in settings["layers"]
        }
        layers = [
            {
                **self.layer(entry),
                "name": entry["name"],
                "inbound_nodes": [references(n) for n in calls[entry["name"]]],
            }
            for entry in settings["layers"]
        ]
        networks = {entry["name"]: entry["class_name"] for entry in layers if is_network(entry)}
        inbound = [ref for entry in layers for node in entry["inbound_nodes"] for ref in node]
        ends = [
            list(ref) for key in ("input_layers", "output_layers") for ref in listed(settings[key])
        ]
        for name, kind in networks.items():
            # Keras 1 and 2 count the graph that a model was made from as its call 0.
            first = self.first_call(inbound, name, len(calls[name]), 1 if self.era in (1, 2) else 0)
            counted = self.era in (1, 2) or (self.era in (3, OURS) and kind != "Sequential")
            first_end = self.first_call(ends, name, len(calls[name]), int(counted))
            for refs, start in ((inbound, first), (ends, first_end)):
                for ref in refs:
                    if ref[0] == name:
                        ref[1] -= start
        inputs = len(listed(settings["input_layers"]))
        kept = {k: settings[k] for k in ("name", "trainable") if settings.get(k) is not None}
        return {
            **kept,
            "layers": layers,
            "input_layers": ends[:inputs],
            "output_layers": ends[inputs:],
        }

    @staticmethod
    def first_call(refs: list[Any], name: str, calls: int, expected: int) -> int:
        """Whether the references count a network's calls from 0 or from 1."""
        used = {ref[1] for ref in refs if ref[0] == name}
        return 1 if calls in used else 0 if 0 in used else expected


def references(node: Any) -> list[list[Any]]:
    """What a layer was called on in one call: [layer, call, output, keyword arguments] each."""
    if isinstance(node, Mapping):
        tensors = [list(t) for t in keras_tensors((node["args"], node["kwargs"]))]
        plain = {k: v for k, v in node["kwargs"].items() if not any(True for _ in keras_tensors(v))}
        return [[*t, plain_arguments(plain) if i == 0 else {}] for i, t in enumerate(tensors)]
    if node and isinstance(node[0], str):  # a single reference without a list around it
        node = [node]
    found = [[*ref[:3], plain_arguments(ref[3]) if len(ref) > 3 else {}] for ref in node]
    for ref in list(found):
        for key in [
            k
            for k, v in ref[3].items()
            if is_reference(v) or (isinstance(v, list) and is_references(v))
        ]:
            value = ref[3].pop(key)
            found += [[*r[:3], {}] for r in ([value] if is_reference(value) else value)]
    return found


def plain_arguments(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of a call without those that say nothing."""
    return {
        k: v for k, v in kwargs.items() if v is not None and not (k == "training" and v is False)
    }


def keras_tensors(value: Any) -> Iterator[Any]:
    """The [layer, call, output] of each tensor in arguments as Keras 3 writes them."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            yield value["config"]["keras_history"]
        else:
            for item in value.values():
                yield from keras_tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from keras_tensors(item)


def is_reference(value: Any) -> bool:
    """Whether a keyword argument is a tensor as Keras 2 writes it: [layer, call, output]."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(n, int) for n in value[1:3])
    )


def is_references(value: list[Any]) -> bool:
    return bool(value) and all(is_reference(item) for item in value)


def listed(refs: Any) -> list[Any]:
    """The references of a model's inputs or outputs: one, a list, or a dict by name."""
    if isinstance(refs, Mapping):
        return [ref for value in refs.values() for ref in listed(value)]
    return (
        [refs]
        if refs and isinstance(refs[0], str)
        else [ref for value in refs for ref in listed(value)]
    )


def is_network(entry: Mapping[str, Any]) -> bool:
    """Whether a description is that of a model."""
    return isinstance(entry["config"], Mapping) and isinstance(entry["config"].get("layers"), list)


def unpackaged(name: str) -> str:
    """A registered name without its package: 'Custom>Mine' is 'Mine'."""
    return name.rsplit(">", 1)[-1]


def flat(value: Any) -> list[Any]:
    """The leaves of nested lists."""
    return (
        [leaf for item in value for leaf in flat(item)]
        if isinstance(value, list | tuple)
        else [value]
    )


def without_dtype(own: dict[str, Any]) -> None:
    """Leave out the dtype that a layer computed in: here a model computes in one dtype."""
    dtype = own.pop("dtype", None)
    if dtype not in (None, "float32", "int32"):
        warnings.warn(
            f"Layer '{own.get('name')}' was saved with dtype {dtype}; it computes in float32 here.",
            UserWarning,
            stacklevel=2,
        )
