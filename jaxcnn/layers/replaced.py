"""Weights of a layer that the `call` of another, around it, has replaced for a while.

A wrapper that drops or normalises the weights of its layer sets ``self.layer.kernel`` to a tensor
and calls the layer, which then computes with that tensor; what is trained is the weight itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import flax.linen as nn

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
