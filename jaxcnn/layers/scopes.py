"""The names of weights of layers inside others, as programs for Keras 2 see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import Path
from jaxcnn.spellings.dialect import chosen, dialect

# Where a layer of the library keeps another one that makes its weights under the outer name.
WITHOUT_NAME = ("layer", "cell")
NUMBERED = "cells_"


class KnowsWeights(Protocol):
    """The weights that a layer has so far."""

    def known(self) -> tuple[WeightSpec, ...]: ...


class Named(Protocol):
    """A layer with weights, perhaps built inside another one under a key of its children."""

    name: str

    @property
    def children(self) -> Mapping[str, Named]: ...

    @property
    def weights_store(self) -> KnowsWeights: ...

    @property
    def built_in(self) -> tuple[Named, str] | None: ...


def weight_name(owner: object, layer: str, path: Path) -> str:
    """'dense_1/kernel:0'; of a layer inside another 'bidirectional_1/forward_lstm_1/kernel:0'."""
    inside = getattr(owner, "built_in", None) is not None
    if not inside or not chosen() or dialect().of_keras_1:
        return dialect().weight_name(layer, path)
    return "/".join(scoped(cast(Named, owner), path)) + ":0"


def scoped(layer: Named, path: Path) -> Path:
    """The words of the name of a layer's weight, those of the layers around it first."""
    scope, number = scope_of(layer, path[-1])
    return scope, *path[:-1], path[-1] + number


def scope_of(layer: Named, weight: str) -> tuple[str, str]:
    """The name before those of a layer's weights, and the number behind the one that is given.

    Cells that are stacked have one scope, in which equal names are numbered.
    """
    if layer.built_in is None:
        return layer.name, ""
    outer, key = layer.built_in
    scope, number = scope_of(outer, weight)
    if key.startswith(NUMBERED):
        below = range(int(key.removeprefix(NUMBERED)))
        cells = [outer.children[f"{NUMBERED}{i}"] for i in below]
        named = [spec for cell in cells for spec in cell.weights_store.known()]
        equal = sum(spec.path[-1] == weight for spec in named)
        return scope, f"{number}_{equal}" if equal else number
    return (scope, number) if key in WITHOUT_NAME else (f"{scope}/{layer.name}", number)
