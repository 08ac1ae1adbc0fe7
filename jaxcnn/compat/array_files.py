"""The functions of `keras.datasets.cifar` and `keras.utils.io_utils` that read and write arrays."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np

from jaxcnn.datasets.formats import cifar_batch
from jaxcnn.utils.files import atomic_write


def load_batch(
    fpath: str | os.PathLike[str], label_key: str = "labels"
) -> tuple[np.ndarray, list[int]]:
    """The images (n, 3, 32, 32) and the labels of a batch of CIFAR's Python version.

    Raises:
        DamagedFileError: it is no such batch.
    """
    path = Path(fpath)
    images, labels = cifar_batch(path.parent, path.name, path.read_bytes(), label_key)
    return images.transpose(0, 3, 1, 2), labels.tolist()


def save_array(array: np.ndarray, name: str) -> None:
    """Write an array as the node `data` of an HDF5 file."""
    with atomic_write(name) as file, h5py.File(file, "w") as content:
        content.create_dataset("data", data=np.asarray(array))


def load_array(name: str) -> np.ndarray:
    """The array that `save_array` has written, here or, by PyTables, in Keras 1."""
    with h5py.File(name, "r") as content:
        return np.asarray(content["data"])
