"""Arrays in NumPy's files, read without making room for what they only declare."""

from __future__ import annotations

import io
import math
from typing import BinaryIO

import numpy as np


def read_npy_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    """(shape, whether columns come first, dtype) of an array; the file is left at its elements."""
    version = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = read(file)
    return shape, fortran, dtype


def read_npy(content: bytes) -> np.ndarray:
    """The array in the content of a file.

    Raises:
        ValueError: it is damaged, has fewer elements than it says, or holds objects.
    """
    file = io.BytesIO(content)
    shape, fortran, dtype = read_npy_header(file)
    if dtype.hasobject:
        raise ValueError("it holds objects, which are not unpickled")
    start, count = file.tell(), math.prod(shape)
    if min((0, *shape)) < 0 or count * dtype.itemsize > len(content) - start:
        raise ValueError(f"it ends before the {count:,} elements of its shape {shape}")
    if not count * dtype.itemsize:
        return np.zeros(shape, dtype)
    flat = np.frombuffer(content, dtype, count, start).copy()
    return flat.reshape(shape, order="F" if fortran else "C")
