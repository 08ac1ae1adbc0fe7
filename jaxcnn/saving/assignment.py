"""Arrays from a file to the weights of a model: which belong where, and all of them or none."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.weights import put
from jaxcnn.runtime.types import Path
from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.dialects.old_weights import (
    Origin,
    Sizes,
    flattened_rows,
    from_file,
    kernels_are_channels_first,
    whole_gates,
)
from jaxcnn.saving.types import Entry, Filename, Network

Key = tuple[int, Path]  # (id of a weight's layer, its path there)


@dataclass
class Stored:
    """The arrays of one layer in a file, with the names they have there."""

    name: str
    names: list[str] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)


@dataclass(frozen=True)
class Matching:
    """Which layers of a model take the arrays of a file.

    Attributes:
        by_name: those of the same names, instead of one after another.
        skip_mismatch: whether layers whose shapes do not fit stay as they are, with a warning.
        reshape: whether an array of another shape with as many numbers fits.
    """

    by_name: bool = False
    skip_mismatch: bool = False
    reshape: bool = False

    def refuse(self, message: str) -> None:
        """Report, by an error or a warning, that the arrays of a layer do not fit."""
        if not self.skip_mismatch:
            raise ValueError(f"{message} With skip_mismatch=True such layers are left as they are.")
        warnings.warn(
            f"Skipping loading of a layer due to mismatch in {message}", UserWarning, stacklevel=5
        )


EVERY_LAYER = Matching()


class Mismatch(ValueError):
    """The arrays of a layer do not fit."""


def stored_order(layer: Layer) -> list[Entry]:
    """The weights of a layer or inner model in the order of Keras files: trainable ones first."""
    trained = trained_when_read(layer)
    moved = {(id(owner), path) for owner, path in trained}
    return [*trained, *((o, p) for o, p in layer_by_layer(layer) if (id(o), p) not in moved)]


def trained_when_read(layer: Layer) -> list[Entry]:
    """The trainable weights of the model that Keras 3 makes of a file.

    It forgets that a Sequential was frozen.
    """
    if not layer.trainable and layer.traits.network != "stack":
        return []
    params = [entry for entry in direct_weights(layer) if entry[1][0] == "params"]
    return params + [e for child in stored_inside(layer) for e in trained_when_read(child)]


def stored_inside(layer: Layer) -> list[Layer]:
    """The layers directly inside whose weights are stored; of a user's layer that it lists."""
    children = layer.children if layer.traits.network else layer.listed_children
    return list(children.values())


def layer_by_layer(layer: Layer) -> list[Entry]:
    """All weights of each inner layer together."""
    inner = [entry for child in stored_inside(layer) for entry in layer_by_layer(child)]
    return direct_weights(layer) + inner


def direct_weights(layer: Layer | Network) -> list[Entry]:
    """The weights of a layer without those of the layers inside it."""
    return [entry for entry in layer.weight_paths() if entry[0] is layer]


def orders(layer: Layer) -> Iterator[list[Entry]]:
    """The orders in which files may have a layer's weights, by what was trainable at the time."""
    yield stored_order(layer)
    yield layer.weight_paths()
    yield layer_by_layer(layer)


@dataclass(frozen=True)
class Assigned:
    """How the arrays of a file became a model's weights.

    Attributes:
        names: (id of a weight's layer, its path there) -> its name in the file.
        origin: of the file, with what was found of its kernels.
        images: (rows, columns, ..., channels) that were flattened for a layer, by its id.
    """

    names: dict[Key, str]
    origin: Origin
    images: Mapping[int, Sizes]

    def in_our_layout(self, entry: Entry, array: np.ndarray) -> np.ndarray:
        """What a file of Keras 1 holds for a weight, such as a slot of an optimizer, in its layout.

        Later ones have the layout of the weights.
        """
        owner, path = entry
        if self.origin.keras != 1:
            return array
        return from_file(owner, path, array, self.origin, self.images.get(id(owner)))


def assign(
    model: Network,
    stored: Sequence[Stored],
    origin: Origin,
    source: Filename,
    matching: Matching = EVERY_LAYER,
) -> Assigned:
    """Put stored arrays into a model, layer by layer in order or into those of the same name.

    Raises:
        ValueError: layers or shapes that do not fit; the model is as it was then.
    """
    pairs = paired(model, stored, source, matching.by_name, origin.keras == 1)
    if origin.keras == 1:
        arrays = [(layer, s.arrays) for layer, s in pairs]
        origin = origin.deciding(kernels_are_channels_first(arrays, origin))
    images = flattened_rows(model) if origin.channels_first else {}
    values: dict[Key, tuple[Entry, np.ndarray]] = {}
    file_names: dict[Key, str] = {}
    for layer, s in pairs:
        try:
            fitted = fit(layer, s, origin, images, matching.reshape)
        except Mismatch as error:
            matching.refuse(f"{source}: layer '{layer.name}' {error}")
            continue
        keys = [(id(owner), path) for (owner, path), _ in fitted]
        values |= dict(zip(keys, fitted, strict=True))
        if len(keys) == len(s.names):
            file_names |= dict(zip(keys, s.names, strict=True))
    put(values.values())
    return Assigned(file_names, origin, images)


