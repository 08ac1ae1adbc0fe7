"""The files of Keras 3, '.keras' and '.weights.h5', where arrays stand under their layer's path."""

from __future__ import annotations

import datetime
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.recurrent import StackedCells
from jaxcnn.layers.weights import put
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.assignment import EVERY_LAYER, Matching, direct_weights
from jaxcnn.saving.compile_settings import compile_as_stored, to_keras3_training
from jaxcnn.saving.containers.hdf5 import check_free, hdf5_bytes, text, write_file
from jaxcnn.saving.dialects.configurations import era_of, from_keras
from jaxcnn.saving.dialects.keras3 import class_name, to_keras3
from jaxcnn.saving.optimizer_files import restore_optimizer, to_keras3_arrays
from jaxcnn.saving.structure import plain
from jaxcnn.saving.texts import WRITER
from jaxcnn.saving.types import CustomObjects, Entry, Filename, Network, Trainable, is_network
from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.untrusted import open_hdf5, read_member

if TYPE_CHECKING:
    import h5py

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
KERAS_3 = "3.0.0"  # whose format we write
INSIDE = ("layers", "_layer_checkpoint_dependencies")  # the second in files of Keras 2.12 and 2.13


class Slot(NamedTuple):
    """Where the weights of one layer stand: path of its group, name of the layer, the weights."""

    group: str
    name: str
    entries: list[Entry]

    @property
    def arrays(self) -> str:
        """The path of the group with the arrays."""
        return f"{self.group}/vars" if self.group else "vars"


def save_archive(
    model: Trainable, path: Filename, overwrite: bool, include_optimizer: bool
) -> None:
    """Write a model as a '.keras' file, with the optimizer's state where it is compiled."""
    check_free(path, overwrite)
    described = to_keras3(model)
    with_optimizer = include_optimizer and model.optimizer is not None
    if with_optimizer:
        described["compile_config"] = to_keras3_training(model.training_config())
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_3, "date_saved": now, "written_by": WRITER}

    def write(file: h5py.File) -> None:
        write_tree(model, file)
        if with_optimizer and model.opt_state is not None:
            write_optimizer(model, file.require_group("optimizer/vars"))

    weights = hdf5_bytes(write)
    with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(described, default=plain))
        archive.writestr(WEIGHTS, weights)


def save_tree(model: Network, path: Filename, overwrite: bool) -> None:
    """Write the weights as a '.weights.h5' file of Keras 3."""
    write_file(path, overwrite, lambda file: write_tree(model, file))


def write_tree(model: Network, file: h5py.File) -> None:
    """The weights under the paths of their layers."""
    for slot in slots(model):
        arrays = [np.asarray(owner.variable(path)) for owner, path in slot.entries]
        write_arrays(file.require_group(slot.arrays), slot.name, arrays)


def write_optimizer(model: Trainable, group: h5py.Group) -> None:
    """The optimizer's arrays in the order of Keras 3."""
    arrays = [np.asarray(array) for _, array in model.optimizer_arrays()]
    arrays = to_keras3_arrays(model.optimizer, arrays, len(model.trained_paths()))
    write_arrays(group, snake_case(type(model.optimizer).__name__), arrays)


def write_arrays(group: h5py.Group, name: str, arrays: Iterable[np.ndarray]) -> None:
    """Arrays by their numbers, in a group that says whose they are."""
    group.attrs["name"] = name
    for number, array in enumerate(arrays):
        group.create_dataset(str(number), data=array)


def slots(layer: Layer | Network, prefix: str = "") -> Iterator[Slot]:
    """Where the weights of a layer and of all layers inside it stand in the file."""
    direct = direct_weights(layer)
    if layer.traits.has_cell:
        yield Slot(prefix, layer.name, [])
        yield Slot(f"{prefix}/cell", f"{layer.name}_cell", direct)
        return
    yield Slot(prefix, layer.name, direct)
    for name, child in named_children(layer):
        yield from slots(child, f"{prefix}/{name}" if prefix else name)


def named_children(layer: Layer | Network) -> Iterator[tuple[str, Layer]]:
    """The layers directly inside another, by the path from there in the file."""
    if is_network(layer):
        yield from ((f"layers/{name}", inner) for name, inner in numbered(layer.layers))
    elif isinstance(layer, StackedCells):
        cells = numbered(layer.children.values())
        yield from ((f"cells/{name}", inner) for name, inner in cells)
    else:
        yield from layer.children.items()


def numbered(layers: Iterable[Layer]) -> Iterator[tuple[str, Layer]]:
    """Layers by their classes: dense, dense_1, ..."""
    seen: Counter[str] = Counter()
    for layer in layers:
        name = snake_case(class_name(layer))
        yield (f"{name}_{seen[name]}" if seen[name] else name), layer
        seen[name] += 1


