"""Models that users derive from `Model` with a `call` instead of inputs and outputs.

They become networks of their layers by the first data, or by the first tensor they are called on:
`call` is run once on symbolic inputs.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import jax
import numpy as np

from jaxcnn.layers import symbolic
from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.weights import WeightStore
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.types import DataLike, PyTree, Shape


class Subclassed(Protocol):
    """A model that has no graph before it is built."""

    name: str
    inputs: list[SymbolicTensor]
    outputs: list[SymbolicTensor]
    members: Sequence[Layer]
    layers: list[Layer]

    @property
    def weights_store(self) -> WeightStore: ...

    @property
    def built(self) -> bool: ...

    def build(self, input_shape: PyTree) -> None: ...

    def call(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree: ...

    def set_graph(self, inputs: PyTree, outputs: PyTree) -> None: ...


def has_call(model: Subclassed) -> bool:
    """Whether the class of a model says by `call` what the model computes."""
    return not is_of_library(type(model).call)


def begin(model: Subclassed) -> None:
    """The state before there are inputs.

    Raises:
        TypeError: the class has no `call` of its own.
    """
    if not has_call(model):
        raise TypeError(
            "Model needs `inputs` and `outputs`, symbolic tensors; only a subclass that defines "
            "call(inputs) goes without."
        )
    model.inputs, model.outputs, model.members, model.layers = [], [], (), []


def output_names(model: Subclassed) -> list[str]:
    """The names of the outputs where `call` makes them, else none."""
    return [f"output_{i + 1}" for i in range(len(model.outputs))] if has_call(model) else []


def require_built(model: Subclassed) -> None:
    """Raise ValueError where the input shapes are still to come."""
    if not model.built:
        raise ValueError(
            f"Model '{model.name}' does not know its input shape yet: call build((None, ...)), or "
            "train it once."
        )


def refuse_config(model: Subclassed) -> None:
    """Raise NotImplementedError where a `call`, which is in no file, says what is computed."""
    if has_call(model):
        raise NotImplementedError(
            f"{type(model).__name__} says by its `call` what it computes, which cannot be written "
            "to a file. Write its weights: save_weights(path), and load_weights(path) into a new "
            "one after build((None, ...))."
        )


def build_for(model: Subclassed, x: DataLike) -> None:
    """Build a model by data, where a list of one array is that array.

    Raises:
        ValueError: a dict, or a list without anything in it.
    """
    if model.built:
        return
    listed = isinstance(x, list | tuple)
    if isinstance(x, Mapping) or (listed and not x):
        raise ValueError(
            f"Model '{model.name}' is built by its first data, whose inputs have no names: give an "
            f"array or a list of arrays, not {x if listed else 'a dict'}."
        )
    arrays = x if listed and hasattr(x[0], "shape") and np.ndim(x[0]) else [x]
    shapes = [(None, *(np.shape(array)[1:] or (1,))) for array in arrays]
    build_from(model, shapes if len(shapes) > 1 else shapes[0])


def build_by_call(model: Subclassed, inputs: PyTree) -> None:
    """Build a model by the tensors, symbolic or not, that it is called on."""

    def shape_of(leaf: PyTree) -> Shape:
        known = isinstance(leaf, SymbolicTensor)
        return tuple(leaf.shape) if known else (None, *np.shape(leaf)[1:])

    several = isinstance(inputs, list | tuple)
    build_from(model, [shape_of(leaf) for leaf in inputs] if several else shape_of(inputs))


def build_from(model: Subclassed, input_shape: PyTree) -> None:
    """Build a model for inputs of these shapes, by the `build` of its class if it has one."""
    if not is_of_library(type(model).build):
        model.build(input_shape)
    if not model.built:
        build(model, input_shape)


def build(model: Subclassed, input_shape: PyTree) -> None:
    """Run `call` on symbolic inputs of these shapes, one or a list; layers know weights then."""
    several = isinstance(input_shape, list)
    tensors = [
        Input(batch_shape=tuple(shape)) for shape in (input_shape if several else [input_shape])
    ]
    inputs: PyTree = tensors if several else tensors[0]
    parameters = inspect.signature(model.call).parameters
    mode = {"training": symbolic.backend.learning_phase()} if "training" in parameters else {}
    outputs = model.call(inputs, **mode)
    order = {id(layer): i for i, layer in enumerate(layers_in(vars(model).values()))}
    model.weights_store.specs = ()
    model.set_graph(inputs, list(outputs) if isinstance(outputs, tuple) else outputs)
    last = len(order)
    model.members = sorted(
        model.members,
        key=lambda layer: -1 if isinstance(layer, InputLayer) else order.get(id(layer), last),
    )
    model.layers = [layer for layer in model.members if id(layer) in order]


def layers_in(values: Iterable[object]) -> Iterator[Layer]:
    """The layers among attributes, and in lists and dicts there, in their order."""
    for value in values:
        for leaf in jax.tree.leaves(value, is_leaf=lambda leaf: isinstance(leaf, Layer)):
            if isinstance(leaf, Layer):
                yield leaf
