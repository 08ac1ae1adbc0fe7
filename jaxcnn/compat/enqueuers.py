"""Batches that threads or processes make in advance, for programs that drive them themselves."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np

from jaxcnn.runtime.types import PyTree
from jaxcnn.training.input.workers import InOrder, Make, Pool, Processes, Threads
from jaxcnn.utils import Sequence


class SequenceEnqueuer:
    """The base of both: after `start` the iterator of `get` has the batches, until `stop`.

    Args:
        make: makes the batch of an argument.
        use_multiprocessing: whether processes make them instead of threads.
        seed: of NumPy's random numbers in processes.
    """

    def __init__(
        self, make: Make, use_multiprocessing: bool = False, seed: int | None = None
    ) -> None:
        self.make, self.use_multiprocessing, self.seed = make, use_multiprocessing, seed
        self.workers, self.max_queue_size, self.running = 1, 10, False

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Let `get` make batches with so many workers, at most `max_queue_size` in advance."""
        self.workers, self.max_queue_size = max(1, workers), max(1, max_queue_size)
        self.running = True

    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self.running

    def stop(self, timeout: float | None = None) -> None:
        """End the batches; threads that hang are not waited for."""
        self.running = False

    def epochs(self) -> Iterator[Iterable[PyTree]]:
        """The arguments of the batches of each epoch, in order."""
        raise NotImplementedError

    def pool(self) -> Pool:
        """New threads or processes."""
        if not self.use_multiprocessing:
            return Threads(self.make, self.workers)
        seed = int(np.random.randint(2**31)) if self.seed is None else self.seed
        return Processes(self.make, self.workers, seed)

    def get(self) -> Iterator[PyTree]:
        """The batches; what goes wrong with one is raised where it would have come."""
        for arguments in self.epochs():
            batches = InOrder(self.pool(), arguments, self.max_queue_size)
            try:
                while self.running and (batch := next(batches, None)) is not None:
                    yield batch
            except BaseException:
                self.stop()
                raise
            finally:
                batches.close()
            if not self.running:
                return


class GeneratorEnqueuer(SequenceEnqueuer):
    """The batches of a generator, which one thread asks, as Python demands, however many there are.

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
        processes = use_multiprocessing or pickle_safe
        super().__init__(lambda _: next(generator), processes, random_seed)

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """As above, with one thread."""
        super().start(workers if self.use_multiprocessing else 1, max_queue_size)

    def epochs(self) -> Iterator[Iterable[PyTree]]:
        """One without an end, but for the generator's."""
        yield itertools.count()


class OrderedEnqueuer(SequenceEnqueuer):
    """The batches of a `Sequence` in order, epoch after epoch, with `on_epoch_end` in between.

    Args:
        sequence: makes the batches.
        use_multiprocessing: whether processes make them.
        shuffle: whether each epoch has another order.
    """

    def __init__(
        self, sequence: Sequence, use_multiprocessing: bool = False, shuffle: bool = False
    ) -> None:
        self.sequence, self.shuffle = sequence, shuffle
        super().__init__(sequence.__getitem__, use_multiprocessing)

    def epochs(self) -> Iterator[Iterable[PyTree]]:
        """The numbers of the batches."""
        while True:
            order = np.arange(len(self.sequence))
            if self.shuffle:
                np.random.shuffle(order)
            yield map(int, order)
            self.sequence.on_epoch_end()
