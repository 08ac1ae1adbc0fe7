"""Leaving in time: a job that is asked to end (SIGTERM) saves its state first."""

from __future__ import annotations

import contextlib
import itertools
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import jax

# "Temporary failure" in sysexits.h: schedulers that retry failed jobs retry this one.
EXIT_STATUS = 75


class Preempted(SystemExit):
    """The process was asked to end; a checkpoint was saved, from which the same call continues."""

    def __init__(self, message: str) -> None:
        super().__init__(EXIT_STATUS)
        self.message = message

    def __str__(self) -> str:
        return self.message


@contextlib.contextmanager
def preemption(watching: bool) -> Iterator[Callable[[], bool]]:
    """Within the block, a function that returns whether to save and leave now.

    It is to be called after each call to the device. One process learns of it from SIGTERM. The
    processes of a job ask JAX, which hears of the signal that any of them got and lets all of them
    stop at the same step. Nothing is noticed where it is not `watching`.
    """
    if not watching:
        yield lambda: False
        return
    if jax.process_count() > 1:
        from jax.experimental import multihost_utils

        # The processes agree on one of these numbers, so none may be left out, and nobody else may
        # ask with numbers of their own.
        asked_before = itertools.count()
        yield lambda: bool(multihost_utils.reached_preemption_sync_point(next(asked_before)))
        return
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield lambda: False  # somebody else handles the signal
        return
    asked = False

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGTERM, remember)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
