"""Batches that threads or processes make in advance, for programs that drive them themselves."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator

import numpy as np

from jaxcnn.runtime.types import PyTree
from jaxcnn.training.input.workers import InOrder, Make, Processes, Threads
from jaxcnn.utils import Sequence


class SequenceEnqueuer:
    """The base of both: after `start` the iterator of `get` has the batches, until `stop`.

    Args:
        make: makes the batch of an argument.
        arguments: of the batches, in order.
        use_multiprocessing: whether processes make them instead of threads.
        seed: of NumPy's random numbers in processes.
    """

    def __init__(
        self,
        make: Make,
        arguments: Iterable[PyTree],
        use_multiprocessing: bool = False,
        seed: int | None = None,
    ) -> None:
        self.make, self.arguments = make, arguments
        self.use_multiprocessing, self.seed = use_multiprocessing, seed
        self._batches: InOrder | None = None

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Begin to make batches, at most `max_queue_size` in advance."""
        count = max(1, workers)
        seed = int(np.random.randint(2**31)) if self.seed is None else self.seed
        pool = (
            Processes(self.make, count, seed)
            if self.use_multiprocessing
            else Threads(self.make, count)
        )
        self._batches = InOrder(pool, self.arguments, max(1, max_queue_size))

    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._batches is not None

    def stop(self, timeout: float | None = None) -> None:
        """End the threads or processes; those that hang are not waited for."""
        if self._batches is not None:
            self._batches.close()
        self._batches = None

    def get(self) -> Iterator[PyTree]:
        """The batches; what goes wrong with one is raised where it would have come."""
        while self._batches is not None:
            try:
                batch = next(self._batches)
            except StopIteration:
                return
            except BaseException:
                self.stop()
                raise
            yield batch


class GeneratorEnqueuer(SequenceEnqueuer):
    """The batches of a generator, which is asked by one thread at a time.

    Processes have a copy of it each, so every batch comes once from each of them, as in Keras.

    Args:
        generator: gives the batches.
        use_multiprocessing, pickle_safe: whether processes make them.
        wait_time: for Keras's queue; here nothing is waited for in steps.
        random_seed: of NumPy's random numbers in processes.
    """

    def __init__(
        self,
        generator: Iterator[PyTree],
        use_multiprocessing: bool = False,
        wait_time: float = 0.05,
        random_seed: int | None = None,
        pickle_safe: bool = False,
    ) -> None:
        asking = threading.Lock()

        def following(_: int) -> PyTree:
            with asking:
                return next(generator)

        processes = use_multiprocessing or pickle_safe
        super().__init__(following, itertools.count(), processes, random_seed)


class OrderedEnqueuer(SequenceEnqueuer):
    """The batches of a `Sequence` in order, epoch after epoch.

    Args:
        sequence: makes the batches.
        use_multiprocessing: whether processes make them.
        shuffle: whether each epoch has another order.
    """

    def __init__(
        self, sequence: Sequence, use_multiprocessing: bool = False, shuffle: bool = False
    ) -> None:
        self.sequence, self.shuffle = sequence, shuffle
        super().__init__(sequence.__getitem__, self.numbers(), use_multiprocessing)

    def numbers(self) -> Iterator[int]:
        """The numbers of the batches, with `on_epoch_end` between epochs."""
        while True:
            order = np.arange(len(self.sequence))
            if self.shuffle:
                np.random.shuffle(order)
            yield from map(int, order)
            self.sequence.on_epoch_end()
