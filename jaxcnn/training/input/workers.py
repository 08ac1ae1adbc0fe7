"""Batches made while the model trains: by threads or processes, and by a thread that keeps a few
ready.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import random
import signal
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Generic, Protocol, TypeAlias, TypeVar

import numpy as np

from jaxcnn.runtime.types import PyTree

PATIENCE = 0.1  # seconds between two looks at whether the user has pressed Ctrl-C
TIMEOUT = 600.0  # seconds without a batch after which its workers are taken to hang
FAREWELL = 2.0  # seconds that a thread or process has to end before it is abandoned or killed

Item = TypeVar("Item")
Waiting: TypeAlias = Callable[[], None]  # called now and then while there is nothing yet
# Makes a batch (a tree of arrays) of its numbers.
Make: TypeAlias = Callable[[PyTree], PyTree]


@dataclass(frozen=True)
class Workers:
    """How batches are made.

    Attributes:
        queue: finished batches that may wait.
        count: threads or processes that make batches; 0 makes them in the thread that trains.
        processes: whether they are processes.
        timeout: seconds without a batch after which they are taken to hang.
    """

    queue: int = 10
    count: int = 1
    processes: bool = False
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        for name, value, least in (("max_queue_size", self.queue, 1), ("workers", self.count, 0)):
            if not isinstance(value, int | np.integer) or value < least:
                raise ValueError(f"`{name}` is {value!r}; it must be an integer from {least}.")
        if not self.timeout > 0:
            raise ValueError(
                f"`batch_timeout` is {self.timeout!r}; it must be a positive number of seconds."
            )
        if self.processes and self.count == 0:
            raise ValueError(
                "`workers` is 0, which makes batches in the training thread; processes need at "
                "least 1."
            )


class WorkerError(RuntimeError):
    """An error inside a worker process, with the text of its traceback."""


class Pool(Protocol):
    """Computes `function(argument)` for each submitted argument."""

    def submit(self, argument: PyTree) -> None: ...

    def result(self) -> PyTree:
        """The result for the oldest argument whose result was not taken yet."""

    def close(self) -> None: ...


class Threads:
    """A pool of threads, which do not keep the program from ending when they hang."""

    def __init__(self, function: Make, count: int) -> None:
        self._function, self._count = function, count
        self._pending: deque[Future[PyTree]] = deque()
        self._tasks: SimpleQueue[tuple[Future[PyTree], PyTree] | None] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"jaxcnn-worker_{number}", daemon=True).start()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, argument = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(self._function(argument))
                except BaseException as error:
                    future.set_exception(error)

    def submit(self, argument: PyTree) -> None:
        future: Future[PyTree] = Future()
        self._pending.append(future)
        self._tasks.put((future, argument))

    def result(self) -> PyTree:
        return self._pending.popleft().result()

    def close(self) -> None:
        for future in self._pending:
            future.cancel()
        for _ in range(self._count):
            self._tasks.put(None)


class Processes:
    """A pool of processes, each with its own pipe, that take arguments in turn.

    On Linux they are forks, so that anything can be `function`; they must not use JAX, whose
    threads they lack. Elsewhere they are fresh processes and `function` must be picklable. NumPy's
    and Python's global random numbers begin in each from `seed` and its number.
    """

    def __init__(self, function: Make, count: int, seed: int) -> None:
        context = (
            multiprocessing.get_context("fork")
            if sys.platform == "linux"
            else multiprocessing.get_context("spawn")
        )
        self._pipes: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._order: deque[int] = deque()
        self._next = 0
        with warnings.catch_warnings():
            # JAX and Python warn of forks in a process with threads: a lock that is held then is
            # held for ever in the child. The children touch nothing but the user's data and NumPy.
            warnings.filterwarnings("ignore", message=".*fork", category=RuntimeWarning)
            warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
            for number in range(count):
                ours, theirs = context.Pipe()
                # A fork inherits our ends of the other pipes; open there, they would keep orphans
                # waiting.
                inherited = [*self._pipes, ours] if sys.platform == "linux" else []
                process = context.Process(
                    target=serve, args=(function, theirs, [seed, number], inherited), daemon=True
                )
                try:
                    process.start()
                except (pickle.PicklingError, TypeError, AttributeError) as error:
                    self.close()
                    raise TypeError(
                        "The data cannot be sent to another process, because it cannot be pickled. "
                        "Use threads (use_multiprocessing=False), or a jaxcnn.utils.Sequence of "
                        "picklable parts."
                    ) from error
                theirs.close()
                self._pipes.append(ours)
                self._processes.append(process)

    def submit(self, argument: PyTree) -> None:
        with contextlib.suppress(OSError):  # it has died, which `result` reports
            self._pipes[self._next].send(argument)
        self._order.append(self._next)
        self._next = (self._next + 1) % len(self._pipes)

    def result(self) -> PyTree:
        number = self._order.popleft()
        try:
            fine, value, text = self._pipes[number].recv()
        except (EOFError, OSError):
            self._processes[number].join(FAREWELL)
            raise WorkerError(
                f"A worker process died with exit code {self._processes[number].exitcode} while it "
                "made a batch; with use_multiprocessing=False the error may show."
            ) from None
        if fine:
            return value
        raise value from WorkerError(f"in a worker process:\n\n{text}")

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(FAREWELL)
            if process.is_alive():
                process.kill()
                process.join()
        for pipe in self._pipes:
            pipe.close()


def serve(
    function: Make,
    pipe: Connection,
    key: Sequence[int],
    inherited: Iterable[Connection],
) -> None:
    """Answer every argument with (True, result, None) or (False, error, traceback): the work of a
    process.
    """
    # Ctrl-C goes to the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    np.random.seed(np.asarray(key, np.uint32))
    random.seed(repr(key))
    while True:
        try:
            argument = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[bool, PyTree, str | None] = (True, function(argument), None)
        except Exception as error:
            answer = (False, error, traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # it cannot be pickled
            _, value, text = answer
            refused = RuntimeError(f"{type(value).__name__} cannot be sent to the parent: {error}")
            pipe.send((False, refused, text or traceback.format_exc()))


class InOrder:
    """The results of a pool for each argument, in the order of the arguments, `ahead` of them being
    computed.
    """

    def __init__(self, pool: Pool, arguments: Iterable[PyTree], ahead: int) -> None:
        self._pool, self._arguments, self._ahead = pool, iter(arguments), ahead
        self._waiting = 0

    def __iter__(self) -> Iterator[PyTree]:
        return self

    def __next__(self) -> PyTree:
        for argument in self._arguments:
            self._pool.submit(argument)
            self._waiting += 1
            if self._waiting == self._ahead:
                break
        if not self._waiting:
            raise StopIteration
        self._waiting -= 1
        return self._pool.result()

    def close(self) -> None:
        self._pool.close()


class Prefetch(Generic[Item]):
    """The items of an iterator, each made ready by `prepare`, a few in advance.

    A thread pulls and prepares them; `ahead` items may lie ready while it holds one more. With
    ``ahead=0`` there is no thread. Items come in order; an error comes where the item would have
    been, with its own traceback.
    """

    def __init__(
        self, items: Iterator[PyTree], prepare: Callable[[PyTree], Item], ahead: int
    ) -> None:
        self._items, self._prepare, self._ahead = items, prepare, ahead
        self._ready: deque[Item] = deque()
        self._ended = self._stopped = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        if ahead:
            self._thread = threading.Thread(target=self._fill, name="jaxcnn-prefetch", daemon=True)
            self._thread.start()

    def _fill(self) -> None:
        try:
            for item in self._items:
                prepared = self._prepare(item)
                with self._changed:
                    self._changed.wait_for(lambda: len(self._ready) < self._ahead or self._stopped)
                    if self._stopped:
                        return
                    self._ready.append(prepared)
                    self._changed.notify_all()
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def take(self, most: int, alike: Callable[[Item, Item], bool], waiting: Waiting) -> list[Item]:
        """The next item and those after it that lie ready and are `alike`, at most `most` in all.

        The list is empty at the end. `waiting` is called from time to time until an item is there.
        """
        if self._thread is None:
            return [self._prepare(item) for item in islice(self._items, 1)]
        with self._changed:
            while not self._ready and not self._ended:
                self._changed.wait(PATIENCE)
                waiting()
            if not self._ready:
                if self._error is not None:
                    raise self._error
                return []
            taken = [self._ready.popleft()]
            while len(taken) < most and self._ready and alike(taken[0], self._ready[0]):
                taken.append(self._ready.popleft())
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """End the thread, or abandon it where it does not return from the user's code."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if isinstance(self._items, InOrder):
            self._items.close()
        if self._thread is not None:
            self._thread.join(FAREWELL)
