"""Keras's `Iterator`, from which programs derive iterators over images of their own."""

from __future__ import annotations

import abc
import threading
from collections import abc as collections
from typing import TypeAlias

import numpy as np

from jaxcnn.preprocessing import image
from jaxcnn.preprocessing.image.iterator import Batch
from jaxcnn.spellings.dialect import dialect

# The samples of a batch; in Keras 1 and 2.0 with the number of the first and how many there are.
Index: TypeAlias = np.ndarray | tuple[np.ndarray, int, int]


class Iterator(metaclass=abc.ABCMeta):  # noqa: B024  # which takes others in
    """Endless batches of `n` samples, in an order that NumPy's random numbers decide.

    A subclass defines `next` by ``next(self.index_generator)``, or
    `_get_batches_of_transformed_samples` by the numbers of the samples.

    Args:
        n: samples.
        batch_size: samples a batch; the last of an epoch may be smaller.
        shuffle: whether each epoch has its own order.
        seed: of NumPy before each batch, unless None.
    """

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, shuffle, seed
        self.batch_index = self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_array: np.ndarray | None = None
        self.index_generator = (
            self._flow_index(n, batch_size, shuffle, seed) if of_2_0() else self._flow_index()
        )

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _samples(self, index: int) -> np.ndarray:
        """The samples of a batch of this epoch."""
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        samples: np.ndarray = self.index_array[  # type: ignore[index]  # it has just been set
            self.batch_size * index : self.batch_size * (index + 1)
        ]
        return samples

    def _flow_index(
        self,
        n: int | None = None,
        batch_size: int | None = None,
        shuffle: bool | None = None,
        seed: int | None = None,
    ) -> collections.Iterator[Index]:
        """The samples of one batch after the other; arguments replace those of the constructor."""
        if n is not None:
            self.n, self.batch_size = n, batch_size or 32
            self.shuffle, self.seed = bool(shuffle), seed
        self.reset()
        while True:
            step = self.batch_index
            # Keras 1 found no end of an epoch whose batches were all whole.
            endless = dialect().of_keras_1 and self.n % self.batch_size == 0
            if step == 0 and not (endless and self.total_batches_seen):
                self.index_array = None
            self.batch_index = (step + 1) % len(self)
            samples = self._samples(step)
            yield (samples, step * self.batch_size, len(samples)) if of_2_0() else samples

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Batch:
        """The batch of these samples."""
        raise NotImplementedError(f"{type(self).__name__} must define next, or this method.")

    def next(self) -> Batch:
        """The next batch."""
        with self.lock:
            index: Index = next(self.index_generator)
        samples = index[0] if isinstance(index, tuple) else index
        return self._get_batches_of_transformed_samples(samples)

    def __next__(self) -> Batch:
        return self.next()

    def __iter__(self) -> Iterator:
        return self

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        if index >= len(self):
            raise ValueError(f"There are {len(self)} batches; asked for number {index}.")
        return self._get_batches_of_transformed_samples(self._samples(index))

    def on_epoch_end(self) -> None:
        """Order the samples anew."""
        self._set_index_array()

    def reset(self) -> None:
        """Go back to the first batch."""
        self.batch_index = 0


Iterator.register(image.Iterator)


def of_2_0() -> bool:
    """Whether the program is written for a Keras before 2.1."""
    return dialect().version < "2.1"
