"""What the benchmarks share: a process for each contestant, interleaved repeats, medians, tables,
the machine.

Libraries disturb each other inside one process (threads, memory, flags), and a machine changes
speed while one measures. So every contestant lives in its own process, all are kept waiting,
and they are let go in turn, one epoch each, round after round.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from experiments.benchmarks import environments

WARM_UP = 2  # epochs that are not counted
PAUSE = 0.3  # seconds between two contestants, for the threads of the last one to go to sleep
STARTED = "BENCHMARK_PROCESS_STARTED"


@dataclass(frozen=True)
class Contestant:
    """Somebody who is measured.

    Attributes:
        title: in tables.
        module: the module with its function ``train(network, session, **options)``.
        needs: distributions without which it cannot run.
        options: keyword arguments for ``train``.
        environment: variables for its process.
        apart: the name of the environment in which it runs, of `environments`; None for this one.
    """

    title: str
    module: str
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    apart: str | None = None

    @property
    def python(self) -> str:
        """The interpreter that runs it."""
        return sys.executable if self.apart is None else str(environments.interpreter(self.apart))

    def missing(self) -> str | None:
        """What is not installed, as a sentence; None when the contestant can run."""
        if self.apart is not None:
            there = environments.is_complete(self.apart)
            return None if there else "not installed: python -m experiments.benchmarks.environments"
        absent = [name for name in self.needs if importlib.util.find_spec(name) is None]
        return f"not installed: pip install {' '.join(absent)}" if absent else None


def installed(names: Sequence[str], contestants: Mapping[str, Contestant]) -> list[str]:
    """Those of the contestants that can run; what the others lack is printed."""
    able = []
    for name in names:
        if problem := contestants[name].missing():
            print(f"{contestants[name].title}: {problem}")
        else:
            able.append(name)
    return able


class Session:
    """A contestant's end of the line to the benchmark: it says when things happen and waits to be
    let go.

    Attributes:
        mode: 'first step', 'epochs', 'predict', or, with a small network and no waiting, 'check' or
            'check predict'.
        epochs: how many the contestant should train; it is stopped earlier.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.epochs = 3 if mode.startswith("check") else 1_000_000
        # What libraries print must not get between the messages.
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._began = self._epoch_began = self._cpu_began = 0.0

    def begin(self) -> None:
        """Building is over, training begins."""
        self._began = time.time()

    def first_step(self, loss: float) -> NoReturn:
        """Report the times until now and end the process."""
        now = time.time()
        since = {"since_process": now - float(os.environ[STARTED]), "since_fit": now - self._began}
        self._send(loss=loss, cpu=time.process_time(), **since)
        os._exit(0)

    def epoch_begin(self) -> None:
        """Wait until it is our turn."""
        if self.mode in ("epochs", "predict") and not sys.stdin.readline():
            os._exit(0)
        self._epoch_began, self._cpu_began = time.perf_counter(), time.process_time()

    def epoch_end(self, loss: float, times: int = 1, **more: float) -> None:
        """Report the epoch, or what one of the `times` in it took, with `more` figures of the
        contestant's own.
        """
        if self.mode == "first step":  # the contestant makes an epoch in one call
            self.first_step(loss)
        seconds, cpu = (
            time.perf_counter() - self._epoch_began,
            time.process_time() - self._cpu_began,
        )
        seconds, cpu = seconds / times, cpu / times
        self._send(
            loss=loss,
            seconds=seconds,
            cpu=cpu,
            peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **more,
        )

    def repeat(self, work: Callable[[], Any], times: int = 1, **more: float) -> None:
        """Do `work` whenever it is our turn, `times` times, and report the time of one, with `more`
        figures.

        What is reported as the loss depends on all that the work gives, where it is an array.
        """
        for _ in range(self.epochs):
            self.epoch_begin()
            for _ in range(times):
                outputs = work()
            loss = float((outputs**2).sum()) if hasattr(outputs, "dtype") else 0.0
            self.epoch_end(loss, times, **more)

    def report(self, **message: Any) -> None:
        """Report figures of the contestant's own."""
        self._send(**message)

    def _send(self, **message: Any) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()


