"""Pools and the thread that reads ahead, apart from any training."""

import multiprocessing
import signal
import threading
import time

import numpy as np
import pytest

from jaxcnn.training.input.workers import (
    InOrder,
    Prefetch,
    Processes,
    Threads,
    WorkerError,
    Workers,
    serve,
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"queue": 0}, "`max_queue_size` is 0; it must be an integer from 1"),
        ({"queue": 1.5}, "`max_queue_size` is 1.5"),
        ({"count": -1}, "`workers` is -1; it must be an integer from 0"),
        ({"timeout": 0}, "`batch_timeout` is 0"),
        ({"timeout": float("nan")}, "`batch_timeout` is nan"),
        ({"processes": True, "count": 0}, "processes need at least 1"),
    ],
)
def test_workers_that_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        Workers(**options)


def test_workers_that_can_be():
    assert (Workers().queue, Workers().count, Workers().processes) == (10, 1, False)
    assert Workers().timeout == 600.0
    Workers(queue=np.int64(1), count=0, timeout=0.5)
    Workers(count=1, processes=True)


class Recorder:
    """A pool that notes what is in it."""

    def __init__(self):
        self.waiting, self.most, self.closed = [], 0, 0

    def submit(self, argument):
        self.waiting.append(argument)
        self.most = max(self.most, len(self.waiting))

    def result(self):
        return self.waiting.pop(0)

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("ahead", [1, 2, 10])
def test_as_many_are_in_the_pool_as_may_be(ahead):
    pool = Recorder()
    results = InOrder(pool, range(5), ahead)
    assert next(results) == 0 and len(pool.waiting) == min(ahead, 5) - 1
    assert list(results) == [1, 2, 3, 4] and pool.most == min(ahead, 5)
    with pytest.raises(StopIteration):
        next(results)
    results.close()
    assert pool.closed == 1


def test_no_arguments():
    assert list(InOrder(Recorder(), [], 2)) == []


def test_threads_answer_in_order_and_pass_errors_on():
    def reciprocal(x):
        time.sleep(0.02 * (x == 1))
        return 1 / x

    pool = Threads(reciprocal, 2)
    names = {t.name for t in threading.enumerate() if t.name.startswith("jaxcnn-worker_")}
    assert {"jaxcnn-worker_0", "jaxcnn-worker_1"} <= names
    for x in (1, 0, 4):
        pool.submit(x)
    assert pool.result() == 1
    with pytest.raises(ZeroDivisionError):
        pool.result()
    assert pool.result() == 0.25
    pool.close()


def test_closed_threads_end_and_begin_nothing_more():
    done, gate = [], threading.Event()

    def work(x):
        gate.wait(5)
        done.append(x)

    before = set(threading.enumerate())
    pool = Threads(work, 1)
    threads = set(threading.enumerate()) - before
    pool.submit(1)
    time.sleep(0.05)
    pool.submit(2)
    pool.close()
    gate.set()
    for thread in threads:
        assert thread.daemon
        thread.join(5)
        assert not thread.is_alive()
    assert done == [1]


def test_processes_take_turns_and_have_their_own_random_numbers():
    import os
    import random

    def draw(_):
        return os.getpid(), float(np.random.random()), random.random()

    def draws(seed):
        pool = Processes(draw, 3, seed)
        try:
            for i in range(6):
                pool.submit(i)
            results = [pool.result() for _ in range(6)]
            assert [pid for pid, *_ in results] == [p.pid for p in pool._processes] * 2
        finally:
            pool.close()
        return [numbers for _, *numbers in results]

    first, again, other = draws(3), draws(3), draws(4)
    assert first == again
    assert len({a for a, _ in first + other}) == len({b for _, b in first + other}) == 12


def test_a_worker_ends_with_its_parent_and_leaves_ctrl_c_to_it():
    ours, theirs = multiprocessing.Pipe()
    inherited, _ = multiprocessing.Pipe()
    handler, state = signal.getsignal(signal.SIGINT), np.random.get_state()
    handlers = []
    ours.send("argument")
    ours.close()  # the parent has died: the answer cannot be sent
    try:
        serve(lambda _: handlers.append(signal.getsignal(signal.SIGINT)), theirs, [0], [inherited])
        assert handlers == [signal.SIG_IGN] and inherited.closed
        serve(handlers.append, theirs, [0], [])
        assert len(handlers) == 1
    finally:
        signal.signal(signal.SIGINT, handler)
        np.random.set_state(state)


