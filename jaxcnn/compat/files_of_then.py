"""HDF5 files as h5py read and opened them at the time of Keras 1 and 2."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import h5py


def as_bytes(function: Callable[..., Any]) -> Callable[..., Any]:
    """What reads an attribute: texts that were written as bytes are bytes, to be decoded."""

    @functools.wraps(function)
    def attribute(self: h5py.AttributeManager, name: str) -> Any:
        value = function(self, name)
        if isinstance(value, str):
            text = h5py.check_string_dtype(self.get_id(name).dtype)
            return value.encode() if text is not None and text.encoding == "ascii" else value
        return value

    return attribute


def opening(function: Callable[..., None]) -> Callable[..., None]:
    """What opens a file: without a mode it is read and written, and made where there is none."""

    @functools.wraps(function)
    def open_file(self: h5py.File, name: Any, *args: Any, **kwargs: Any) -> None:
        if not args and "mode" not in kwargs:
            is_path = isinstance(name, str | bytes | os.PathLike)
            read_only = is_path and os.path.exists(name) and not os.access(name, os.W_OK)
            kwargs["mode"] = "r" if read_only else "a"
        function(self, name, *args, **kwargs)

    return open_file


def restore() -> None:
    """Give h5py these ways again, for the whole process."""
    if hasattr(h5py.Dataset, "value"):
        return
    h5py.Dataset.value = property(lambda self: self[()])
    h5py.File.fid = property(lambda self: self.id)
    h5py.AttributeManager.__getitem__ = as_bytes(h5py.AttributeManager.__getitem__)
    h5py.File.__init__ = opening(h5py.File.__init__)
