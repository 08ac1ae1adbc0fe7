"""Arrays in HDF5 files as data for a model."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from jaxcnn.spellings.keywords import Suggesting

# What may stand in ``matrix[...]``: a number, a slice or increasing numbers.
Samples: TypeAlias = int | slice | Sequence[int] | np.ndarray


class HDF5Matrix(Suggesting):
    """A data set of an HDF5 file, or a range of its samples, that models read piece by piece.

    Train on it with ``shuffle="batch"``, which reads consecutive samples at once; ``shuffle=True``
    works too, more slowly.

    Args:
        datapath: the file.
        dataset: name of the data set in it.
        start: the first sample. Default: 0.
        end: one after the last sample; by default all.
        normalizer: applied to every piece that is read. Default: None.

    Raises:
        OSError: the file cannot be read.
        KeyError: the file has no such data set.
        ValueError: an empty range, one outside the data set, or the name of a group.

    Examples:
        >>> import h5py
        >>> with h5py.File("data.h5", "w") as file:
        ...     file["x"] = np.arange(6.0).reshape(3, 2)
        >>> jc.utils.HDF5Matrix("data.h5", "x", start=1).shape
        (2, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/io_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/io_utils.py>
    """

    def __init__(
        self,
        datapath: str | os.PathLike[str],
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        import h5py

        try:
            self.data = h5py.File(datapath, "r")[dataset]
        except FileNotFoundError:
            raise
        except OSError as error:
            raise OSError(f"HDF5Matrix: {os.fspath(datapath)} cannot be read: {error}") from error
        except KeyError as error:
            raise KeyError(f"HDF5Matrix: {os.fspath(datapath)} has no '{dataset}'.") from error
        if not isinstance(self.data, h5py.Dataset):
            raise ValueError(f"HDF5Matrix: '{dataset}' of {os.fspath(datapath)} is no data set.")
        self.start, self.end = start, len(self.data) if end is None else end
        self.normalizer = normalizer
        if not 0 <= self.start < self.end <= len(self.data):
            raise ValueError(
                f"HDF5Matrix: '{dataset}' has {len(self.data)} samples; the range {start} to {end} "
                "is not in it."
            )
        self._first = self[0:1]  # of the shape and dtype that the normalizer gives

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *self._first.shape[1:])

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype:
        return self._first.dtype

    def __getitem__(self, key: Samples) -> np.ndarray:
        """The samples at a number, a slice, or increasing numbers, counted from `start`.

        Raises:
            IndexError: a number beyond `end`, or a slice that begins there.
        """
        if isinstance(key, slice):
            if key.start is not None and key.start >= len(self):
                raise IndexError(f"HDF5Matrix: samples {key} of {len(self)} are asked for.")
            first, last, step = key.indices(len(self))
            samples = self.data[self.start + first : self.start + max(first, last) : step]
        else:
            numbers = np.asarray(key)
            if numbers.size and not 0 <= numbers.min() <= numbers.max() < len(self):
                raise IndexError(f"HDF5Matrix: samples {key} of {len(self)} are asked for.")
            samples = self.data[numbers + self.start]
        return np.asarray(samples if self.normalizer is None else self.normalizer(samples))