def flattened(model: Network) -> list[Layer]:
    """The layers of a model with those of a model that it begins with one by one, as Keras 1 wrote
    merged models.
    """
    layers = list(model.layers)
    if not layers or not layers[0].traits.network:
        return layers
    inner = cast(Network, layers[0])
    parts = [flattened(cast(Network, p)) if p.traits.network else [p] for p in inner.layers]
    return [part for each in parts for part in each] + layers[1:]


def paired(
    model: Network,
    stored: Sequence[Stored],
    source: Filename,
    by_name: bool,
    of_keras_1: bool = False,
) -> list[tuple[Layer, Stored]]:
    """The layers of a model that have weights, each with its arrays.

    Raises:
        ValueError: as many layers as in the file are needed, and are not there.
    """
    layers = [layer for layer in model.layers if layer.weight_paths()]
    if by_name:
        named = {s.name: s for s in stored}
        pairs = [(layer, named[layer.name]) for layer in layers if layer.name in named]
        if not pairs:
            warn_user(
                f"{source}: nothing was loaded, as no layer of model '{model.name}' "
                f"({', '.join(layer.name for layer in layers)}) has the name of one in the file "
                f"({', '.join(named)})."
            )
        return pairs
    filled = [s for s in stored if s.arrays]
    if of_keras_1 and len(filled) > len(layers):
        parts = [layer for layer in flattened(model) if layer.weight_paths()]
        layers = parts if len(parts) == len(filled) else layers
    if len(filled) != len(layers):
        raise ValueError(
            f"{source}: cannot load the weights of {len(filled)} layers into model "
            f"'{model.name}', which has {len(layers)} layers with weights. The file has "
            f"{', '.join(s.name for s in filled)}; the model has "
            f"{', '.join(layer.name for layer in layers)}. With by_name=True only the layers of "
            "the same names are loaded."
        )
    return list(zip(layers, filled, strict=True))


def fit(
    layer: Layer,
    stored: Stored,
    origin: Origin,
    images: Mapping[int, Sizes],
    reshape: bool = False,
) -> list[tuple[Entry, np.ndarray]]:
    """Which array is which weight of a layer, in our layout.

    The order is the first in which names and shapes agree, or else shapes alone.

    Raises:
        Mismatch: the shapes agree in none.
    """
    arrays = whole_gates(layer, stored.arrays, origin.channels_first)
    names = [name.split(":")[0].rsplit("/", 1)[-1].split("~")[0] for name in stored.names]
    fitting = []
    for order in orders(layer):
        if len(order) != len(arrays):
            break
        candidate = [
            ((owner, path), from_file(owner, path, array, origin, images.get(id(owner))))
            for (owner, path), array in zip(order, arrays, strict=True)
        ]
        if reshape:
            candidate = [(entry, reshaped(array, *entry)) for entry, array in candidate]
        if all(array.shape == owner.weight_shape(path) for (owner, path), array in candidate):
            if [path[-1] for _, path in order] == names:
                return candidate
            fitting.append(candidate)
    if fitting:
        return fitting[0]
    shapes = [owner.weight_shape(path) for owner, path in stored_order(layer)]
    given = [array.shape for array in stored.arrays]
    if len(shapes) != len(given):
        raise Mismatch(
            f"expects {len(shapes)} weights of shapes {shapes}, but the saved ones are "
            f"{len(given)} of shapes {given}."
        )
    pairs = zip(shapes, given, strict=True)
    expected, saved = next(((a, b) for a, b in pairs if a != b), (shapes[0], given[0]))
    raise Mismatch(
        f"expects weights of shapes {shapes}, but the saved ones are {given}: one has shape "
        f"{expected}, but the saved array has shape {saved}."
    )


def reshaped(array: np.ndarray, owner: Layer, path: Path) -> np.ndarray:
    """An array in the shape of a weight, where it has as many numbers."""
    shape = owner.weight_shape(path)
    return array.reshape(shape) if array.size == np.prod(shape, dtype=int) else array
