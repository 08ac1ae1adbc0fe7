"""Layers that a user's layer keeps in a list of Python and names in `trainable_weights` only.

Keras took the weights of a layer from its properties `trainable_weights` and
`non_trainable_weights`. A class that overrides them says so which layers inside it are trained and
saved with it, and that the others are not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Protocol, Self, cast

import jax

from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_tree import with_inner
from jaxcnn.layers.weights import WeightOwner, WeightStore
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
    further = [*kept_in_lists(layer), *owners.values()]
    for candidate in cast(list[KeepsLayers], further):
        parts = {id(part) for part in with_inner(candidate)}
        if parts & owners.keys() and not parts & inside:
            name = free_name(candidate.name, layer._children)
            layer._children[name] = candidate
            listed.add(name)
            inside |= parts
    layer._listed = frozenset(listed)


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
