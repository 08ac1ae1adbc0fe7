"""Arrays that stay on disk, or sparse in memory, read batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard

import numpy as np

from jaxcnn.runtime.types import ArrayLike, DTypeLike
from jaxcnn.utils.io_utils import HDF5Matrix


class StoredArray(Protocol):
    """An array on disk, of which slices are read."""

    shape: tuple[int, ...]

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> np.ndarray: ...


class Rows:
    """The samples `start` to `stop` of a stored array (of h5py, zarr, ...), read when they are
    needed.

    Like a NumPy array it has `shape`, `dtype`, `ndim`, a length, slices (again `Rows`) and `take`,
    the one method that reads: in the order of the file, consecutive samples at once.
    """

    def __init__(self, stored: StoredArray, start: int = 0, stop: int | None = None) -> None:
        self.stored, self.start = stored, start
        self.stop = len(stored) if stop is None else stop
        self.shape = (self.stop - start, *stored.shape[1:])
        self.ndim = len(self.shape)
        self.dtype = np.dtype(getattr(stored, "dtype", None) or np.asarray(stored[0:1]).dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, part: slice) -> Rows:
        first, last, step = part.indices(len(self))
        if step != 1:
            raise IndexError("Stored arrays are cut into consecutive samples only.")
        return Rows(self.stored, self.start + first, self.start + max(first, last))

    def take(self, index: np.ndarray, axis: int = 0, mode: str = "clip") -> np.ndarray:
        """The samples at `index`, an array of any shape."""
        ordered, inverse = np.unique(index, return_inverse=True)
        runs = np.split(ordered + self.start, np.flatnonzero(np.diff(ordered) != 1) + 1)
        samples = np.concatenate(
            [np.asarray(self.stored[int(run[0]) : int(run[-1]) + 1]) for run in runs]
        )
        return samples[inverse.reshape(np.shape(index))]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.stored[self.start : self.stop], dtype)


class SparseRows:
    """A sparse matrix of SciPy, of whose rows those of a batch are made dense."""

    def __init__(self, matrix: Any) -> None:
        self.rows = matrix.tocsr()
        self.shape: tuple[int, ...] = self.rows.shape
        self.dtype = self.rows.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, part: slice, /) -> np.ndarray:
        dense: np.ndarray = self.rows[part].toarray()
        return dense


def is_column(value: object) -> TypeGuard[Sequence[ArrayLike]]:
    """Whether `value` is a column of a data set of Hugging Face, which is read as an array."""
    return of_datasets(value) and hasattr(value, "column_name")


def of_datasets(value: object) -> bool:
    """Whether `value` is of Hugging Face's package datasets."""
    return type(value).__module__.split(".")[0] == "datasets"


def is_stored(value: object) -> TypeGuard[StoredArray]:
    """Whether `value` is an array on disk: a data set of h5py or zarr, or an `HDF5Matrix`."""
    return isinstance(value, HDF5Matrix) or type(value).__module__.split(".")[0] in ("h5py", "zarr")
