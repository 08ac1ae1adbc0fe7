"""A model's structure as a configuration: JSON-like, in the form of Keras 2, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.dialects.configurations import IN_MEMORY, OURS, era_of, from_keras
from jaxcnn.saving.dialects.keras2 import to_keras2

KERAS_VERSION = "2.3.1"  # whose file format we write
WRITER = "jaxcnn"  # marks what we wrote ourselves


def sequential_config(model: Any) -> dict[str, Any]:
    """The name and, in order, the class and settings of each layer; the first carries the input
    shape.
    """
    described = [LAYERS.serialize(layer) for layer in model.layers]
    if len(model.inputs) == 1 and described:
        tensor, first = model.inputs[0], model.layers[0]
        if (
            isinstance(described[0]["config"].get("layers"), list)
            or tensor.layer.name != f"{first.name}_input"
        ):
            described.insert(0, LAYERS.serialize(tensor.layer))
        elif first.batch_input_shape is None:
            described[0]["config"] |= {
                "batch_input_shape": tensor.shape,
                "dtype": str(np.dtype(tensor.dtype)),
            }
    return {"name": model.name, **frozen(model), "layers": described}


def frozen(model: Any) -> dict[str, Any]:
    """``{"trainable": False}`` for a model that is not trained as a whole; the usual is not
    mentioned.
    """
    return {} if model.trainable else {"trainable": False}


def graph_config(model: Any) -> dict[str, Any]:
    """Every layer with its settings and the calls on record, and which tensors are the inputs and
    outputs.
    """
    number = call_numbers(model)

    def reference(tensor: SymbolicTensor) -> list[Any]:
        node = tensor.layer.inbound_nodes[tensor.node_index]
        return [tensor.layer.name, number[id(node)], tensor.tensor_index]

    def call(node: Node) -> list[Any]:
        kwargs = {k: v for k, v in node.kwargs.items() if not isinstance(v, SymbolicTensor)}
        return [[*reference(tensor), kwargs] for tensor in node.inbound]

    layers = [
        {
            "name": layer.name,
            **LAYERS.serialize(layer),
            "inbound_nodes": []
            if isinstance(layer, InputLayer)
            else [call(node) for node in layer.inbound_nodes if id(node) in number],
        }
        for layer in model.layers
    ]
    return {
        "name": model.name,
        **frozen(model),
        "layers": layers,
        "input_layers": [reference(tensor) for tensor in model.inputs],
        "output_layers": [reference(tensor) for tensor in model.outputs],
    }


def call_numbers(model: Any) -> dict[int, int]:
    """id of a node of the model -> its number among the calls of its layer that belong to the
    model.
    """
    relevant = {id(node) for level in model.nodes_by_depth for node in level}
    number: dict[int, int] = {}
    for layer in model.layers:
        kept = [node for node in layer.inbound_nodes if id(node) in relevant]
        number.update((id(node), i) for i, node in enumerate(kept))
    return number


def build_graph(config: Mapping[str, Any]) -> tuple[list[SymbolicTensor], list[SymbolicTensor]]:
    """(inputs, outputs) of the graph that `graph_config` described."""
    layers: dict[str, Layer] = {
        entry["name"]: LAYERS.deserialize(entry) for entry in config["layers"]
    }
    first = {name: len(layer.inbound_nodes) for name, layer in layers.items()}
    waiting = [
        (entry["name"], list(entry["inbound_nodes"]))
        for entry in config["layers"]
        if entry["inbound_nodes"]
    ]

    def tensor(reference: list[Any]) -> SymbolicTensor | None:
        name, node, index = reference[:3]
        if name not in layers:
            raise ValueError(
                f"The configuration refers to a layer '{name}' that it does not contain."
            )
        layer = layers[name]
        at = node if isinstance(layer, InputLayer) else node + first[name]
        if at >= len(layer.inbound_nodes):
            return None
        leaves: list[SymbolicTensor] = jax.tree.leaves(layer.inbound_nodes[at].outputs)
        return leaves[index]

    while waiting:
        before = sum(len(calls) for _, calls in waiting)
        for name, calls in waiting:
            while calls:
                sources = [tensor(reference) for reference in calls[0]]
                if any(source is None for source in sources):
                    break
                kwargs: dict[str, Any] = next((r[3] for r in calls[0] if len(r) > 3), {})
                layers[name](sources[0] if len(sources) == 1 else sources, **kwargs)
                calls.pop(0)
        waiting = [(name, calls) for name, calls in waiting if calls]
        if waiting and sum(len(calls) for _, calls in waiting) == before:
            raise ValueError(
                f"The layers {', '.join(name for name, _ in waiting)} wait for inputs that nothing "
                "makes."
            )

    def ends(references: Any) -> list[SymbolicTensor]:
        listed = references if isinstance(references[0], list | tuple) else [references]
        found = [tensor(reference) for reference in listed]
        return [t for t in found if t is not None]

    return ends(config["input_layers"]), ends(config["output_layers"])


def file_config(model: Any) -> dict[str, Any]:
    """The configuration of a model as a Keras 2 file holds it, made of what JSON knows."""
    described: dict[str, Any] = json.loads(json.dumps(LAYERS.serialize(model), default=plain))
    return to_keras2(described)


def to_json(model: Any, **options: Any) -> str:
    """The structure as JSON text; `options` go to ``json.dumps``."""
    return json.dumps(described_model(model), **options)


def to_yaml(model: Any, **options: Any) -> str:
    """The structure as YAML text; `options` go to ``yaml.safe_dump``."""
    import yaml

    text: str = yaml.safe_dump(described_model(model), **options)
    return text


def described_model(model: Any) -> dict[str, Any]:
    """What the texts of `to_json` and `to_yaml` hold."""
    return {
        **file_config(model),
        "keras_version": KERAS_VERSION,
        "backend": "tensorflow",
        "written_by": WRITER,
    }


def model_from_config(
    config: Mapping[str, Any],
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
) -> Any:
    """A model, without its weights, from ``{"class_name": ..., "config": ...}`` of any Keras.

    Args:
        config: as `to_json` gives it, or as a layer list has it; of Keras 1, 2 or 3.
        custom_objects: name -> class or function, for what the library does not know.
        safe_mode: whether to refuse functions that are stored as Python bytecode.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.
    """
    if not isinstance(config, Mapping) or "class_name" not in config:
        raise ValueError(
            "A model configuration is a dict with 'class_name' and 'config'; "
            f"given {type(config).__name__}{' without them' if isinstance(config, Mapping) else ''}. "
            "What get_config returns goes to Sequential.from_config or Model.from_config."
        )
    era = OURS if config.get("written_by") == WRITER else era_of_config(config)
    with custom_object_scope(custom_objects):
        return LAYERS.deserialize(from_keras(config, era, safe_mode))


def model_from_json(
    json_string: str, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """A model, without its weights, from what ``to_json`` gave, here or in any Keras."""
    try:
        config = json.loads(json_string)
    except json.JSONDecodeError as error:
        raise ValueError(f"The text is not JSON ({error}); model_from_yaml reads YAML.") from None
    return model_from_config(config, custom_objects, safe_mode)


def model_from_yaml(
    yaml_string: str, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """A model, without its weights, from what ``to_yaml`` gave, here or in any Keras; no code in it
    is run.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        """The safe loader, and the tuples that Keras wrote with a tag of Python's."""

    Loader.add_constructor(
        "tag:yaml.org,2002:python/tuple", lambda loader, node: loader.construct_sequence(node, True)
    )
    Loader.add_constructor(
        "tag:yaml.org,2002:python/unicode", lambda loader, node: loader.construct_scalar(node)
    )
    try:
        config = yaml.load(yaml_string, Loader)
    except yaml.YAMLError as error:
        raise ValueError(f"The text is not plain YAML: {error}") from None
    return model_from_config(config, custom_objects, safe_mode)


def era_of_config(config: Mapping[str, Any]) -> int:
    """The era of a configuration by what it says: its version, or the modules that Keras 3 puts in."""
    if "module" in config and "registered_name" in config:
        return 3
    return era_of(config["keras_version"]) if config.get("keras_version") else IN_MEMORY


def plain(value: Any) -> Any:
    """NumPy numbers, arrays and dtypes as JSON knows them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | jax.Array):
        return np.asarray(value).tolist()
    if isinstance(value, np.dtype | type):
        return str(np.dtype(value))
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be written as JSON.")
