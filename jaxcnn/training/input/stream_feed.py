"""Batches from a stream: checked and prefetched in the background, taken several at a time."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import jax
import numpy as np

from jaxcnn.distributed.placement import Distribution
from jaxcnn.training.dispatch import CHUNK_BYTES, Dispatcher
from jaxcnn.training.input.array_feed import Place, Portion, never
from jaxcnn.training.input.sources import Indexed, Stream, Walked
from jaxcnn.training.input.workers import InOrder, Prefetch, WorkerError, Workers
from jaxcnn.training.steps import Batch


class Prepared(NamedTuple):
    """A batch that is ready, of what shapes it is, and where the data stands behind it, if it can
    tell.
    """

    portion: Portion
    kind: Any
    state: Any = None


class StreamFeed:
    """The batches of a stream, for `fit`, `evaluate` and `predict`.

    An epoch is `steps` batches. Where the stream has a beginning, an epoch can lie anywhere in its
    passes: one ends, the next begins. A generator simply goes on.

    Data with ``get_state()`` and ``set_state(state)``, JSON-like, such as a
    `jaxcnn.datasets.streaming.Stream` or an iterator of grain, is moved back when the feed is
    closed, to behind the last batch that was used.

    Args:
        stream: where the raw batches come from.
        steps: batches an epoch; None takes a whole pass.
        prepare: raw batch -> `Batch` as the model takes it, checked; runs in the background.
        workers: how batches are made.
        parallel: the devices that share each batch. In a job of several processes each gives its
            own part of it.
    """

    batch_size = None

    def __init__(
        self,
        stream: Stream,
        steps: int | None,
        prepare: Callable[[Any], Batch],
        workers: Workers,
        parallel: Distribution | None = None,
    ) -> None:
        if steps is not None and (not isinstance(steps, int | np.integer) or steps < 1):
            raise ValueError(f"The steps of an epoch are {steps!r}; a positive integer is needed.")
        if steps is None and isinstance(stream, Walked):
            raise ValueError(
                "A generator has no length: say how many batches make an epoch (`steps_per_epoch`, "
                "`validation_steps` "
                "or `steps`)."
            )
        self.stream, self._prepare, self._workers, self._parallel = (
            stream,
            prepare,
            workers,
            parallel,
        )
        self.steps = stream.length if steps is None else int(steps)
        self.samples = stream.samples if steps is None else None
        self._source: Prefetch | None = None
        self._held: list[Prepared] = []  # prepared in the training thread
        self._next = (0, 0)  # the epoch and the step that come next
        self._pass, self._offset = 0, 0
        self._given, self._pulled = 0, 0
        self._example: Batch | None = None
        items: Any = getattr(stream, "items", None)
        tells = (
            hasattr(items, "get_state") and hasattr(items, "set_state") and not workers.processes
        )
        self._items = items if tells else None
        self._state = items.get_state() if tells else None  # behind the last batch that was used
        self._restored = False

    def start(self, place: Place) -> Batch:
        """The first batch, prepared in the calling thread, because a model without a shape is built
        by it.
        """
        items = self.stream.walk(self._order(place), self._workers, place.seed)
        try:
            found = [self._prepared(item) for item in islice(items, 1)]
            if not found:
                raise ValueError("The data is empty: the first batch is missing.")
        except BaseException:
            if isinstance(items, InOrder):
                items.close()
            raise
        self._source, self._held = self._prefetch(items), found
        self._example = found[0].portion.batch
        return self._example

    def example(self) -> Batch:
        return self.start(Place()) if self._example is None else self._example

    def batches(self, place: Place, waiting: Callable[[], None] = never) -> Iterator[Portion]:
        for found in self._taken(place, lambda: 1, waiting):
            yield found[0].portion

    def portions(
        self, place: Place, dispatcher: Dispatcher, loops: bool, waiting: Callable[[], None] = never
    ) -> Iterator[Portion]:
        most = min(self.steps or self._workers.queue, self._workers.queue)
        alone = (
            jax.process_count() == 1
        )  # parts of a batch that lie with other processes cannot be stacked here
        capacity = dispatcher.capacity(most, byte_count(self.example())) if loops and alone else 1
        if capacity == 1:
            yield from self.batches(place, waiting)
            return
        for found in self._taken(place, lambda: dispatcher.next_count(capacity), waiting):
            size = sum(each.portion.size for each in found)
            if found[0].portion.size < len(jax.tree.leaves(self.example().inputs)[0]):
                yield from (
                    each.portion for each in found
                )  # a short batch has a program of its own
            else:
                yield Portion(
                    stacked([each.portion.batch for each in found], capacity), size, len(found)
                )

    def seen(self, steps: int) -> int:
        if self.samples is None or not isinstance(self.stream, Indexed):
            return steps
        return min(steps * self.stream.batch_size, self.samples)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
            if self._items is not None:
                self._items.set_state(self._state)  # what was made in advance comes again

    def get_state(self) -> Any:
        return self._state

    def set_state(self, state: Any) -> None:
        if self._items is not None and state is not None:
            self._state = state
            self.close()
            self._items.set_state(state)
            self._held, self._restored = [], True

    # -- the passes --------------------------------------------------------------------------------

    def _taken(
        self, place: Place, most: Callable[[], int], waiting: Callable[[], None]
    ) -> Iterator[list[Prepared]]:
        """The batches of the epoch from `place` on, as many at a time as lie ready and are alike,
        at `most`.
        """
        if (place.epoch, place.done) != self._next:
            self._seek(place)
        done = place.done
        while self.steps is None or done < self.steps:
            left = sys.maxsize if self.steps is None else self.steps - done
            found = self._take(place, min(most(), left), waiting)
            if not found:
                if isinstance(self.stream, Walked):
                    raise ValueError(
                        f"The generator ended after {self._given} batches, {done} of {self.steps} "
                        "in this epoch. Let "
                        "it begin anew when its data is at an end (`while True:`), or ask for "
                        "fewer steps."
                    )
                if self._offset == 0:
                    raise ValueError(f"The data is empty: pass {self._pass + 1} gave no batch.")
                self._end_pass()
                if self.steps is None:
                    break
                continue
            self._state = found[-1].state
            yield found
            done += len(found)
            self._given += len(found)
            self._offset += len(found)
            if self._offset == self.stream.length:
                self._end_pass()
        self._next = (place.epoch + 1, 0)

    def _take(self, place: Place, most: int, waiting: Callable[[], None]) -> list[Prepared]:
        if self._held:
            found, self._held = self._held, []
            return found
        if self._source is None:
            order = self._order(place)[self._offset :]
            self._source = self._prefetch(self.stream.walk(order, self._workers, place.seed))
        began = time.monotonic()

        def watch() -> None:
            waiting()
            if time.monotonic() - began > self._workers.timeout:
                order = self._order(place)
                asked = f" (what is asked for is {str(order[self._offset])[:40]})" if order else ""
                raise WorkerError(
                    f"Batch {self._pulled + 1} of the data{asked} has not come within "
                    f"{self._workers.timeout:g} s: "
                    "what makes it hangs. If it only takes long, give `fit` a longer "
                    "`batch_timeout`."
                )

        return self._source.take(most, lambda a, b: a.kind == b.kind, watch)

    def _prefetch(self, items: Iterator[Any]) -> Prefetch:
        return Prefetch(items, self._prepared, self._workers.queue if self._workers.count else 0)

    def _order(self, place: Place) -> list[Any]:
        """What a stream with numbered batches gives in the present pass: a function of the seed and
        of the updates that the model had when the pass began.
        """
        if not isinstance(self.stream, Indexed):
            return []
        updates = place.began + self._pass * self.stream.length - place.epoch * (self.steps or 0)
        return self.stream.order(place.shuffle, place.seed, updates)

    def _end_pass(self) -> None:
        self.close()
        self._pass, self._offset = self._pass + 1, 0
        self.stream.pass_ended()

    def _seek(self, place: Place) -> None:
        """Go to a place that is not the next one: back to the beginning, or to where a resumed run
        goes on.
        """
        steps = place.done if self.steps is None else place.epoch * self.steps + place.done
        if self._restored:
            self._restored, self._given, self._pulled, self._offset = (
                False,
                steps,
                steps,
                place.done,
            )
            return
        if isinstance(self.stream, Walked):
            if steps:
                warnings.warn(
                    "A generator does not know where an interrupted run was; it goes on with what "
                    "it gives next. With "
                    "a jaxcnn.utils.Sequence or arrays a resumed run ends with the same bits.",
                    UserWarning,
                    stacklevel=2,
                )
            return
        self.close()
        self._held, self._given, self._pulled = [], steps, steps
        if isinstance(self.stream, Indexed):
            self._pass, self._offset = divmod(steps, self.stream.length)
            return
        self._pass = self._offset = 0
        for _ in range(steps):
            if not self._take(place, 1, never):
                self._end_pass()
                self._take(place, 1, never)
            self._offset += 1

    # -- preparing ---------------------------------------------------------------------------------

    def _prepared(self, item: Any) -> Prepared:
        """Runs in the background; the user may use the raw arrays again, so these are copies."""
        self._pulled += 1
        try:
            batch: Batch = jax.tree.map(np.array, self._prepare(item))
        except (ValueError, TypeError) as error:
            raise type(error)(f"Batch {self._pulled} of the data: {error}") from None
        kind = [(a.shape, a.dtype) for a in jax.tree.leaves(batch)]
        if self._parallel is not None and jax.process_count() > 1:
            batch = self._parallel.joined(batch)
        size = len(jax.tree.leaves(batch.inputs)[0])
        # What is too large to be stacked is sent from here while the device works on something
        # else.
        if (
            jax.default_backend() != "cpu"
            and self._parallel is None
            and 2 * byte_count(batch) > CHUNK_BYTES
        ):
            batch = jax.device_put(batch)
        return Prepared(
            Portion(batch, size), kind, None if self._items is None else self._items.get_state()
        )


def byte_count(batch: Batch) -> int:
    """Memory that a batch takes."""
    return sum(a.nbytes for a in jax.tree.leaves(batch))


def stacked(batches: list[Batch], capacity: int) -> Batch:
    """Batches of equal shapes on a new leading axis of length `capacity`, the rest filler."""

    def stack(*arrays: np.ndarray) -> np.ndarray:
        out = np.empty((capacity, *arrays[0].shape), arrays[0].dtype)
        for place, array in zip(out, arrays, strict=False):
            place[...] = array
        return out

    result: Batch = jax.tree.map(stack, *batches)
    return result
