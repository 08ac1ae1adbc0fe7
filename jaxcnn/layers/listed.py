"""Which of the layers inside a user's layer are trained and saved with it.

Keras took the weights of a layer from its properties `trainable_weights` and
`non_trainable_weights`. A class that overrides them says so which layers inside it are its own,
also of those in a list of Python, and that the others are not. Otherwise all attributes are,
since Keras 3; in a program for an older one those alone whose weights the layer has put into
`_trainable_weights` or `_non_trainable_weights`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Protocol, Self, cast

import jax

from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_tree import with_inner
from jaxcnn.layers.weights import WeightOwner, WeightStore
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.spellings.dialect import attributes_are_listed

PROPERTIES = ("trainable_weights", "non_trainable_weights")


class KeepsLayers(WeightOwner, Protocol):
    """A layer that may have others inside.

    Attributes:
        _children: the layers directly inside, by name.
        _attribute_children: the names of those that a user's layer has as attributes.
        _is_asked: whether its own properties are being read.
    """

    _children: dict[str, Self]
    _attribute_children: set[str]
    _is_asked: bool


def overrides_weights(kind: type) -> bool:
    """Whether a class says itself which weights it has."""
    getters = (getattr(getattr(kind, name), "fget", None) for name in PROPERTIES)
    return not all(is_of_library(getter) for getter in getters)


def listed_children(layer: KeepsLayers) -> Mapping[str, Any]:
    """Of the layers directly inside those whose weights are the layer's own, by name."""
    children = layer.children
    if not children:
        return children
    owners = {id(v.owner) for v in layer.weights_store.put_in_lists}
    if overrides_weights(type(layer)) and not layer._is_asked:
        owners = {id(v.owner) for v in listed_weights(layer)}
    elif not layer._attribute_children or attributes_are_listed():
        return children
    else:
        owners |= {id(c) for name, c in children.items() if name not in layer._attribute_children}
    return {
        name: child
        for name, child in children.items()
        if any(id(part) in owners for part in with_inner(child))
    }


def listed_weights(layer: KeepsLayers) -> list[Variable]:
    """What the properties of a user's class say; its base has no more than the rule says."""
    layer._is_asked = True
    try:
        return [v for name in PROPERTIES for v in getattr(layer, name)]
    finally:
        layer._is_asked = False


def take_listed_layers(layer: KeepsLayers) -> None:
    """Make layers in lists whose weights a user's class lists layers inside this one."""
    if not overrides_weights(type(layer)):
        return
    weights = [v for v in listed_weights(layer) if v.owner not in (None, layer)]
    owners: dict[int, object] = {id(v.owner): v.owner for v in weights}
    inside = {id(part) for child in layer._children.values() for part in with_inner(child)}
    further = [*kept_in_lists(layer), *owners.values()]
    for candidate in cast(list[KeepsLayers], further):
        parts = {id(part) for part in with_inner(candidate)}
        if parts & owners.keys() and not parts & inside:
            layer._children[free_name(candidate.name, layer._children)] = candidate
            inside |= parts


def kept_in_lists(layer: KeepsLayers) -> list[WeightOwner]:
    """The layers in lists, tuples and dicts among the attributes."""
    kinds = list | tuple | dict
    values = [v for k, v in vars(layer).items() if isinstance(v, kinds) and not k.startswith("_")]
    leaves = jax.tree.leaves(values, is_leaf=lambda leaf: isinstance(leaf, Variable))
    others = [leaf for leaf in leaves if not isinstance(leaf, Variable)]
    return [
        leaf for leaf in others if isinstance(getattr(leaf, "weights_store", None), WeightStore)
    ]


def free_name(name: str, taken: Mapping[str, object]) -> str:
    """The name, with a number behind it where it is taken."""
    numbered = (f"{name}_{i}" for i in itertools.count(1))
    return next(n for n in itertools.chain([name], numbered) if n not in taken)
