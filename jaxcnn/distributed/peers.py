"""When another process of the job is lost, or fails: all end, each with a sentence that names it.

JAX finds out that one is lost, by heartbeats that no Python code can hold up, and aborts the rest.
Which one is told here: each process leaves signs of life with the coordinator, process 0 notes who
leaves none, and the others read that note. A process that fails leaves its error there.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol

import jax

PAUSE = 5.0  # seconds between two signs of life
SILENT = 3 * PAUSE  # after which a process is named where JAX says that one is lost
PATIENCE = 30.0  # seconds for a failing process to do what needs the others
SIGNS, SILENCE, FAILURE = "jaxcnn/signs/", "jaxcnn/silence", "jaxcnn/failure"
ADVICE = "start the job again, and a `fit` with `checkpoint_dir` continues from its last checkpoint"


_current: list[Peers] = []  # one at most


class Board(Protocol):
    """What is used of JAX's client of the coordinator: values that all processes see."""

    def key_value_set(self, key: str, value: str, allow_overwrite: bool = False) -> None: ...
    def key_value_try_get(self, key: str) -> str: ...
    def key_value_dir_get(self, key: str) -> list[tuple[str, str]]: ...
    def key_value_delete(self, key: str) -> None: ...


class Peers:
    """The other processes of the job, watched by a thread of this one.

    Args:
        board: the client of the coordinator.
        number: of this process.
        coordinator: host and port of process 0.
        wait: seconds in which JAX finds out who is lost.
    """

    def __init__(self, board: Board, number: int, coordinator: str, wait: float) -> None:
        self.board, self.number, self.coordinator, self.wait = board, number, coordinator, wait
        self.name = named(number, socket.gethostname())
        self.silence = ""  # who is silent, as process 0 noted it
        self.answered = time.monotonic()  # when the coordinator last answered
        self.heard: dict[str, tuple[str, float]] = {}  # the last sign of each, and when it was new
        self.failed = False  # whether this process does, and has said so
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="peers", daemon=True)
        self._abort_handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(self._explain_abort)

    def begin(self) -> None:
        """Watch until the process ends."""
        self._previous_hook, sys.excepthook = sys.excepthook, self._tell
        if sys.platform != "win32":
            # Python's own handlers run after a signal; after this one there is no Python any more.
            handler = ctypes.cast(self._abort_handler, ctypes.c_void_p)
            ctypes.CDLL(None).signal(ctypes.c_int(signal.SIGABRT), handler)
        atexit.register(self._end)
        _current.append(self)
        self._thread.start()

    # -- signs of life -----------------------------------------------------------------------------

    def _watch(self) -> None:
        for count in range(sys.maxsize):
            with contextlib.suppress(jax.errors.JaxRuntimeError):  # JAX deals with the lost
                sign = f"{socket.gethostname()} {count}"
                self.board.key_value_set(f"{SIGNS}{self.number}", sign, allow_overwrite=True)
                self.answered = time.monotonic()
                if self.number == 0:
                    self._note_silence()
                else:
                    self.silence = self._read(SILENCE)
                if (failure := self._read(FAILURE)) and not self.failed:
                    leave(f"{failure}, so {self.name} ends, too: mend the cause, {ADVICE}.")
            if self._over.wait(PAUSE):
                return

    def _note_silence(self) -> None:
        now = time.monotonic()
        signs = dict(self.board.key_value_dir_get(SIGNS))
        self.heard = {
            key: (sign, self.heard[key][1] if self.heard.get(key, ("",))[0] == sign else now)
            for key, sign in signs.items()
        }
        silence = self._silent()
        if silence != self.silence:
            self.silence = silence
            self.board.key_value_set(SILENCE, silence, allow_overwrite=True)

    def _silent(self) -> str:
        """Whom process 0 has not heard of for long, by what it last saw."""
        now = time.monotonic()
        return "; ".join(
            f"{named(int(key.rpartition('/')[2]), sign.rpartition(' ')[0])} has not been heard of "
            f"for {now - when:.0f} s"
            for key, (sign, when) in sorted(self.heard.items())
            if now - when > SILENT and key != f"{SIGNS}{self.number}"
        )

    def _read(self, key: str) -> str:
        """A value, or nothing where there is none."""
        try:
            return self.board.key_value_try_get(key)
        except jax.errors.JaxRuntimeError as error:
            if "NOT_FOUND" not in str(error):
                raise
            return ""

    # -- the end -----------------------------------------------------------------------------------

    def _explain_abort(self, number: int) -> None:
        """Say who is lost where JAX aborts this process for it, and leave; it aborts otherwise."""
        if self.failed:
            leave()
        # Process 0 may have been stopped itself, and have noted nothing since.
        lost = self._silent() if self.number == 0 else self.silence
        if self.number != 0 and not lost and not self._coordinator_listens():
            lost = f"Process 0 at {self.coordinator} cannot be reached"
        if lost:
            leave(
                f"{lost}, so {self.name} ends, too: look at its log, its machine and the network, "
                f"{ADVICE}."
            )

    def _coordinator_listens(self) -> bool:
        host, _, port = self.coordinator.rpartition(":")
        if time.monotonic() - self.answered > SILENT:
            return False
        try:
            socket.create_connection((host, int(port)), timeout=PAUSE).close()
        except OSError:
            return False
        return True

    def _tell(
        self,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        """Let an error that ends this process end the others; the coordinator must still be there
        when they ask for it.
        """
        if lost_a_peer(error):
            time.sleep(self.wait)  # for JAX, which aborts this process when it knows who it is
        self._previous_hook(kind, error, traceback)
        self.failed = True
        reason = " ".join(f"{kind.__name__}: {error}".split())
        with contextlib.suppress(jax.errors.JaxRuntimeError):  # another has failed before
            self.board.key_value_set(FAILURE, f"{self.name} failed ({reason})")
        if self.number == 0:
            time.sleep(2 * PAUSE)

    def give_up(self, error: BaseException) -> None:
        """End this process, and the others, by an error that cannot leave it otherwise."""
        self._tell(type(error), error, error.__traceback__)
        leave()

    def _end(self) -> None:
        """Leave the others before JAX waits for them; at once where this process fails."""
        if self.failed:
            leave()
        self._over.set()
        self._thread.join(PAUSE)
        with contextlib.suppress(jax.errors.JaxRuntimeError):
            self.board.key_value_delete(f"{SIGNS}{self.number}")


@contextlib.contextmanager
def returning_soon(error: BaseException | None) -> Iterator[None]:
    """Within the block this process does something together with the others while an error ends
    what it did: where they do not, as it is an error of this process alone, it ends the job.
    """
    if error is None or not _current:
        yield
        return
    timer = threading.Timer(PATIENCE, _current[0].give_up, (error,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def named(number: int, host: str) -> str:
    """A process in messages."""
    return f"process {number} on {host}"


def lost_a_peer(error: BaseException) -> bool:
    """Whether an error says that another process could not be reached, but not which."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    words = ("Gloo", "NCCL", "Barrier", "UNAVAILABLE", "DEADLINE_EXCEEDED", "coordination")
    return any(
        isinstance(each, jax.errors.JaxRuntimeError) and any(word in str(each) for word in words)
        for each in causes
    )


def leave(sentence: str = "") -> None:
    """End this process at once, whatever its other threads wait for."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    if sentence:
        os.write(2, f"\n{sentence[0].upper()}{sentence[1:]}\n".encode())
    os._exit(1)
