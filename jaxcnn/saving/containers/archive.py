"""The files of Keras 3: '.keras' archives and '.weights.h5', where arrays stand under the path of
their layer.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.weights import put
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.assignment import Entry, refuse
from jaxcnn.saving.containers.hdf5 import check_free, hdf5_bytes, text
from jaxcnn.saving.dialects.configurations import era_of, from_keras
from jaxcnn.saving.dialects.keras3 import class_name, to_keras3
from jaxcnn.saving.optimizer_files import restore_optimizer, to_keras3_arrays
from jaxcnn.saving.structure import WRITER, plain
from jaxcnn.saving.training import compile_as_stored, to_keras3_training
from jaxcnn.utils.files import atomic_write

if TYPE_CHECKING:
    import h5py

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
KERAS_3 = "3.0.0"  # whose format we write
INSIDE = ("layers", "_layer_checkpoint_dependencies")  # the second in files of Keras 2.12 and 2.13
WITH_A_CELL = ("SimpleRNN", "GRU", "LSTM", "ConvLSTM2D")


def save_archive(
    model: Any, path: str | Path, overwrite: bool = True, include_optimizer: bool = True
) -> None:
    """Write a model as a '.keras' file: structure, weights, training configuration and the
    optimizer's state.
    """
    check_free(path, overwrite)
    described = to_keras3(model)
    with_optimizer = include_optimizer and model.optimizer is not None
    if with_optimizer:
        described["compile_config"] = to_keras3_training(model.training_config())
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_3, "date_saved": now, "written_by": WRITER}
    image = hdf5_bytes(lambda file: write_tree(model, file, with_optimizer))
    with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(described, default=plain))
        archive.writestr(WEIGHTS, image)


def save_tree(model: Any, path: str | Path, overwrite: bool = True) -> None:
    """Write the weights as a '.weights.h5' file of Keras 3."""
    check_free(path, overwrite)
    with atomic_write(path) as file:
        file.write(hdf5_bytes(lambda opened: write_tree(model, opened, False)))


def write_tree(model: Any, file: h5py.File, with_optimizer: bool) -> None:
    """The weights under the paths of their layers, and the optimizer's arrays."""
    for place, name, entries in places(model):
        group = file.require_group(f"{place}/vars" if place else "vars")
        group.attrs["name"] = name
        for i, (owner, path) in enumerate(entries):
            group.create_dataset(str(i), data=np.asarray(owner.variable(path)))
    if with_optimizer and model.opt_state is not None:
        group = file.require_group("optimizer/vars")
        group.attrs["name"] = snake_case(type(model.optimizer).__name__)
        arrays = [np.asarray(array) for _, array in model.optimizer_arrays()]
        for i, array in enumerate(
            to_keras3_arrays(model.optimizer, arrays, len(model.trained_paths()))
        ):
            group.create_dataset(str(i), data=array)


def places(layer: Any, prefix: str = "") -> Iterator[tuple[str, str, list[Entry]]]:
    """(path in the file, name, weights) of a layer and all inside it."""
    own = [(owner, path) for owner, path in layer.weight_paths() if owner is layer]
    if type(layer).__name__ in WITH_A_CELL:
        yield prefix, layer.name, []
        yield f"{prefix}/cell", f"{layer.name}_cell", own
        return
    yield prefix, layer.name, own
    if hasattr(layer, "nodes_by_depth"):
        for place, inner in numbered(layer.layers):
            yield from places(inner, f"{prefix}/layers/{place}" if prefix else f"layers/{place}")
    elif type(layer).__name__ == "StackedRNNCells":
        for place, inner in numbered(layer.children.values()):
            yield from places(inner, f"{prefix}/cells/{place}")
    else:
        for name, child in layer.children.items():
            yield from places(child, f"{prefix}/{name}")


def numbered(layers: Any) -> Iterator[tuple[str, Any]]:
    """Layers by their classes: dense, dense_1, ..."""
    seen: Counter[str] = Counter()
    for layer in layers:
        name = snake_case(class_name(layer))
        yield (f"{name}_{seen[name]}" if seen[name] else name), layer
        seen[name] += 1


def snake_case(name: str) -> str:
    """'MaxPooling2D' to 'max_pooling2d', as Keras 3 does: 'ConvLSTM2D' to 'conv_lstm2d', unlike in
    layer names.
    """
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def load_archive(
    path: str | Path, custom_objects: Mapping[str, Any] | None, compile: bool, safe_mode: bool
) -> Any:
    """The model in a '.keras' file."""
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read(CONFIG))
        metadata = json.loads(archive.read(METADATA))
        with custom_object_scope(custom_objects):
            model = LAYERS.deserialize(
                from_keras(described, era_of(metadata["keras_version"]), safe_mode)
            )
        with weights_of(archive) as file:
            load_tree(model, file, path)
            if compile and described.get("compile_config"):
                compile_as_stored(model, described["compile_config"], path, custom_objects)
                if "optimizer/vars" in file:
                    arrays = [
                        file["optimizer/vars"][str(i)][()]
                        for i in range(len(file["optimizer/vars"]))
                    ]
                    restore_optimizer(model, ["iteration"], arrays, path)
    return model


def weights_of(archive: zipfile.ZipFile) -> h5py.File:
    """The weights inside a '.keras' archive, opened."""
    import h5py

    return h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r")


def is_tree(file: h5py.File) -> bool:
    """Whether an HDF5 file has the layout of '.weights.h5'."""
    return any(name in file for name in INSIDE) and not any(
        key.startswith("layer_names") for key in file.attrs
    )


def load_tree(
    model: Any, file: h5py.File, source: Any, by_name: bool = False, skip_mismatch: bool = False
) -> None:
    """Put the arrays of an open '.weights.h5' into a model: all of them or none.

    Raises:
        ValueError: weights that are missing or of other shapes.
    """
    found: list[tuple[Entry, np.ndarray]] = []
    for place, name, entries in matched(model, file, by_name):
        group = file.get(f"{place}/vars" if place else "vars", {})
        if sorted(group) != sorted(map(str, range(len(entries)))) or any(
            group[str(i)].shape != owner.weight_shape(path)
            for i, (owner, path) in enumerate(entries)
        ):
            wanted = [owner.weight_shape(path) for owner, path in entries]
            stored = [array.shape for array in group.values()]
            message = (
                f"{source}: layer '{name}' needs weights of shapes {wanted}; the file has {stored}."
            )
            refuse(message, skip_mismatch)
            continue
        found += [(entry, group[str(i)][()]) for i, entry in enumerate(entries)]
    put(found)


def matched(model: Any, file: h5py.File, by_name: bool) -> Iterator[tuple[str, str, list[Entry]]]:
    """`places` of a model with the paths that this file has for them."""
    prefix = next((name for name in INSIDE if name in file), INSIDE[0])
    names = {
        text(group["vars"].attrs["name"]): key
        for key, group in file[prefix].items()
        if has_name(group)
    }
    if not by_name and not all(
        layer.name in names for layer in model.layers if layer.weight_paths()
    ):
        names = {}
    for key, layer in numbered(model.layers):
        place = names.get(layer.name, None if by_name else key)
        if place is not None and layer.weight_paths():
            for path, name, entries in places(layer, f"{prefix}/{place}"):
                if entries:
                    yield path.replace("/layers/", f"/{prefix}/"), name, entries


def has_name(group: Any) -> bool:
    """Whether a layer's group tells the layer's name, as later versions do."""
    return "vars" in group and "name" in group["vars"].attrs