def test_errors_of_processes():
    import os

    class Unsendable(Exception):
        def __reduce__(self):
            raise TypeError("not this one")

    def work(x):
        if x == "raise":
            raise KeyError("missing")
        if x == "unsendable":
            raise Unsendable
        if x == "lambda":
            return lambda: None
        if x == "die":
            os._exit(3)
        return x

    pool = Processes(work, 1, 0)
    try:
        for x in ("raise", "unsendable", "lambda", "fine"):
            pool.submit(x)
        with pytest.raises(KeyError, match="missing") as raised:
            pool.result()
        cause = raised.value.__cause__
        assert isinstance(cause, WorkerError) and "in a worker process:\n\nTrace" in str(cause)
        with pytest.raises(RuntimeError, match="Unsendable cannot be sent to the parent") as raised:
            pool.result()
        assert "raise Unsendable" in str(raised.value.__cause__)
        with pytest.raises(RuntimeError, match="function cannot be sent to the parent"):
            pool.result()
        assert pool.result() == "fine"
        pool.submit("die")
        with pytest.raises(WorkerError, match="died with exit code 3 while it made a batch"):
            pool.result()
        pool.submit("anything")  # which is reported by `result`, not here
        with pytest.raises(WorkerError, match="exit code 3"):
            pool.result()
    finally:
        pool.close()
    assert all(process.exitcode is not None for process in pool._processes)


def alike(first, second):
    return first // 10 == second // 10


def ready(prefetch, count):
    deadline = time.monotonic() + 5
    while len(prefetch._ready) < count and time.monotonic() < deadline:
        time.sleep(0.001)


def test_items_that_lie_ready_are_taken_together_while_they_are_alike():
    prefetch = Prefetch(iter([1, 2, 3, 11, 12]), lambda item: item * 1, 5)
    ready(prefetch, 5)
    assert prefetch.take(2, alike, lambda: None) == [1, 2]
    assert prefetch.take(9, alike, lambda: None) == [3]
    assert prefetch.take(1, alike, lambda: None) == [11]
    assert prefetch.take(9, alike, lambda: None) == [12]
    assert prefetch.take(9, alike, lambda: None) == []
    prefetch.close()


def test_the_next_item_alone_decides_whether_it_is_taken():
    prefetch = Prefetch(iter([1, 2, 3, 11]), lambda item: item, 5)
    ready(prefetch, 4)
    assert prefetch.take(9, alike, lambda: None) == [1, 2, 3]
    assert prefetch.take(9, alike, lambda: None) == [11]
    prefetch.close()


def test_without_a_thread_items_come_one_by_one():
    pulled = []
    items = (pulled.append(i) or i for i in range(3))
    prefetch = Prefetch(items, lambda item: item + 100, 0)
    assert pulled == [] and prefetch.take(5, alike, lambda: None) == [100] and pulled == [0]
    assert prefetch.take(5, alike, lambda: None) == [101]
    assert prefetch.take(5, alike, lambda: None) == [102]
    assert prefetch.take(5, alike, lambda: None) == []
    prefetch.close()


@pytest.mark.parametrize("ahead", [1, 3])
def test_one_more_is_prepared_than_may_lie_ready(ahead):
    prepared = []
    prefetch = Prefetch(iter(range(20)), lambda item: prepared.append(item) or item, ahead)
    ready(prefetch, ahead)
    time.sleep(0.05)
    assert len(prefetch._ready) == ahead and len(prepared) == ahead + 1
    prefetch.close()
    assert not prefetch._thread.is_alive() and len(prepared) == ahead + 1


def test_an_error_comes_after_the_items_before_it():
    def prepare(item):
        if item == 2:
            raise OSError("broken")
        return item

    prefetch = Prefetch(iter([0, 1, 2, 3]), prepare, 5)
    taken = []
    with pytest.raises(OSError, match="broken"):
        for _ in range(4):
            taken += prefetch.take(1, alike, lambda: None)
    assert taken == [0, 1]
    prefetch.close()


def test_somebody_who_waits_is_called_from_time_to_time():
    gate, calls = threading.Event(), []

    def items():
        gate.wait(5)
        yield 7

    def waiting():
        calls.append(1)
        gate.set()

    prefetch = Prefetch(items(), lambda item: item, 1)
    assert prefetch.take(1, alike, waiting) == [7] and calls
    prefetch.close()


def test_closing_closes_the_pool():
    pool = Recorder()
    Prefetch(InOrder(pool, [], 1), lambda item: item, 0).close()
    assert pool.closed == 1
