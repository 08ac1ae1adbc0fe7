"""In-memory arrays as batches, and the order in which a run sees its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import jax
import numpy as np

from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.input.check import Arrays, batch_of
from jaxcnn.training.input.stored import Rows
from jaxcnn.training.steps import Batch

RESIDENT_SHARE = 0.5  # of the device's free memory, which training data may take


@dataclass(frozen=True)
class Place:
    """Where in a run its data is wanted; together with the data this decides every batch.

    Attributes:
        epoch: epochs since the run began.
        done: steps of this epoch that are behind it.
        began: updates that the model had at the beginning of the epoch.
        seed: of the run.
        shuffle: True, False or "batch".
    """

    epoch: int = 0
    done: int = 0
    began: int = 0
    seed: int = 0
    shuffle: bool | str = False


class Portion(NamedTuple):
    """What goes to the device in one call: one batch, or `many` of them on a new leading axis of
    some capacity.
    """

    batch: Batch
    size: int  # real samples
    many: int | None = None

    @property
    def steps(self) -> int:
        return 1 if self.many is None else self.many

    def batch_at(self, index: int) -> Batch:
        """One of the batches."""
        if self.many is None:
            return self.batch
        one: Batch = jax.tree.map(lambda a: a[index], self.batch)
        return one


class Feed(Protocol):
    """Where `fit`, `evaluate` and `predict` take their batches from."""

    @property
    def samples(self) -> int | None:
        """Samples in an epoch; None where it is not known before."""

    @property
    def steps(self) -> int | None:
        """Batches in an epoch; None where it is not known before."""

    @property
    def batch_size(self) -> int | None:
        """Samples a batch; None where the data comes in batches."""

    def example(self) -> Batch:
        """A batch of the shapes that most have."""

    def batches(self, place: Place, waiting: Callable[[], None]) -> Iterator[Portion]:
        """The batches of an epoch one by one; `waiting` is called now and then while there is none
        yet.
        """

    def portions(
        self, place: Place, dispatcher: Dispatcher, loops: bool, waiting: Callable[[], None]
    ) -> Iterator[Portion]:
        """The batches of an epoch, several at a time where the dispatcher `loops`."""

    def seen(self, steps: int) -> int:
        """How far an epoch is after so many steps: in samples where their number is known, else in
        steps.
        """

    def get_state(self) -> Any:
        """Where the data stands behind the last batch, JSON-like; None where `Place` decides that."""

    def set_state(self, state: Any) -> None:
        """Go on from there."""

    def close(self) -> None:
        """End the threads and processes."""


def never() -> None:
    """What to do while waiting: nothing."""


class ArrayFeed:
    """Batches of in-memory arrays in a given order.

    Args:
        arrays: the data.
        input_dtypes: the dtypes that the model's inputs have.
        batch_size: samples a batch.
        pad: fill the short last batch up to the full size, marking the padding in ``Batch.rows``.
        steps: batches an epoch; by default as many as there are.
    """

    def __init__(
        self,
        arrays: Arrays,
        input_dtypes: Sequence[Any],
        batch_size: int,
        pad: bool,
        steps: int | None = None,
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
        self._dtypes = input_dtypes
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
        found = [a for a in (*self.arrays.inputs, *self.arrays.targets) if a is not None]
        return sum(int(np.prod(a.shape[1:], dtype=np.int64)) * 4 for a in found) * min(
            self.batch_size, self.samples
        )

    def example(self) -> Batch:
        return self.batch(np.arange(self.samples), 0)

    def batches(self, place: Place, waiting: Callable[[], None] = never) -> Iterator[Portion]:
        order = self.order(place)
        for step in range(place.done, self.steps):
            yield Portion(self.batch(order, step), self.size(step))

    def portions(
        self, place: Place, dispatcher: Dispatcher, loops: bool, waiting: Callable[[], None] = never
    ) -> Iterator[Portion]:
        if not loops or (self.short and not self.pad):
            yield from self.batches(place)
            return
        order = self.order(place)
        for first, count, capacity in dispatcher.chunks(
            self.steps, place.done, self.bytes_per_batch
        ):
            size = min(count * self.batch_size, self.samples - first * self.batch_size)
            yield Portion(self.stacked(order, first, count, capacity), size, count)

    def order(self, place: Place) -> np.ndarray:
        """The samples of an epoch."""
        order = epoch_order(
            len(self.arrays), self.batch_size, place.shuffle, place.seed, place.began
        )
        return order[: self.samples]

    def seen(self, steps: int) -> int:
        return min(steps * self.batch_size, self.samples)

    def get_state(self) -> None:
        return None

    def set_state(self, state: Any) -> None:
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
            batch = batch_of(self.arrays, self._dtypes, index)
        else:
            batch = _gather_on_device(self._resident, index)
        return batch._replace(rows=rows)


@jax.jit
def _gather_on_device(data: Batch, index: Any) -> Batch:
    gathered: Batch = jax.tree.map(lambda a: a[index], data)
    return gathered


def free_memory() -> float:
    """Bytes that the device still has, infinite where it does not tell."""
    stats = jax.local_devices()[0].memory_stats() or {}
    return stats["bytes_limit"] - stats["bytes_in_use"] if "bytes_limit" in stats else float("inf")


def epoch_order(
    samples: int, batch_size: int, shuffle: bool | str, seed: int, step: int
) -> np.ndarray:
    """The order of the samples in the epoch that begins after `step` updates: a function of its
    arguments alone.

    ``shuffle="batch"`` moves whole batches, the short one staying last.
    """
    dtype = np.int32 if samples < 2**31 else np.int64
    order = np.arange(samples, dtype=dtype)
    if not shuffle:
        return order
    generator = np.random.Generator(np.random.Philox(key=[seed, step]))
    if shuffle != "batch":
        return generator.permutation(order)
    whole = samples // batch_size * batch_size
    blocks = generator.permutation(order[:whole].reshape(-1, batch_size))
    return np.concatenate([blocks.reshape(-1), order[whole:]])
