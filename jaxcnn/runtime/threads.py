"""How many threads compute on the CPU: as many as this process may use, or as the user says."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from collections.abc import Iterator
from pathlib import Path

NAME = "JAXCNN_THREADS"
OF_XLA = "NPROC"  # where XLA looks for the number of its threads, before its first computation

# The files of control groups, of both versions, that say how much of a period of time is theirs.
QUOTA_2, QUOTA_1, PERIOD_1 = "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us"


def thread_count() -> int:
    """``JAXCNN_THREADS``, or else the number of the processors that the process may use.

    Those are the ones that it may run on, or fewer where its control group has less of their time,
    as in a container that was given two processors of many.

    Raises:
        ValueError: ``JAXCNN_THREADS`` is no positive integer.
    """
    given = os.environ.get(NAME)
    if given is None:
        return available()
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(
            f"The environment variable {NAME} is {given!r}; it must be a positive integer, the "
            "number of threads that compute."
        )
    return int(given)


def limit_threads() -> None:
    """Let XLA make `thread_count` threads, where it would make others by itself.

    It counts the processors that the process may run on, whatever its share of their time. It must
    be told before JAX makes its first array.
    """
    if NAME in os.environ:
        os.environ[OF_XLA] = str(thread_count())
    elif thread_count() < runnable():
        os.environ.setdefault(OF_XLA, str(thread_count()))


def available() -> int:
    """The number of processors whose time this process may have."""
    return max(1, math.ceil(min(runnable(), cgroup_limit())))


def runnable() -> int:
    """The number of processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def cgroup_limit(
    membership: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> float:
    """How many processors' time the control groups of this process leave it; infinite without one.

    Args:
        membership: the kernel's list of the groups of this process.
        root: where the groups are, of version 2, or those of version 1 by their controllers.
    """
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:  # no Linux
        return math.inf
    limits = [math.inf]
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if not controllers:
            limits += [limit for folder in upwards(root, group) for limit in limits_of_2(folder)]
        elif "cpu" in controllers.split(","):
            for name in dict.fromkeys([controllers, "cpu"]):
                folders = upwards(root / name, group)
                limits += [limit for folder in folders for limit in limits_of_1(folder)]
    return min(limits)


def upwards(root: Path, group: str) -> Iterator[Path]:
    """The folder of a group, and those of the groups around it up to the root."""
    folder = root / group.lstrip("/")
    yield folder
    while folder != root:
        folder = folder.parent
        yield folder


def limits_of_2(folder: Path) -> Iterator[float]:
    """The processors that a group of version 2 has, if it says so."""
    with contextlib.suppress(OSError, ValueError):
        quota, period = (folder / QUOTA_2).read_text(encoding="utf-8").split()
        if quota != "max":
            yield int(quota) / int(period)


def limits_of_1(folder: Path) -> Iterator[float]:
    """The processors that a group of version 1 has, if it says so."""
    with contextlib.suppress(OSError, ValueError):
        quota, period = (
            int((folder / name).read_text(encoding="utf-8")) for name in (QUOTA_1, PERIOD_1)
        )
        if quota > 0:
            yield quota / period
