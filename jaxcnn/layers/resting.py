"""Which statistics training leaves as they are: those of frozen layers, as each Keras means it.

Keras 1.2 and 2.0 knew of none. Keras 2.2 looks at the flags at the first batch that a model is
trained on; what a model inside of it moves was settled by the flags at the time of its call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar, cast

from jaxcnn.layers.symbolic.tensor import GraphLayer
from jaxcnn.layers.weight_tree import WeightOwner, placed_weights, with_inner
from jaxcnn.runtime.types import Path
from jaxcnn.spellings.dialect import frozen_statistics

L = TypeVar("L", bound=WeightOwner)
STATISTICS = "batch_stats"


def goes_on(layer: WeightOwner) -> bool:
    """Whether training moves what a layer keeps besides its parameters, by its flags as they are.

    In Keras 2.2 a layer that carries states from batch to batch goes on although it is frozen.
    """
    asked = frozen_statistics()
    if asked == "never" or getattr(layer, "trainable", True):
        return True
    parts = () if asked == "compiled" else with_inner(layer)
    return any(getattr(part, "stateful", False) for part in parts)


def resting(layer: L) -> Iterator[L]:
    """The layers inside of one, at any depth, whose statistics rest by the flags as they are."""
    for name, child in layer.children.items():
        if rests_as_a_whole(layer, name):
            yield from with_inner(child)
        else:
            yield from resting(child)


def rests_as_a_whole(layer: WeightOwner, name: str) -> bool:
    """Whether all statistics of the child of this name rest."""
    child = layer.children[name]
    if name not in layer.listed_children:
        return True
    counts = not child.traits.network or frozen_statistics() != "trained layers"
    return counts and not goes_on(child)


def resting_at_call(layer: GraphLayer) -> Collection[GraphLayer] | None:
    """`resting` of a model that is called now, where that is what counts; otherwise None."""
    if not layer.traits.network or frozen_statistics() != "trained":
        return None
    return tuple(cast(GraphLayer, part) for part in resting(cast(WeightOwner, layer)))


def fixed_statistics(layer: WeightOwner) -> tuple[Path, ...]:
    """The paths of the statistics that training leaves as they are if it begins now."""
    rests = not goes_on(layer)
    specs = layer.weights_store.specs or ()
    fixed = [spec.path for spec in specs if spec.collection == STATISTICS and rests]
    for name, child in layer.children.items():
        still = resting_inside(layer, name)
        fixed += [
            (name, *path)
            for owner, spec, path in placed_weights(child)
            if spec.collection == STATISTICS and (rests or id(owner) in still)
        ]
    return tuple(fixed)


def resting_inside(layer: WeightOwner, name: str) -> Collection[int]:
    """The ids of those of a child and the layers inside of it whose statistics rest."""
    child = layer.children[name]
    if rests_as_a_whole(layer, name):
        return {id(part) for part in with_inner(child)}
    nodes = [node for node in getattr(layer, "nodes", ()) if node.layer is child]
    at_calls = [{id(part) for part in node.resting} for node in nodes if node.resting is not None]
    if at_calls:
        return set.intersection(*at_calls)  # what moves in one call moves
    return {id(part) for part in resting(child)}
