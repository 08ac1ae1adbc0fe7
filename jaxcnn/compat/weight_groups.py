"""Keras's functions for the groups of HDF5 files that hold the weights of layers."""

from __future__ import annotations

import os
from collections.abc import Sequence

import h5py
import numpy as np

from jaxcnn.compat.weights import preprocess_weights_for_loading
from jaxcnn.layers import Layer
from jaxcnn.saving.containers.hdf5 import read_names, write_names
from jaxcnn.spellings.dialect import dialect


def load_attributes_from_hdf5_group(group: h5py.Group, name: str) -> list[str]:
    """The texts of an attribute, which may be in several parts."""
    return read_names(group, name)


def save_attributes_to_hdf5_group(
    group: h5py.Group, name: str, data: Sequence[str | bytes]
) -> None:
    """Write texts as an attribute, in parts where they are long."""
    write_names(group, name, [os.fsdecode(text) for text in data])


def save_weights_to_hdf5_group(f: h5py.Group, layers: Sequence[Layer]) -> None:
    """Write the weights of layers, a group for each, which `load_weights_from_hdf5_group` reads."""
    f.attrs["backend"], f.attrs["keras_version"] = b"tensorflow", dialect().version.encode()
    write_names(f, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        group, names = f.create_group(layer.name), [weight.name for weight in layer.weights]
        write_names(group, "weight_names", names)
        for name, array in zip(names, layer.get_weights(), strict=True):
            group.create_dataset(name, data=array)


def load_weights_from_hdf5_group(f: h5py.Group, layers: Sequence[Layer]) -> None:
    """Give the layers the weights of a file, in its order.

    Raises:
        ValueError: another number of layers with weights.
    """
    stored = [arrays for _, arrays in groups(f) if arrays]
    weighted = [layer for layer in layers if layer.weights]
    if len(stored) != len(weighted):
        raise ValueError(
            f"The file has weights of {len(stored)} layers; there are {len(weighted)} with weights."
        )
    for layer, arrays in zip(weighted, stored, strict=True):
        give(f, layer, arrays)


def load_weights_from_hdf5_group_by_name(
    f: h5py.Group, layers: Sequence[Layer], skip_mismatch: bool = False
) -> None:
    """Give each layer that a file names the weights that it has there.

    With `skip_mismatch` weights of another number or shape are left out.
    """
    for name, arrays in groups(f):
        for layer in layers:
            shapes = [tuple(array.shape) for array in arrays]
            fits = shapes == [tuple(weight.shape) for weight in layer.weights]
            if layer.name == name and arrays and (fits or not skip_mismatch):
                give(f, layer, arrays)


def groups(f: h5py.Group) -> list[tuple[str, list[np.ndarray]]]:
    """The layers of a file in order, each with its arrays."""
    return [
        (name, [np.asarray(f[name][label]) for label in read_names(f[name], "weight_names")])
        for name in read_names(f, "layer_names")
    ]


def give(f: h5py.Group, layer: Layer, arrays: list[np.ndarray]) -> None:
    """Set the weights of a layer to those of a file, which may be of an older Keras."""
    version = f.attrs.get("keras_version", "1")
    backend = f.attrs.get("backend")
    texts = [os.fsdecode(text) if isinstance(text, bytes) else text for text in (version, backend)]
    layer.set_weights(preprocess_weights_for_loading(layer, arrays, *texts))
