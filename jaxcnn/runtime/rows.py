"""Rows of arrays that are read when, and as far as, they are needed."""

from __future__ import annotations

import mmap
from collections.abc import Callable

import numpy as np

from jaxcnn.runtime.types import DTypeLike

# Modes of files whose changes are written back, not kept in memory.
BACKED_BY_FILE = ("r", "r+", "w+")


class ChosenRows:
    """The rows of an array at `index`, read when a part of them is asked for.

    In a job of several processes each reads those that its own devices compute, no others.

    Args:
        take: ``take(index) -> rows`` in the dtype that is computed with.
        index: numbers of rows, of any shape.
        row_shape: of one row.
        dtype: of the rows.
    """

    def __init__(
        self,
        take: Callable[[np.ndarray], np.ndarray],
        index: np.ndarray,
        row_shape: tuple[int, ...],
        dtype: DTypeLike,
    ) -> None:
        self._take, self._index = take, index
        self.shape: tuple[int, ...] = (*index.shape, *row_shape)
        self.ndim, self.dtype = len(self.shape), np.dtype(dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, part: tuple[slice, ...]) -> np.ndarray:
        leading = self._index.ndim
        rows = self._take(self._index[part[:leading]])
        return rows[(slice(None),) * leading + part[leading:]]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[(slice(None),) * self.ndim], dtype)


def mapped_file(array: object) -> mmap.mmap | None:
    """The file that an array is a part of, if it has all that was changed; None otherwise."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap) and array.mode not in BACKED_BY_FILE:
            return None
        array = array.base
    return array if isinstance(array, mmap.mmap) else None


def let_go(file: mmap.mmap) -> None:
    """Give back the memory in which a file was read, which counts as the process's own."""
    if hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)
