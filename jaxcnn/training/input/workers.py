"""Making batches beside the training: threads, processes, and a thread that keeps a few finished
ones ready.
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
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np

PATIENCE = 0.1  # seconds between two looks at whether the user has pressed Ctrl-C
TIMEOUT = 600.0  # seconds without a batch after which its workers are taken to hang
FAREWELL = 2.0  # seconds that a thread or process gets to end before it is left behind or killed


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
    """What happened inside a worker process, in the words of its traceback."""


class Pool(Protocol):
    """Somebody who computes `function(argument)` for arguments that are handed in."""

    def submit(self, argument: Any) -> None: ...

    def result(self) -> Any:
        """The result for the oldest argument whose result was not taken yet."""

    def close(self) -> None: ...


class Threads:
    """A pool of threads, which do not keep the program from ending when they hang."""

    def __init__(self, function: Callable[[Any], Any], count: int) -> None:
        self._function, self._count = function, count
        self._pending: deque[Future] = deque()
        self._given: SimpleQueue[tuple[Future, Any] | None] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"jaxcnn-worker_{number}", daemon=True).start()

    def _work(self) -> None:
        while (task := self._given.get()) is not None:
            future, argument = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(self._function(argument))
                except BaseException as error:
                    future.set_exception(error)

    def submit(self, argument: Any) -> None:
        future: Future = Future()
        self._pending.append(future)
        self._given.put((future, argument))

    def result(self) -> Any:
        return self._pending.popleft().result()

    def close(self) -> None:
        for future in self._pending:
            future.cancel()
        for _ in range(self._count):
            self._given.put(None)


class Processes:
    """A pool of processes, each with a pipe of its own, given arguments in turn.

    On Linux they are forks, so that anything can be `function`; they must not use JAX, whose
    threads they lack. Elsewhere they are started anew and `function` must be picklable. NumPy's and
    Python's global random numbers begin in each from `seed` and its number.
    """

    def __init__(self, function: Callable[[Any], Any], count: int, seed: int) -> None:
        forks = sys.platform == "linux"
        context: Any = multiprocessing.get_context("fork" if forks else "spawn")
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        self._order: deque[int] = deque()
        self._next = 0
        with warnings.catch_warnings():
            # JAX and Python warn of forks beside threads: what holds a lock then holds it for ever
            # in the child.  The children touch nothing but the user's data and NumPy.
            warnings.filterwarnings("ignore", message=".*fork", category=RuntimeWarning)
            warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
            for number in range(count):
                ours, theirs = context.Pipe()
                # A fork inherits our ends of the other pipes; open there, they would keep orphans
                # waiting.
                inherited = [*self._pipes, ours] if forks else []
                process = context.Process(
                    target=serve, args=(function, theirs, [seed, number], inherited), daemon=True
                )
                try:
                    process.start()
                except (pickle.PicklingError, TypeError, AttributeError) as error:
                    self.close()
                    raise TypeError(
                        "The data cannot be sent to another process, because it cannot be pickled. "
                        "Use threads "
                        "(use_multiprocessing=False), or a jaxcnn.utils.Sequence of picklable "
                        "parts."
                    ) from error
                theirs.close()
                self._pipes.append(ours)
                self._processes.append(process)

    def submit(self, argument: Any) -> None:
        with contextlib.suppress(OSError):  # it has died, which `result` reports
            self._pipes[self._next].send(argument)
        self._order.append(self._next)
        self._next = (self._next + 1) % len(self._pipes)

    def result(self) -> Any:
        number = self._order.popleft()
        try:
            fine, value, text = self._pipes[number].recv()
        except (EOFError, OSError):
            self._processes[number].join(FAREWELL)
            raise WorkerError(
                f"A worker process died with exit code {self._processes[number].exitcode} while it "
                "made a batch; "
                "with use_multiprocessing=False the error may show."
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
    function: Callable[[Any], Any],
    pipe: Connection,
    key: Sequence[int],
    inherited: Iterable[Connection],
) -> None:
    """What a worker process does: answer every argument with (True, result, None) or (False, error,
    traceback).
    """
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C goes to the parent, which ends its workers
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
            answer: tuple[bool, Any, str | None] = (True, function(argument), None)
        except Exception as error:
            answer = (False, error, traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception as error:  # it cannot be pickled
            text = answer[2] or traceback.format_exc()
            pipe.send(
                (
                    False,
                    RuntimeError(
                        f"{type(answer[1]).__name__} cannot be sent to the parent: {error}"
                    ),
                    text,
                )
            )


class InOrder:
    """The results of a pool for each argument, in the order of the arguments, `ahead` of them being
    computed.
    """

    def __init__(self, pool: Pool, arguments: Iterable[Any], ahead: int) -> None:
        self._pool, self._arguments, self._ahead = pool, iter(arguments), ahead
        self._waiting = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
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


class Prefetch:
    """The items of an iterator, each made ready by `prepare`, a few in advance.

    A thread of its own pulls and prepares; `ahead` items may lie ready while it holds one more.
    With ``ahead=0`` there is no thread. Items come in order; an error comes where the item would
    have been, with its own traceback.
    """

    def __init__(self, items: Iterator[Any], prepare: Callable[[Any], Any], ahead: int) -> None:
        self._items, self._prepare, self._ahead = items, prepare, ahead
        self._ready: deque[Any] = deque()
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
                found = self._prepare(item)
                with self._changed:
                    self._changed.wait_for(lambda: len(self._ready) < self._ahead or self._stopped)
                    if self._stopped:
                        return
                    self._ready.append(found)
                    self._changed.notify_all()
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def take(
        self, most: int, alike: Callable[[Any, Any], bool], waiting: Callable[[], None]
    ) -> list[Any]:
        """The next item and up to `most` in all that lie ready and are `alike`; an empty list at
        the end.
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
            found = [self._ready.popleft()]
            while len(found) < most and self._ready and alike(found[0], self._ready[0]):
                found.append(self._ready.popleft())
            self._changed.notify_all()
            return found

    def close(self) -> None:
        """End the thread, which is left behind when it does not come back from the user's code."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if isinstance(self._items, InOrder):
            self._items.close()
        if self._thread is not None:
            self._thread.join(FAREWELL)
