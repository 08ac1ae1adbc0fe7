"""A model's structure as a configuration: JSON-like, in the form of Keras 2, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.tensor import Node, SymbolicTensor
from jaxcnn.registry import custom_object_scope

KERAS_VERSION = "2.2.4"  # whose file format we write


def sequential_config(model: Any) -> dict[str, Any]:
    """The name and, in order, the class and settings of each layer; the first carries the input shape."""
    described = [LAYERS.serialize(layer) for layer in model.layers]
    if len(model.inputs) == 1 and described and model.layers[0].batch_input_shape is None:
        tensor = model.inputs[0]
        shape = {"batch_input_shape": tensor.shape, "dtype": str(np.dtype(tensor.dtype))}
        if isinstance(described[0]["config"].get("layers"), list):
            described.insert(0, LAYERS.serialize(tensor.layer))
        else:
            described[0]["config"] |= shape
    return {"name": model.name, "layers": described}


def graph_config(model: Any) -> dict[str, Any]:
    """Every layer with its settings and the calls on record, and which tensors are the inputs and outputs."""
    relevant = {id(node) for level in model.nodes_by_depth for node in level}
    number: dict[int, int] = {}
    for layer in model.layers:
        kept = [node for node in layer.inbound_nodes if id(node) in relevant]
        number.update((id(node), i) for i, node in enumerate(kept))

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
        "layers": layers,
        "input_layers": [reference(tensor) for tensor in model.inputs],
        "output_layers": [reference(tensor) for tensor in model.outputs],
    }


def build_graph(config: Mapping[str, Any]) -> tuple[list[SymbolicTensor], list[SymbolicTensor]]:
    """(inputs, outputs) of the graph that `graph_config` described."""
    layers: dict[str, Layer] = {entry["name"]: LAYERS.deserialize(entry) for entry in config["layers"]}
    first = {name: len(layer.inbound_nodes) for name, layer in layers.items()}
    waiting = [(entry["name"], list(entry["inbound_nodes"])) for entry in config["layers"] if entry["inbound_nodes"]]

    def tensor(reference: list[Any]) -> SymbolicTensor | None:
        name, node, index = reference[:3]
        if name not in layers:
            raise ValueError(f"The configuration refers to a layer '{name}' that it does not contain.")
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
            raise ValueError(f"The layers {', '.join(name for name, _ in waiting)} wait for inputs that nothing makes.")

    def ends(references: Any) -> list[SymbolicTensor]:
        listed = references if isinstance(references[0], list | tuple) else [references]
        found = [tensor(reference) for reference in listed]
        return [t for t in found if t is not None]

    return ends(config["input_layers"]), ends(config["output_layers"])


def to_json(model: Any, **options: Any) -> str:
    """The structure as JSON text; `options` go to ``json.dumps``."""
    described = {**LAYERS.serialize(model), "keras_version": KERAS_VERSION, "backend": "tensorflow"}
    return json.dumps(described, default=plain, **options)


def model_from_config(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A model, without its weights, from ``{"class_name": ..., "config": ...}``."""
    if not isinstance(config, Mapping) or "class_name" not in config:
        raise ValueError("A model configuration needs 'class_name' and 'config'.")
    with custom_object_scope(custom_objects):
        return LAYERS.deserialize(config)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """A model, without its weights, from what ``to_json`` gave."""
    return model_from_config(json.loads(json_string), custom_objects)


def plain(value: Any) -> Any:
    """NumPy numbers, arrays and dtypes as JSON knows them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | jax.Array):
        return np.asarray(value).tolist()
    if isinstance(value, np.dtype | type):
        return str(np.dtype(value))
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be written as JSON.")
