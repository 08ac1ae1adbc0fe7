"""Models as Keras 3 describes them in '.keras' files."""

from __future__ import annotations

import json
from collections.abc import Mapping

import jax
import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.layers.config_words import config_in_our_words
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.recurrent import RecurrentLayer
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.runtime.types import Config
from jaxcnn.saving.dialects.classes import library_name
from jaxcnn.saving.dialects.differences import arguments_for_keras3, packaged
from jaxcnn.saving.dialects.keras2 import LEFT_OUT, SINGLE
from jaxcnn.saving.dialects.versions import NOT_IN_KERAS_3
from jaxcnn.saving.structure import Calls, input_layer, plain
from jaxcnn.saving.types import Json, Network, is_network

RENAMED: Mapping[str, Mapping[str, str]] = {"LeakyReLU": {"alpha": "negative_slope"}}


def to_keras3(layer: Layer | Network) -> Config:
    """A model or layer: the module of its class, its settings, and how layers inside are called."""
    kind = type(layer)
    name = kind.__name__
    if isinstance(layer, Layer) and not is_network(layer):
        inner = settings(layer)
    else:
        inner = stack(layer) if layer.traits.network == "stack" else graph(layer)
    if not kind.__module__.startswith("jaxcnn."):
        return packaged(kind.__module__, name, inner, registered=name)
    if name == "Model":
        return packaged("keras.src.models.functional", "Functional", inner, "Functional")
    if name == "Sequential":
        return packaged("keras", name, inner)
    return packaged("jaxcnn.layers" if name in NOT_IN_KERAS_3 else "keras.layers", name, inner)


def settings(layer: Layer) -> Config:
    """The arguments of a layer that is no model."""
    base, arguments = library_name(type(layer)), config_in_our_words(layer)
    if isinstance(layer, InputLayer):
        return {
            "batch_shape": arguments["batch_input_shape"],
            "dtype": arguments["dtype"],
            "sparse": arguments["sparse"],
            "name": arguments["name"],
        }
    left_out = {
        *LEFT_OUT.get(base, ()),
        "implementation",
        "batch_input_shape",
        "dtype",
        "input_length",
    }
    names = RENAMED.get(base, {})
    arguments = {names.get(k, k): v for k, v in arguments.items() if k not in left_out}
    for key in arguments:
        inner = getattr(layer, key, None)
        if isinstance(inner, Layer):
            arguments[key] = to_keras3(inner)
        elif isinstance(inner, list | tuple) and any(isinstance(item, Layer) for item in inner):
            arguments[key] = [to_keras3(item) for item in inner]
    arguments = arguments_for_keras3(arguments)
    if base in SINGLE:
        arguments[SINGLE[base]] = arguments[SINGLE[base]][0]
    if base == "Lambda":
        for key in ("function", "mask", "output_shape"):
            if isinstance(name := arguments[key], str):
                module = str(getattr(getattr(layer, key), "__module__", None))
                arguments[key] = packaged(module, "function", name, registered=name)
    known_to_json: Config = json.loads(json.dumps(arguments, default=plain))
    return known_to_json


def stack(model: Network) -> Config:
    """The settings of a Sequential: its input layer, if it has one yet, and the layers."""
    # A model inside that has several inputs states them itself.
    first = model.inputs if len(model.inputs) == 1 else []
    layers = [to_keras3(layer) for layer in (*map(input_layer, first), *model.layers)]
    shape = {"build_input_shape": tuple(first[0].shape)} if first else {}
    return {"name": model.name, "trainable": model.trainable, "layers": layers, **shape}


def graph(model: Network) -> Config:
    """The settings of a functional model."""
    calls = Calls(model)

    def end(tensor: SymbolicTensor) -> list[Json]:
        name, call, index = calls.reference(tensor)
        # Keras counts the graph that a functional model was made from as its call 0, but only here.
        return [name, call + (tensor.layer.traits.network == "graph"), index]

    def ends(tensors: list[SymbolicTensor]) -> list[Json]:
        return end(tensors[0]) if len(tensors) == 1 else [end(tensor) for tensor in tensors]

    def tensor(leaf: Json) -> Json:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        shape, dtype = list(leaf.shape), str(np.dtype(leaf.dtype))
        history = calls.reference(leaf)
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": shape, "dtype": dtype, "keras_history": history},
        }

    def described(node: Node) -> Config:
        args, kwargs = node.args, node.kwargs
        if isinstance(node.layer, RecurrentLayer) and isinstance(args[0], list | tuple):
            args, kwargs = (args[0][0],), {**kwargs, "initial_state": list(args[0][1:])}
        args, kwargs = jax.tree.map(tensor, (list(args), dict(kwargs)))
        return {"args": args, "kwargs": kwargs}

    layers = [{**to_keras3(layer), "name": layer.name} for layer in model.layers]
    calls.add_to(layers, described)
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
