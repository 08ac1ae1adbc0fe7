"""Batches from a source: checked and prefetched in the background, taken several at a time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple, Protocol

import jax
import numpy as np

from jaxcnn.distributed.placement import Distribution
from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.dispatch import CHUNK_BYTES, Dispatcher
from jaxcnn.training.input.feed import Portion, Position, never
from jaxcnn.training.input.sources import Indexed, Numbers, Stream, Walked
from jaxcnn.training.input.workers import InOrder, Prefetch, Waiting, WorkerError, Workers
from jaxcnn.training.steps import Batch


class Positioned(Protocol):
    """Data that knows its position, such as a `jaxcnn.datasets.streaming.Stream`."""

    def get_state(self) -> PyTree: ...

    def set_state(self, state: PyTree) -> None: ...


class Prepared(NamedTuple):
    """A batch that is ready, its shapes and dtypes, and the position of the data after it."""

    portion: Portion
    kind: list[tuple[tuple[int, ...], np.dtype]]
    state: PyTree = None


class StreamFeed:
    """The batches of a stream, for `fit`, `evaluate` and `predict`.

    An epoch is `steps` batches. Where the stream has a beginning, an epoch can lie anywhere in its
    passes: one ends, the next begins. A generator simply continues.

    Data with ``get_state()`` and ``set_state(state)``, JSON-like, such as a
    `jaxcnn.datasets.streaming.Stream` or an iterator of grain, is moved back when the feed is
    closed, to the position after the last batch that was used.

    Args:
        stream: where the raw batches come from.
        steps: batches an epoch; None takes a whole pass.
        prepare: raw batch -> `Batch` as the model takes it, checked; runs in the background.
        workers: how batches are made.
        distribution: the devices that share each batch. In a job of several processes each gives
            its own part of it.

    Attributes:
        restarts: whether each epoch begins with the first batch; none after its last is then made.
    """

    batch_size = None
    restarts = False

    def __init__(
        self,
        stream: Stream,
        steps: int | None,
        prepare: Callable[[PyTree], Batch],
        workers: Workers,
        distribution: Distribution | None = None,
    ) -> None:
        if steps is not None and (not isinstance(steps, int | np.integer) or steps < 1):
            raise ValueError(f"The steps of an epoch are {steps!r}; a positive integer is needed.")
        if steps is None and isinstance(stream, Walked):
            raise ValueError(
                "A generator has no length: say how many batches make an epoch (`steps_per_epoch`, "
                "`validation_steps` or `steps`)."
            )
        self.stream, self._prepare = stream, prepare
        self._workers, self._distribution = workers, distribution
        self.steps = stream.length if steps is None else int(steps)
        self.samples = stream.samples if steps is None else None
        self._source: Prefetch[Prepared] | None = None
        self._held: list[Prepared] = []  # prepared in the training thread
        self._next = (0, 0)  # the epoch and the step that come next
        self._pass, self._offset = 0, 0
        self._given, self._pulled = 0, 0
        self._example: Batch | None = None
        self._items = positioned(stream, workers)
        # The position of the data after the last batch that was used.
        self._state = None if self._items is None else self._items.get_state()
        self._restored = False

    def start(self, position: Position) -> Batch:
        """The first batch, prepared in the calling thread, because a model without a shape is built
        by it.
        """
        items = self.stream.walk(self._order(position), self._workers, position.seed)
        try:
            first = [self._prepared(item) for item in islice(items, 1)]
            if not first:
                raise ValueError("The data is empty: the first batch is missing.")
        except BaseException:
            if isinstance(items, InOrder):
                items.close()
            raise
        self._source, self._held = self._prefetch(items), first
        self._example = first[0].portion.batch
        return self._example

    def example(self) -> Batch:
        return self.start(Position()) if self._example is None else self._example

    def batches(self, position: Position, waiting: Waiting = never) -> Iterator[Portion]:
        for taken in self._taken(position, lambda: 1, waiting):
            yield taken[0].portion

    def portions(
        self, position: Position, dispatcher: Dispatcher, loops: bool, waiting: Waiting = never
    ) -> Iterator[Portion]:
        most = min(self.steps or self._workers.queue, self._workers.queue)
        # Parts of a batch that lie with other processes cannot be stacked here.
        alone = jax.process_count() == 1
        capacity = dispatcher.capacity(most, byte_count(self.example())) if loops and alone else 1
        if capacity == 1:
            yield from self.batches(position, waiting)
            return
        full_size = len(jax.tree.leaves(self.example().inputs)[0])
        for taken in self._taken(position, lambda: dispatcher.next_count(capacity), waiting):
            portions = [prepared.portion for prepared in taken]
            if portions[0].size < full_size:  # a short batch has its own program
                yield from portions
            else:
                batches = stacked([portion.batch for portion in portions], capacity)
                size = sum(portion.size for portion in portions)
                yield Portion(batches, size, len(portions))

    def seen(self, steps: int) -> int:
        if self.samples is None or not isinstance(self.stream, Indexed):
            return steps
        return min(steps * self.stream.batch_size, self.samples)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
            if self._items is not None:
                self._items.set_state(self._state)  # batches made in advance come again

    def get_state(self) -> PyTree:
        return self._state

    def set_state(self, state: PyTree) -> None:
        if self._items is not None and state is not None:
            self._state = state
            self.close()
            self._items.set_state(state)
            self._held, self._restored = [], True

    # -- the passes --------------------------------------------------------------------------------

    def _taken(
        self, position: Position, most: Callable[[], int], waiting: Waiting
    ) -> Iterator[list[Prepared]]:
        """The batches of the epoch from `position` on.

        As many at a time as lie ready and are alike, `most` at most.
        """
        if (position.epoch, position.done) != self._next:
            self._seek(position)
        done = position.done
        while self.steps is None or done < self.steps:
            left = sys.maxsize if self.steps is None else self.steps - done
            taken = self._take(position, min(most(), left), waiting)
            if not taken:
                if isinstance(self.stream, Walked):
                    raise ValueError(
                        f"The generator ended after {self._given} batches, {done} of {self.steps} "
                        "in this epoch. Let it begin again when its data is at an end (`while "
                        "True:`), or ask for fewer steps."
                    )
                if self._offset == 0:
                    raise ValueError(f"The data is empty: pass {self._pass + 1} gave no batch.")
                self._end_pass()
                if self.steps is None:
                    break
                continue
            self._state = taken[-1].state
            yield taken
            done += len(taken)
            self._given += len(taken)
            self._offset += len(taken)
            if self._offset == self.stream.length:
                self._end_pass()
        self._next = (position.epoch + 1, 0)

    def _take(self, position: Position, most: int, waiting: Waiting) -> list[Prepared]:
        if self._held:
            held, self._held = self._held, []
            return held
        if self._source is None:
            order = self._order(position)[self._offset :]
            self._source = self._prefetch(self.stream.walk(order, self._workers, position.seed))
        began = time.monotonic()

        def watch() -> None:
            waiting()
            if time.monotonic() - began > self._workers.timeout:
                order = self._order(position)
                asked = f" (what is asked for is {str(order[self._offset])[:40]})" if order else ""
                raise WorkerError(
                    f"Batch {self._pulled + 1} of the data{asked} has not come within "
                    f"{self._workers.timeout:g} s: what makes it hangs. If it only takes long, "
                    "give `fit` a longer `batch_timeout`."
                )

        return self._source.take(most, lambda a, b: a.kind == b.kind, watch)

    def _prefetch(self, items: Iterator[PyTree]) -> Prefetch[Prepared]:
        return Prefetch(items, self._prepared, self._workers.queue if self._workers.count else 0)

    def _order(self, position: Position) -> list[Numbers]:
        """The order of numbered batches in the present pass.

        It is a function of the seed and of the updates that the model had when the pass began.
        """
        if not isinstance(self.stream, Indexed):
            return []
        updates = (
            position.began + self._pass * self.stream.length - position.epoch * (self.steps or 0)
        )
        order = self.stream.order(position.shuffle, position.seed, updates)
        return order[: self.steps] if self.restarts else order

    def _end_pass(self) -> None:
        self.close()
        self._pass, self._offset = self._pass + 1, 0
        self.stream.pass_ended()

    def _seek(self, position: Position) -> None:
        """Go to a position that is not the next: the beginning, or where a run is resumed."""
        steps = position.done if self.steps is None else position.epoch * self.steps + position.done
        if self._restored:
            self._restored, self._offset = False, position.done
            self._given = self._pulled = steps
            return
        if isinstance(self.stream, Walked):
            if steps:
                warn_user(
                    "A generator does not know where an interrupted run was; it continues with "
                    "what it yields next. With a jaxcnn.utils.Sequence or arrays a resumed run "
                    "ends with the same bits."
                )
            return
        self.close()
        self._held, self._given, self._pulled = [], steps, steps
        if isinstance(self.stream, Indexed):
            self._pass, self._offset = divmod(steps, self.stream.length)
            return
        self._pass = self._offset = 0
        for _ in range(steps):
            if not self._take(position, 1, never):
                self._end_pass()
                self._take(position, 1, never)
            self._offset += 1

    # -- preparing ---------------------------------------------------------------------------------

    def _prepared(self, item: PyTree) -> Prepared:
        """Runs in the background; the user may use the raw arrays again, so these are copies."""
        self._pulled += 1
        try:
            batch: Batch = jax.tree.map(np.array, self._prepare(item))
        except (ValueError, TypeError) as error:
            raise type(error)(f"Batch {self._pulled} of the data: {error}") from None
        kind = [(a.shape, a.dtype) for a in jax.tree.leaves(batch)]
        if self._distribution is not None and jax.process_count() > 1:
            batch = self._distribution.joined(batch)
        size = len(jax.tree.leaves(batch.inputs)[0])
        # What is too large to be stacked is sent from here while the device works on something
        # else.
        if (
            jax.default_backend() != "cpu"
            and self._distribution is None
            and 2 * byte_count(batch) > CHUNK_BYTES
        ):
            batch = jax.device_put(batch)
        return Prepared(
            Portion(batch, size), kind, None if self._items is None else self._items.get_state()
        )


def positioned(stream: Stream, workers: Workers) -> Positioned | None:
    """The data of a stream where it knows its position; workers in processes have copies of it."""
    items = getattr(stream, "items", None)
    knows = hasattr(items, "get_state") and hasattr(items, "set_state") and not workers.processes
    return items if knows else None


def byte_count(batch: Batch) -> int:
    """Memory that a batch takes."""
    return sum(a.nbytes for a in jax.tree.leaves(batch))


def stacked(batches: list[Batch], capacity: int) -> Batch:
    """Batches of equal shapes on a new leading axis of length `capacity`, the rest filler."""

    def stack(*arrays: np.ndarray) -> np.ndarray:
        out = np.empty((capacity, *arrays[0].shape), arrays[0].dtype)
        for slot, array in zip(out, arrays, strict=False):
            slot[...] = array
        return out

    result: Batch = jax.tree.map(stack, *batches)
    return result
