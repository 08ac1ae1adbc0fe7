"""In-memory arrays as batches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import jax
import numpy as np

from jaxcnn.runtime.rows import let_go, mapped_file
from jaxcnn.runtime.types import DTypeLike, PyTree
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.input.check import Arrays, batch_of
from jaxcnn.training.input.feed import Portion, Position, never
from jaxcnn.training.input.order import epoch_order
from jaxcnn.training.input.stored import Rows
from jaxcnn.training.input.workers import Waiting
from jaxcnn.training.steps import Batch

RESIDENT_SHARE = 0.5  # of the device's free memory, which training data may take
# Of mapped files, after which the memory is given back. Reading a byte makes up to 64 KiB around it
# the process's own.
MAPPED_BYTES, AROUND = 2**28, 2**16


class ArrayFeed:
    """Batches of in-memory arrays in a given order.

    Args:
        arrays: the data.
        input_dtypes: the dtypes that the model's inputs have.
        batch_size: samples a batch.
        pad: fill the short last batch up to the full size, marking the padding in ``Batch.rows``.
        steps: batches an epoch; by default as many as there are.
        parted: whether the devices that share each batch are those of several processes, each of
            which reads its own part.
    """

    def __init__(
        self,
        arrays: Arrays,
        input_dtypes: Sequence[DTypeLike],
        batch_size: int,
        pad: bool,
        steps: int | None = None,
        parted: bool = False,
    ) -> None:
        available = -(-len(arrays) // batch_size)
        if steps is not None and steps > available:
            raise ValueError(
                f"The arrays give {available} batches of {batch_size}; {steps} steps an epoch are "
                "asked for."
            )
        self.arrays, self.batch_size = arrays, batch_size
        self.samples = len(arrays) if steps is None else min(len(arrays), steps * batch_size)
        self.steps = -(-self.samples // batch_size)
        self.short = self.samples % batch_size
        self.pad = pad and self.short != 0
        self._dtypes, self._parted = input_dtypes, parted
        given = [a for a in (*arrays.inputs, *arrays.targets) if a is not None]
        files = [(a, file) for a in given if (file := mapped_file(a)) is not None]
        self._files = [file for _, file in files]
        self._row_bytes = sum(max(AROUND, math.prod(a.shape[1:]) * 8) for a, _ in files)
        self._read = 0  # bytes of files since memory was last given back
        # Off the CPU the data is sent to the device once, where it has room, and gathered there; on
        # the CPU NumPy's gather is the faster.
        self._resident: Batch | None = None
        stored = any(isinstance(a, Rows) for a in (*arrays.inputs, *arrays.targets))
        roomy = self.steps * self.bytes_per_batch < RESIDENT_SHARE * free_memory()
        if jax.default_backend() != "cpu" and roomy and not stored:
            self._resident = jax.device_put(batch_of(arrays, input_dtypes))

    @property
    def bytes_per_batch(self) -> int:
        """Memory that a batch takes."""
        arrays = [a for a in (*self.arrays.inputs, *self.arrays.targets) if a is not None]
        per_sample = sum(4 * math.prod(a.shape[1:]) for a in arrays)
        return per_sample * min(self.batch_size, self.samples)

    def example(self) -> Batch:
        index = np.arange(min(self.samples, self.batch_size))
        whole = batch_of(self.arrays, self._dtypes, self._padded(index))
        return whole._replace(rows=self._rows(len(index)))

    def batches(self, position: Position, waiting: Waiting = never) -> Iterator[Portion]:
        order = self.order(position)
        for step in range(position.done, self.steps):
            yield Portion(self.batch(order, step), self.size(step))

    def portions(
        self, position: Position, dispatcher: Dispatcher, loops: bool, waiting: Waiting = never
    ) -> Iterator[Portion]:
        if not loops or (self.short and not self.pad):
            yield from self.batches(position, waiting)
            return
        order = self.order(position)
        for first, count, capacity in dispatcher.chunks(
            self.steps, position.done, self.bytes_per_batch
        ):
            size = min(count * self.batch_size, self.samples - first * self.batch_size)
            yield Portion(self.stacked(order, first, count, capacity), size, count)

    def order(self, position: Position) -> np.ndarray:
        """The samples of an epoch."""
        order = epoch_order(
            len(self.arrays), self.batch_size, position.shuffle, position.seed, position.began
        )
        return order[: self.samples]

    def seen(self, steps: int) -> int:
        return min(steps * self.batch_size, self.samples)

    def get_state(self) -> None:
        return None

    def set_state(self, state: PyTree) -> None:
        pass

    def close(self) -> None:
        pass

    def size(self, step: int) -> int:
        """Real samples in batch `step`."""
        return self.short if self.short and step == self.steps - 1 else self.batch_size

    def batch(self, order: np.ndarray, step: int) -> Batch:
        """Batch number `step` of the samples in `order`."""
        chosen = order[step * self.batch_size : (step + 1) * self.batch_size]
        return self._take(self._padded(chosen), self._rows(len(chosen)))

    def stacked(self, order: np.ndarray, first: int, count: int, capacity: int) -> Batch:
        """Batches `first` to ``first + count`` stacked on a new leading axis of length `capacity`,
        the rest filler.
        """
        chosen = order[first * self.batch_size : (first + count) * self.batch_size]
        short = count * self.batch_size - len(chosen)
        index = np.zeros((capacity, self.batch_size), order.dtype)
        index.reshape(-1)[: len(chosen)] = chosen
        rows = None
        if self.pad:
            rows = np.ones((capacity, self.batch_size), np.float32)
            if short:
                rows[count - 1, self.batch_size - short :] = 0.0
        return self._take(index, rows)

    def _padded(self, chosen: np.ndarray) -> np.ndarray:
        missing = self.batch_size - len(chosen)
        return (
            np.concatenate([chosen, np.zeros(missing, chosen.dtype)])
            if self.pad and missing
            else chosen
        )

    def _rows(self, real: int) -> np.ndarray | None:
        return (np.arange(self.batch_size) < real).astype(np.float32) if self.pad else None

    def _take(self, index: np.ndarray, rows: np.ndarray | None) -> Batch:
        if self._resident is None:
            self._give_back(index.size)
            batch = batch_of(self.arrays, self._dtypes, index, self._parted)
        else:
            batch = _gather_on_device(self._resident, index)
        return batch._replace(rows=rows)

    def _give_back(self, rows: int) -> None:
        """Give back the memory of mapped files from time to time, before so many rows are read."""
        self._read += rows * self._row_bytes
        if self._read > MAPPED_BYTES:
            self._read = 0
            for file in self._files:
                let_go(file)


@jax.jit
def _gather_on_device(data: Batch, index: np.ndarray) -> Batch:
    gathered: Batch = jax.tree.map(lambda a: a[index], data)
    return gathered


def free_memory() -> float:
    """Bytes that the device still has, infinite where that is not known."""
    stats = jax.local_devices()[0].memory_stats() or {}
    return stats["bytes_limit"] - stats["bytes_in_use"] if "bytes_limit" in stats else float("inf")