def snake_case(name: str) -> str:
    """'MaxPooling2D' to 'max_pooling2d', as Keras 3 does.

    'ConvLSTM2D' becomes 'conv_lstm2d', unlike in layer names.
    """
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def load_archive(
    path: Filename, custom_objects: CustomObjects, compile: bool, safe_mode: bool
) -> Any:
    """The model in a '.keras' file."""
    with zipfile.ZipFile(path) as archive:
        described = json.loads(read_member(archive, CONFIG, path))
        metadata = json.loads(read_member(archive, METADATA, path))
        era, ours = era_of(metadata["keras_version"]), metadata.get("written_by") == WRITER
        with custom_object_scope(custom_objects):
            model = LAYERS.deserialize(from_keras(described, era, safe_mode))
        with weights_of(archive, path) as file:
            load_tree(model, file, path)
            settings = described.get("compile_config") if compile else None
            compiled = settings and compile_as_stored(
                model, settings, path, custom_objects, "" if ours else metadata["keras_version"]
            )
            if compiled and "optimizer/vars" in file:
                group = file["optimizer/vars"]
                while "inner_optimizer" in group.parent:
                    group = group.parent["inner_optimizer/vars"]
                arrays = [group[str(i)][()] for i in range(len(group))]
                restore_optimizer(model, ["iteration"], arrays, path)
    return model


def weights_of(archive: zipfile.ZipFile, path: Filename) -> AbstractContextManager[h5py.File]:
    """The weights inside a '.keras' archive, opened."""
    return open_hdf5(path, read_member(archive, WEIGHTS, path))


def is_tree(file: h5py.File) -> bool:
    """Whether an HDF5 file has the layout of '.weights.h5'."""
    return any(name in file for name in INSIDE) and not any(
        key.startswith("layer_names") for key in file.attrs
    )


def load_tree(
    model: Network,
    file: h5py.File,
    source: Filename,
    matching: Matching = EVERY_LAYER,
) -> None:
    """Put the arrays of an open '.weights.h5' into a model: all of them or none.

    Raises:
        ValueError: weights that are missing or of other shapes.
    """
    values: list[tuple[Entry, np.ndarray]] = []
    for slot in matched(model, file, matching.by_name):
        group = file.get(slot.arrays, {})
        shapes = [owner.weight_shape(path) for owner, path in slot.entries]
        stored = {name: array.shape for name, array in group.items()}
        if stored != {str(number): shape for number, shape in enumerate(shapes)}:
            matching.refuse(
                f"{source}: layer '{slot.name}' needs weights of shapes {shapes}; the file has "
                f"{list(stored.values())}."
            )
            continue
        values += [(entry, group[str(number)][()]) for number, entry in enumerate(slot.entries)]
    put(values)


def matched(model: Network, file: h5py.File, by_name: bool) -> Iterator[Slot]:
    """`slots` of a model that hold weights, with the paths that this file has for them."""
    top = next((name for name in INSIDE if name in file), INSIDE[0])
    names = {
        text(group["vars"].attrs["name"]): key
        for key, group in file[top].items()
        if has_name(group)
    }
    weighted = [layer for layer in model.layers if layer.weight_paths()]
    if not by_name and not all(layer.name in names for layer in weighted):
        names = {}
    for key, layer in numbered(model.layers):
        at = names.get(layer.name, None if by_name else key)
        if at is not None:
            for slot in slots(layer, f"{top}/{at}"):
                if slot.entries and top == INSIDE[0]:
                    yield slot
                elif slot.entries:
                    yield slot._replace(group=path_of_2_13(file, slot.group))


def path_of_2_13(file: h5py.File, path: str) -> str:
    """A layer's path in a file of Keras 2.12 or 2.13, which counts layers with weights twice.

    There the second Dense is dense_2; those of a class stand in order all the same.
    """
    group: h5py.Group = file
    names: list[str] = []
    for part in path.split("/"):
        listed = names and names[-1] in (*INSIDE, "cells")
        stem, _, digits = part.rpartition("_")
        if not digits.isdigit():
            stem, digits = part, "0"
        if listed:
            numbers = [re.fullmatch(rf"{re.escape(stem)}(?:_(\d+))?", key) for key in group]
            alike = sorted((int(m[1] or 0), m[0]) for m in numbers if m)
            part = alike[int(digits)][1] if int(digits) < len(alike) else part
        elif part == INSIDE[0]:
            part = INSIDE[1] if INSIDE[1] in group else part
        names.append(part)
        group = group.get(part, {})
    return "/".join(names)


def has_name(group: h5py.Group) -> bool:
    """Whether a layer's group says the layer's name, as later versions do."""
    return "vars" in group and "name" in group["vars"].attrs