class Process:
    """A contestant at work in its own process, with the arguments that ``run_contestant``
    understands.
    """

    def __init__(
        self, program: str, contestant: Contestant, arguments: Sequence[str], **environment: str
    ) -> None:
        started = {STARTED: repr(time.time())}
        self._process = subprocess.Popen(
            [contestant.python, "-m", program, "--as", *arguments],
            env={**os.environ, **contestant.environment, **environment, **started},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if not os.environ.get("BENCHMARK_SHOW_ERRORS") else None,
            text=True,
        )
        self._title = contestant.title

    def receive(self) -> dict[str, Any]:
        """The next message.

        Raises:
            RuntimeError: the contestant has failed; the message ends with what it printed.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            errors = self._process.stderr.read() if self._process.stderr else ""
            raise RuntimeError(f"{self._title} failed:\n{errors[-2000:]}")
        message: dict[str, Any] = json.loads(line)
        return message

    def epoch(self) -> dict[str, Any]:
        """Let it train an epoch and wait for its report."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        message = self.receive()
        time.sleep(PAUSE)
        return message

    def close(self) -> None:
        """Tell it to end and wait."""
        try:
            self._process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise RuntimeError(f"{self._title} does not end.") from None


def run_as(contestant: Contestant, networks: Iterable[Any], mode: str) -> None:
    """Be a contestant, in this process, with one network after the other."""
    session = Session(mode)
    module = importlib.import_module(contestant.module)
    for network in networks:
        if mode.endswith("predict"):
            module.predict(network, session, **contestant.options)
        else:
            module.train(network, session, **contestant.options)


def interleaved(processes: Mapping[str, Process], repeats: int) -> dict[str, list[dict[str, Any]]]:
    """The reports of `repeats` epochs of each process, let go in turn after `WARM_UP` rounds."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in processes}
    for _ in range(WARM_UP + repeats):
        for name, process in processes.items():
            found[name].append(process.epoch())
    return {name: messages[WARM_UP:] for name, messages in found.items()}


@dataclass(frozen=True)
class Spread:
    """The median of repeated measurements, with the least and the greatest."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def over(self, other: Spread) -> Spread:
        """The ratios of measurements made side by side."""
        return Spread(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))

    def scaled(self, factor: float) -> Spread:
        return Spread(tuple(value * factor for value in self.values))

    def as_json(self) -> dict[str, Any]:
        return {
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "values": list(self.values),
        }

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({min(self.values):{spec}}-{max(self.values):{spec}})"


def describe_machine() -> dict[str, Any]:
    """Processor, memory, load and the versions of what takes part."""
    packages = {}
    for name in ("jax", "jaxlib", "flax", "optax", "numpy", "keras", "torch"):
        try:
            packages[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            packages[name] = None
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": packages,
        "load_average": os.getloadavg(),
        "date": time.strftime("%Y-%m-%d %H:%M"),
    }


def _processor() -> str:
    try:
        fields = dict(
            line.split(":", 1)
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if ":" in line
        )
    except OSError:
        return platform.processor()
    named = {key.strip(): value.strip() for key, value in fields.items()}
    vectors = [
        flag
        for flag in ("avx2", "avx512f", "avx512_bf16", "amx_tile")
        if flag in named.get("flags", "").split()
    ]
    return f"{named.get('model name', platform.processor())} ({', '.join(vectors)})"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of text as a Markdown table with aligned columns, the first to the left."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    text = []
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("| " + " | ".join(cells) + " |")
        if number == 0:
            text.append(
                "|"
                + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths))
                + "|"
            )
    return "\n".join(text)


def write_json(path: Path, results: Mapping[str, Any]) -> None:
    """Write results, with the machine they were measured on and the command.

    What ``report`` (Markdown) and ``bars`` (title -> label -> length) hold is shown in RESULTS.md.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    given = sys.argv[1:]
    if "--out" in given:  # where the figures go does not change them
        at = given.index("--out")
        given = given[:at] + given[at + 2 :]
    command = " ".join(["python -m", f"experiments.benchmarks.{Path(sys.argv[0]).stem}", *given])
    path.write_text(
        json.dumps({"machine": describe_machine(), "command": command, **results}, indent=1) + "\n"
    )
