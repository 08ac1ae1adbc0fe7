"""Models as Keras 3 describes them in '.keras' files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.recurrent import RecurrentLayer
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.saving.dialects.keras2 import LEFT_OUT, SINGLE
from jaxcnn.saving.structure import call_numbers, plain
from jaxcnn.saving.training import packaged

NOT_IN_KERAS_3 = {
    "LocallyConnected1D",
    "LocallyConnected2D",
    "LocalResponseNormalization",
    "CuDNNGRU",
    "CuDNNLSTM",
    "ThresholdedReLU",
    "RandomizedReLU",
    "Operation",
}
RENAMED: Mapping[str, Mapping[str, str]] = {"LeakyReLU": {"alpha": "negative_slope"}}
# What Keras 3 calls hard_sigmoid has another slope; its layers say what ours, that of Keras 2, is.
HARD_SIGMOID = packaged(
    "keras",
    "Sequential",
    {
        "name": "hard_sigmoid",
        "trainable": True,
        "layers": [
            packaged("keras.layers", "Rescaling", {"name": "slope", "scale": 0.2, "offset": 0.5}),
            packaged("keras.layers", "ReLU", {"name": "cut", "max_value": 1.0}),
        ],
    },
)
ACTIVATIONS: Mapping[str, Any] = {"piecewise_sigmoid": "hard_sigmoid", "hard_sigmoid": HARD_SIGMOID}


def to_keras3(layer: Layer) -> dict[str, Any]:
    """A model or layer with the module of its class, its settings and, in a model, how its layers
    are called.
    """
    kind = type(layer)
    if kind.__module__.startswith("jaxcnn."):
        name = kind.__name__
        if name == "Model":
            described = packaged("keras.src.models.functional", "Functional", graph(layer))
            return {**described, "registered_name": "Functional"}
        if name == "Sequential":
            return packaged("keras", name, stack(layer))
        module = "jaxcnn.layers" if name in NOT_IN_KERAS_3 else "keras.layers"
        return packaged(module, name, settings(layer))
    own = graph(layer) if hasattr(layer, "nodes_by_depth") else settings(layer)
    return {**packaged(kind.__module__, kind.__name__, own), "registered_name": kind.__name__}


def settings(layer: Layer) -> dict[str, Any]:
    """The arguments of a layer that is no model."""
    name = type(layer).__name__
    own = layer.get_config()
    if isinstance(layer, InputLayer):
        return {
            "batch_shape": own["batch_input_shape"],
            "dtype": own["dtype"],
            "sparse": False,
            "name": own["name"],
        }
    left_out = {
        *LEFT_OUT.get(name, ()),
        "implementation",
        "batch_input_shape",
        "dtype",
        "input_length",
    }
    own = {RENAMED.get(name, {}).get(k, k): v for k, v in own.items() if k not in left_out}
    for key in own:
        inner = getattr(layer, key, None)
        if isinstance(inner, Layer):
            own[key] = to_keras3(inner)
        elif (
            isinstance(inner, list | tuple)
            and inner
            and all(isinstance(item, Layer) for item in inner)
        ):
            own[key] = [to_keras3(item) for item in inner]
        elif key.endswith("activation") and isinstance(own[key], str):
            own[key] = ACTIVATIONS.get(own[key], own[key])
    if name in SINGLE:
        own[SINGLE[name]] = own[SINGLE[name]][0]
    if name == "Lambda":
        for key in ("function", "mask", "output_shape"):
            if isinstance(own[key], str):
                module = str(getattr(getattr(layer, key), "__module__", None))
                own[key] = {**packaged(module, "function", own[key]), "registered_name": own[key]}
    found: dict[str, Any] = json.loads(json.dumps(own, default=plain))
    return found


def stack(model: Any) -> dict[str, Any]:
    """The settings of a Sequential: its input layer, if it has one yet, and the layers."""
    first = (
        model.inputs if len(model.inputs) == 1 else []
    )  # a model inside that has several states them itself
    layers = [to_keras3(layer) for layer in (*(tensor.layer for tensor in first), *model.layers)]
    shape = {"build_input_shape": first[0].shape} if first else {}
    return {"name": model.name, "trainable": model.trainable, "layers": layers, **shape}


def graph(model: Any) -> dict[str, Any]:
    """The settings of a functional model."""
    number = call_numbers(model)

    def history(tensor: SymbolicTensor) -> list[Any]:
        node = tensor.layer.inbound_nodes[tensor.node_index]
        return [tensor.layer.name, number[id(node)], tensor.tensor_index]

    def end(tensor: SymbolicTensor) -> list[Any]:
        name, node, index = history(tensor)
        # Of a functional model inside, Keras counts the graph it was made from as call 0, but only
        # here.
        return [name, node + (type(tensor.layer).__name__ == "Model"), index]

    def ends(tensors: list[SymbolicTensor]) -> list[Any]:
        return end(tensors[0]) if len(tensors) == 1 else [end(tensor) for tensor in tensors]

    def tensor(leaf: Any) -> Any:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        shape, dtype = list(leaf.shape), str(np.dtype(leaf.dtype))
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": shape, "dtype": dtype, "keras_history": history(leaf)},
        }

    def call(node: Node) -> dict[str, Any]:
        args, kwargs = node.args, node.kwargs
        if isinstance(node.layer, RecurrentLayer) and isinstance(args[0], list | tuple):
            args, kwargs = (args[0][0],), {**kwargs, "initial_state": list(args[0][1:])}
        args, kwargs = jax.tree.map(tensor, (list(args), dict(kwargs)))
        return {"args": args, "kwargs": kwargs}

    layers = [
        {
            **to_keras3(layer),
            "name": layer.name,
            "inbound_nodes": []
            if isinstance(layer, InputLayer)
            else [call(node) for node in layer.inbound_nodes if id(node) in number],
        }
        for layer in model.layers
    ]
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": ends(model.inputs),
        "output_layers": ends(model.outputs),
    }


def class_name(layer: Layer) -> str:
    """The name of a layer's class in Keras 3."""
    name = type(layer).__name__
    return "Functional" if name == "Model" else name
