"""`h5dict` of Keras 2.2, a group of an HDF5 file or a dict in memory, and the question that Keras
asks before it replaces a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np

from jaxcnn.saving.containers.hdf5 import read_names, write_names

Values = dict[str, Any]


class H5Dict:
    """Values by name: texts, lists of bytes, arrays, and groups, which come to be when asked for.

    Args:
        path: of an HDF5 file, or an open group of one, or a dict.
        mode: as h5py takes it; 'r' makes nothing new.

    Raises:
        TypeError: something else as the path.
    """

    def __init__(self, path: str | h5py.Group | Values, mode: str = "a") -> None:
        if not isinstance(path, str | h5py.Group | dict):
            raise TypeError(f"h5dict takes a path, a group of h5py or a dict; given {path!r}.")
        self.file = h5py.File(path, mode) if isinstance(path, str) else None
        self.data: h5py.Group | Values = path if self.file is None else self.file
        self.read_only = mode == "r"
        if mode == "w" and isinstance(path, dict):
            path.clear()

    def __setitem__(self, name: str | bytes, value: Any) -> None:
        """Keep a value.

        Raises:
            ValueError: nothing may be written.
            KeyError: a group or an array of the file has that name.
        """
        key = os.fsdecode(name)
        if self.read_only:
            raise ValueError(f"h5dict: {key!r} cannot be set where the mode is 'r'.")
        if isinstance(self.data, dict):
            self.data[key] = value
            return
        if key in self.data:
            raise KeyError(f"h5dict: there is a group or an array {key!r} already.")
        if isinstance(value, np.ndarray | np.generic):
            self.data.create_dataset(key, data=value)
        elif isinstance(value, list):
            write_names(self.data, key, [os.fsdecode(item) for item in value])
        else:
            self.data.attrs[key] = value

    def __getitem__(self, name: str | bytes) -> Any:
        """A value, or a group.

        Raises:
            ValueError: there is none, and nothing may be written.
        """
        key = os.fsdecode(name)
        if key not in self:
            if self.read_only:
                raise ValueError(f"h5dict: there is no {key!r}, and the mode is 'r'.")
            if not isinstance(self.data, dict):
                return H5Dict(self.data.create_group(key))
            self.data[key] = {}
        if isinstance(self.data, dict):
            value = self.data[key]
            return H5Dict(value) if isinstance(value, dict) else value
        if key in self.data:
            value = self.data[key]
            return np.asarray(value) if isinstance(value, h5py.Dataset) else H5Dict(value)
        value = self.data.attrs.get(key)
        if value is not None and not isinstance(value, np.ndarray):
            return value
        return [name.encode() for name in read_names(self.data, key)]

    def __contains__(self, name: str | bytes) -> bool:
        key = os.fsdecode(name)
        if isinstance(self.data, dict):
            return key in self.data
        return key in self.data or {key, f"{key}0"} & set(self.data.attrs) != set()

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def get(self, key: str | bytes, default: Any = None) -> Any:
        """A value, or the default where there is none."""
        if key not in self:
            return default
        return self[key]

    def close(self) -> None:
        """Write what is open, and close the file that this object has opened."""
        if isinstance(self.data, h5py.Group):
            self.data.file.flush()
        if self.file is not None:
            self.file.close()


def ask_to_proceed_with_overwrite(filepath: str) -> bool:
    """Ask at the keyboard whether a file may be replaced."""
    answer = ""
    while answer not in ("y", "n"):
        answer = input(f"[WARNING] {filepath} already exists - overwrite? [y/n]").strip().lower()
    return answer == "y"
