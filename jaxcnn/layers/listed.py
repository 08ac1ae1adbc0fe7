"""Layers that a user's layer keeps in a list of Python and names in `trainable_weights` only.

Keras took the weights of a layer from its properties `trainable_weights` and
`non_trainable_weights`. A class that overrides them says so which layers inside it are trained and
saved with it, and that the others are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self, cast

from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_tree import with_inner
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.runtime.captures import is_of_library

PROPERTIES = ("trainable_weights", "non_trainable_weights")


class KeepsLayers(WeightOwner, Protocol):
    """A layer that may have others inside.

    Attributes:
        _children: the layers directly inside, by name.
        _listed: the names of those whose weights are its own; None where all are.
    """

    _children: dict[str, Self]
    _listed: frozenset[str] | None


def overrides_weights(layer: object) -> bool:
    """Whether the layer's class says itself which weights it has."""
    getters = (getattr(getattr(type(layer), name), "fget", None) for name in PROPERTIES)
    return not all(is_of_library(getter) for getter in getters)


def take_listed_layers(layer: KeepsLayers) -> None:
    """Make the layers whose weights a user's class lists layers inside this one."""
    if not overrides_weights(layer):
        return
    weights: Iterable[Variable] = [v for name in PROPERTIES for v in getattr(layer, name)]
    owners = {id(v.owner): v.owner for v in weights if v.owner not in (None, layer)}
    listed = {
        name
        for name, child in layer._children.items()
        if any(id(part) in owners for part in with_inner(child))
    }
    inside = {id(part) for child in layer._children.values() for part in with_inner(child)}
    for number, owner in owners.items():
        if number not in inside:
            layer._children[owner.name] = cast(KeepsLayers, owner)
            listed.add(owner.name)
    layer._listed = frozenset(listed)
