"""Arrays from a file to the weights of a model: which belong where, and all of them or none."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jaxcnn.layers.weights import put
from jaxcnn.saving.dialects.old_weights import (
    Origin,
    flattened_rows,
    from_file,
    kernels_are_channels_first,
    whole_gates,
)

Entry = tuple[Any, tuple[str, ...]]  # (the layer that owns a weight, its path there)


@dataclass
class Stored:
    """The arrays of one layer in a file, with the names they have there."""

    name: str
    names: list[str] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)


class Mismatch(ValueError):
    """The arrays of a layer do not fit."""


def stored_order(layer: Any) -> list[Entry]:
    """The weights of a layer or inner model in the order of Keras files: what training moves first."""
    trained = trained_when_read(layer)
    moved = {(id(owner), path) for owner, path in trained}
    return [*trained, *((o, p) for o, p in layer_by_layer(layer) if (id(o), p) not in moved)]


def trained_when_read(layer: Any) -> list[Entry]:
    """What is trainable in the model that Keras 3 makes of a file: it forgets that a Sequential was
    frozen.
    """
    if not layer.trainable and type(layer).__name__ != "Sequential":
        return []
    own = [(o, p) for o, p in layer.weight_paths() if o is layer and p[0] == "params"]
    return own + [entry for child in layer.children.values() for entry in trained_when_read(child)]


def layer_by_layer(layer: Any) -> list[Entry]:
    """All weights of each inner layer together."""
    own = [(owner, path) for owner, path in layer.weight_paths() if owner is layer]
    return own + [entry for child in layer.children.values() for entry in layer_by_layer(child)]


def orders(layer: Any) -> Iterator[list[Entry]]:
    """The orders in which files may have the weights of a layer: it depends on what was trainable
    at the time.
    """
    yield stored_order(layer)
    yield layer.weight_paths()
    yield layer_by_layer(layer)


def assign(
    model: Any,
    stored: Sequence[Stored],
    origin: Origin,
    source: Any,
    by_name: bool = False,
    skip_mismatch: bool = False,
) -> dict[tuple[int, tuple[str, ...]], str]:
    """Put stored arrays into a model, layer by layer in order or into those of the same name.

    Returns:
        (id of a weight's layer, its path there) -> its name in the file.

    Raises:
        ValueError: layers or shapes that do not fit; the model is as it was then.
    """
    layers = [layer for layer in model.layers if layer.weight_paths()]
    if by_name:
        named = {s.name: s for s in stored}
        pairs = [(layer, named[layer.name]) for layer in layers if layer.name in named]
    else:
        filled = [s for s in stored if s.arrays]
        if len(filled) != len(layers):
            raise ValueError(
                f"{source} holds weights for {len(filled)} layers "
                f"({', '.join(s.name for s in filled)}); model "
                f"'{model.name}' has {len(layers)} ({', '.join(layer.name for layer in layers)}). "
                "With by_name=True only the layers of the same names are loaded."
            )
        pairs = list(zip(layers, filled, strict=True))
    if origin.keras == 1:
        origin = origin.deciding(
            kernels_are_channels_first([(layer, s.arrays) for layer, s in pairs], origin)
        )
    turned = flattened_rows(model) if origin.channels_first else {}
    values: dict[tuple[int, tuple[str, ...]], tuple[Entry, np.ndarray]] = {}
    found_names: dict[tuple[int, tuple[str, ...]], str] = {}
    for layer, s in pairs:
        try:
            fitted = fit(layer, s, origin, turned)
        except Mismatch as error:
            refuse(f"{source}: layer '{layer.name}' {error}", skip_mismatch)
            continue
        keys = [(id(owner), path) for (owner, path), _ in fitted]
        values |= dict(zip(keys, fitted, strict=True))
        if len(keys) == len(s.names):
            found_names |= dict(zip(keys, s.names, strict=True))
    put(values.values())
    return found_names


def fit(layer: Any, stored: Stored, origin: Origin, turned: Any) -> list[tuple[Entry, np.ndarray]]:
    """Which array is which weight of a layer, in our layout.

    The order is the first in which names and shapes agree, or else shapes alone.
    """
    arrays = whole_gates(layer, stored.arrays)
    known = {path[-1] for _, path in layer.weight_paths()}
    names = [name.split(":")[0].rsplit("/", 1)[-1].split("~")[0] for name in stored.names]
    named = len(names) == len(arrays) and set(names) <= known
    fitting = []
    for order in orders(layer):
        if len(order) != len(arrays):
            break
        found = [
            (entry, from_file(*entry, array, origin, turned.get(id(entry[0]))))
            for entry, array in zip(order, arrays, strict=True)
        ]
        if all(array.shape == owner.weight_shape(path) for (owner, path), array in found):
            fitting.append(found)
    for found in fitting:
        if named and [path[-1] for (_, path), _ in found] == names:
            return found
    if fitting:
        return fitting[0]
    wanted = [owner.weight_shape(path) for owner, path in stored_order(layer)]
    raise Mismatch(
        f"needs weights of shapes {wanted}; the file has {[a.shape for a in stored.arrays]}."
    )


def refuse(message: str, skip_mismatch: bool) -> None:
    """Say that a layer's arrays do not fit: by an error, or by a warning where such layers are to
    be skipped.
    """
    if not skip_mismatch:
        raise ValueError(f"{message} With skip_mismatch=True such layers are left as they are.")
    warnings.warn(f"{message} It was skipped.", UserWarning, stacklevel=5)
