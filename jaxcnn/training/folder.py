"""The folder of a run: one that can be written, and that one job writes at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jax

LOCK = ".lock"
# Folders that a process holds: a file lock does not keep the threads of one process apart.
_held: set[tuple[Path, int]] = set()


def writable_folder(directory: str | Path) -> Path:
    """The absolute path of a folder, which is made where it does not exist.

    Raises:
        OSError: it cannot be made or written.
    """
    folder = Path(directory).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        raise type(error)(
            error.errno,
            f"The checkpoint folder cannot be written ({error.strerror})",
            str(folder),
        ) from None
    return folder


@contextlib.contextmanager
def held_by_this_job(folder: Path) -> Iterator[None]:
    """Within the block no other job, nor another thread of this one, may write into the folder.

    The system takes the lock from a process that ends, however it ends; children that live on do
    not keep it. Of a job of several processes the first holds it.

    Raises:
        RuntimeError: somebody else holds it.
    """
    if sys.platform == "win32" or jax.process_index() != 0:
        yield
        return
    import fcntl

    holder = folder, os.getpid()
    if holder in _held:
        raise RuntimeError(in_use(folder, f"another fit of this process ({os.getpid()})"))
    with open(folder / LOCK, "a+", encoding="utf-8") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                file.seek(0)
                raise RuntimeError(in_use(folder, file.read() or "another process")) from None
            # A file system without locks: the folder is used without one.
        file.truncate(0)
        file.write(f"process {os.getpid()} on host {socket.gethostname()}")
        file.flush()
        _held.add(holder)
        try:
            yield
        finally:
            _held.discard(holder)


def in_use(folder: Path, holder: str) -> str:
    """Why a job may not write into a folder."""
    return (
        f"Another job writes its checkpoints into {folder}: {holder}. Give this one a folder of "
        "its own, or wait until the other has ended."
    )
