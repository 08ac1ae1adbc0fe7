"""What the processes of a launched job print, and how they are, in a folder.

Each process has a log, ``process-3.log``, and each machine a record of its processes,
``machine-0.json``; a folder that all machines see so tells of the whole job.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import socket
import time
from pathlib import Path

from jaxcnn.utils.files import atomic_write


@dataclasses.dataclass(frozen=True)
class Record:
    """One process.

    Attributes:
        number: its number in the job.
        host: the machine it runs on.
        pid: its number there.
        started, ended: seconds since 1970; `ended` is None while it runs.
        code: how it ended, as `subprocess` says it; None while it runs.
    """

    number: int
    host: str
    pid: int
    started: float
    ended: float | None = None
    code: int | None = None

    def with_end(self, code: int) -> Record:
        return dataclasses.replace(self, ended=time.time(), code=code)

    @property
    def alive(self) -> bool:
        """Whether it runs, as far as can be seen from here."""
        if self.code is not None:
            return False
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def log_of(folder: Path, number: int) -> Path:
    """The file with what a process prints."""
    return folder / f"process-{number}.log"


def write(folder: Path, machine: int, records: list[Record]) -> None:
    """Write down how the processes of a machine are."""
    with atomic_write(folder / f"machine-{machine}.json", "w") as file:
        json.dump([dataclasses.asdict(record) for record in records], file, indent=1)


def read(folder: Path) -> list[Record]:
    """How the processes of all machines are.

    Raises:
        FileNotFoundError: no job was launched with this folder.
    """
    files = sorted(folder.glob("machine-*.json"))
    if not files:
        raise FileNotFoundError(
            f"{folder} has no records of a job; launch it with --logs {folder}."
        )
    records = [Record(**entry) for file in files for entry in json.loads(file.read_text())]
    return sorted(records, key=lambda record: record.number)


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log that are not empty."""
    with contextlib.suppress(OSError):
        text = path.read_text(encoding="utf-8", errors="replace")
        return [line for line in text.splitlines() if line.strip()][-count:]
    return []


def status(folder: Path) -> tuple[str, bool]:
    """(all processes in one line, whether none has failed)."""
    records = read(folder)
    running = [record for record in records if record.alive]
    done = [record for record in records if record.code == 0]
    failed = [record for record in records if record not in running and record.code != 0]
    hosts = len({record.host for record in records})
    words = [f"{len(records)} processes on {hosts} machine{'s' if hosts > 1 else ''}"]
    if running:
        times = [log_of(folder, record.number).stat().st_mtime for record in running]
        since = max(0.0, time.time() - min(times))
        words.append(f"{len(running)} running, each heard of in the last {since:.0f} s")
    if done:
        words.append(f"{len(done)} done")
    # What failed first is the cause of what failed after it.
    for record in sorted(failed, key=lambda record: record.ended or 0.0)[:1]:
        said = last_lines(log_of(folder, record.number), 1)
        ending = "vanished" if record.code is None else f"ended with {described(record.code)}"
        after = "" if record.ended is None else f" after {record.ended - record.started:.0f} s"
        last = f": {said[0]}" if said else ""
        words.append(
            f"{len(failed)} failed, first process {record.number} on {record.host}, which {ending}"
            f"{after}{last}"
        )
    return "; ".join(words), not failed


def described(code: int) -> str:
    """An exit status in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
