"""Weights of a layer in whose place a program has set something else.

A wrapper that drops or normalises the weights of its layer sets ``self.layer.kernel`` to a tensor
for a while and calls the layer, which then computes with that tensor; what is trained is the weight
itself. Outside of a `call`, ``decoder.kernel = K.transpose(encoder.kernel)`` ties two layers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import flax.linen as nn

from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import WeightStore
from jaxcnn.nn.base import replacing


class Weighted(Protocol):
    """A layer with weights."""

    @property
    def weights_store(self) -> WeightStore: ...


def labels(layer: Weighted) -> set[str]:
    """The names of the layer's own weights."""
    return {spec.path[0] for spec in layer.weights_store.specs or ()}


def with_replaced(layer: Weighted, module: nn.Module) -> contextlib.AbstractContextManager[object]:
    """Within the block `module` computes with the tensors that stand in the layer's attributes."""
    attributes = vars(layer)
    tensors = {
        (id(module), name): attributes[name]
        for name in labels(layer) & attributes.keys()
        if attributes[name] is not None and not isinstance(attributes[name], Variable)
    }
    return replacing(tensors) if tensors else contextlib.nullcontext()


def replaces(attribute: object, weight: Variable) -> bool:
    """Whether what stands in a layer's attribute is another weight than its own."""
    return attribute is not None and attribute is not weight


def weights_in_force(layer: Weighted) -> dict[str, TensorLike] | None:
    """What the layer computes with, by the names of its weights, if that is not all its own.

    Raises:
        TypeError: the layer moves statistics or states, or has others inside.
    """
    store, attributes = layer.weights_store, vars(layer)
    weights = {
        spec.path: store.variable((spec.collection, *spec.path)) for spec in store.specs or ()
    }
    others = {
        path[0]: attributes[path[0]]
        for path, variable in weights.items()
        if len(path) == 1 and replaces(attributes.get(path[0]), variable)
    }
    if not others:
        return None
    if any(v.path[0] != "params" or len(path) > 1 for path, v in weights.items()):
        raise TypeError(
            f"{layer!r} has other weights in place of its own, which works for layers without "
            "running statistics, states and layers inside only."
        )
    return {path[0]: variable for path, variable in weights.items()} | others


@contextlib.contextmanager
def restored(layers: Iterable[Weighted]) -> Iterator[None]:
    """After the block the layers have the attributes for weights that they had before."""
    before = [
        (vars(layer), name, vars(layer).get(name)) for layer in layers for name in labels(layer)
    ]
    try:
        yield
    finally:
        for attributes, name, value in before:
            if value is None:
                attributes.pop(name, None)
            else:
                attributes[name] = value
