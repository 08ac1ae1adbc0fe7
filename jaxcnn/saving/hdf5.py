"""Models and weights in the HDF5 files of Keras 2."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.saving.structure import KERAS_VERSION, model_from_config, plain, to_json
from jaxcnn.utils.files import atomic_path

if TYPE_CHECKING:
    import h5py


def save_model(model: Any, path: str | Path, overwrite: bool = True, include_optimizer: bool = True) -> None:
    """Write structure, weights, and for a compiled model the training configuration and the optimizer's state.

    The file appears whole or not at all.

    Raises:
        FileExistsError: when the file exists and `overwrite` is False.
    """
    with new_file(path, overwrite) as file:
        file.attrs["keras_version"] = KERAS_VERSION
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = to_json(model)
        write_weights(model, file.create_group("model_weights"))
        if include_optimizer and model.optimizer is not None:
            file.attrs["training_config"] = json.dumps(model.training_config(), default=plain)
            if model.opt_state is not None:
                write_optimizer(model, file.create_group("optimizer_weights"))


def save_weights(model: Any, path: str | Path, overwrite: bool = True) -> None:
    """Write the weights alone."""
    with new_file(path, overwrite) as file:
        write_weights(model, file)


@contextmanager
def new_file(path: str | Path, overwrite: bool) -> Iterator[h5py.File]:
    """An HDF5 file that takes its place at `path` when it is complete."""
    import h5py

    if not overwrite and Path(path).exists():
        raise FileExistsError(f"{path} exists; pass overwrite=True to replace it.")
    with atomic_path(path) as partial, h5py.File(partial, "w") as file:
        yield file


def write_weights(model: Any, group: h5py.Group) -> None:
    """One group a layer, its weights inside under their names."""
    group.attrs["layer_names"] = np.array([layer.name.encode() for layer in model.layers])
    group.attrs["backend"] = "tensorflow"
    group.attrs["keras_version"] = KERAS_VERSION
    for layer in model.layers:
        entries = layer.weight_paths()
        names = [weight_name(owner, path) for owner, path in entries]
        of_layer = group.create_group(layer.name)
        of_layer.attrs["weight_names"] = np.array([name.encode() for name in names])
        for name, value in zip(names, layer.weights, strict=True):
            of_layer.create_dataset(name, data=np.asarray(value))


def weight_name(owner: Layer, path: tuple[str, ...]) -> str:
    """The name of a weight in a file, as in 'dense_1/kernel:0'."""
    return "/".join((owner.name, *path[1:])) + ":0"


def write_optimizer(model: Any, group: h5py.Group) -> None:
    """The optimizer's arrays in the order of `optimizer_arrays`."""
    arrays = model.optimizer_arrays()
    kind = type(model.optimizer).__name__
    names = [f"training/{kind}/{name}:0" for name, _ in arrays]
    group.attrs["weight_names"] = np.array([name.encode() for name in names])
    for name, (_, value) in zip(names, arrays, strict=True):
        group.create_dataset(name, data=np.asarray(value))


def load_model(path: str | Path, custom_objects: Mapping[str, Any] | None = None, compile: bool = True) -> Any:
    """The model in a file, with its weights; compiled, with the optimizer's state, when it was saved so.

    Args:
        path: any name; the content decides.
        custom_objects: name -> class or function, for what the library does not know.
        compile: whether to use the training configuration in the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a model file, or it is damaged.
    """
    with opened(path) as file:
        if "model_config" not in file.attrs:
            raise ValueError(f"{path} holds weights but no model: build the model and use load_weights.")
        model = model_from_config(json.loads(text(file.attrs["model_config"])), custom_objects)
        read_weights(model, file["model_weights"], path)
        if compile and "training_config" in file.attrs:
            model.compile_from(json.loads(text(file.attrs["training_config"])), custom_objects)
            if "optimizer_weights" in file:
                stored = file["optimizer_weights"]
                model.set_optimizer_arrays([stored[text(name)][()] for name in stored.attrs["weight_names"]])
        return model


def load_weights(model: Any, path: str | Path, by_name: bool = False) -> None:
    """Put the weights in a file into a model: in the order of the layers, or into those of the same name."""
    with opened(path) as file:
        read_weights(model, file.get("model_weights", file), path, by_name)


@contextmanager
def opened(path: str | Path) -> Iterator[h5py.File]:
    """A readable HDF5 file, whatever it is called."""
    import h5py

    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path} is not an HDF5 file, or it is damaged: {error}") from None
    with file:
        try:
            yield file
        except (KeyError, OSError) as error:
            raise ValueError(f"{path} is damaged or not a Keras file: {error}") from error


def read_weights(model: Any, group: h5py.Group, path: Any, by_name: bool = False) -> None:
    """Check all arrays in a group against the model, then put them in: all or none."""
    stored = {
        text(name): [group[text(name)][text(w)][()] for w in group[text(name)].attrs["weight_names"]]
        for name in group.attrs["layer_names"]
    }
    layers = [layer for layer in model.layers if layer.weight_paths()]
    if by_name:
        pairs = [(layer, stored[layer.name]) for layer in layers if layer.name in stored]
    else:
        filled = {name: arrays for name, arrays in stored.items() if arrays}
        if len(filled) != len(layers):
            raise ValueError(
                f"{path} holds weights for {len(filled)} layers ({', '.join(filled)}); model '{model.name}' has "
                f"{len(layers)} ({', '.join(layer.name for layer in layers)})."
            )
        pairs = list(zip(layers, filled.values(), strict=True))
    for layer, arrays in pairs:
        wanted = [owner.weight_shape(p) for owner, p in layer.weight_paths()]
        if [a.shape for a in arrays] != wanted:
            raise ValueError(
                f"{path}: layer '{layer.name}' needs weights of shapes {wanted}; the file has "
                f"{[a.shape for a in arrays]}."
            )
    for layer, arrays in pairs:
        Layer.set_weights(layer, arrays)  # in the order of `weight_paths`, for nested models too


def text(value: Any) -> str:
    """An HDF5 string, which may come as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)
