"""Several processes of one job: ``python -m jaxcnn.launch --processes 2 SCRIPT [ARGUMENTS]``.

Every process runs the script as a job on a cluster would: `jaxcnn.distribute` joins them. What they
print comes out with the number of the process in front; when one fails the others are ended, and
its exit status is that of the job. For several machines ``--machines a,b`` prints the command that
each of them has to run. With ``--logs DIR`` what each process prints is kept in a folder, and
``--status DIR`` says from anywhere how they are.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from jaxcnn.distributed import job_folder
from jaxcnn.distributed.job_folder import Record, described
from jaxcnn.utils.console import say
from jaxcnn.utils.options import whole

GRACE = 10.0  # seconds between asking a process to end and ending it
PORT = 8476  # of the coordinator of several machines, which all of them have to know
LAST_LINES = 20  # of a process that failed, shown at the end


@dataclasses.dataclass(frozen=True)
class Layout:
    """Which processes of a job run here.

    Attributes:
        processes: how many on each machine.
        machine: the number of this machine.
        machines: how many there are.
        coordinator: host and port of process 0.
        devices: CPU devices of each process; None for what JAX finds.
        logs: the folder for what they print, or None.
    """

    processes: int
    coordinator: str
    machine: int = 0
    machines: int = 1
    devices: int | None = None
    logs: Path | None = None

    @property
    def numbers(self) -> range:
        """The numbers that the processes of this machine have in the job."""
        first = self.machine * self.processes
        return range(first, first + self.processes)

    def environment(self, number: int) -> Mapping[str, str]:
        """The variables by which a process finds the others."""
        wiring = {
            "JAX_COORDINATOR_ADDRESS": self.coordinator,
            "JAX_NUM_PROCESSES": str(self.machines * self.processes),
            "JAX_PROCESS_ID": str(number),
            "PYTHONUNBUFFERED": "1",
        }
        if self.devices is not None:
            flags = os.environ.get("XLA_FLAGS", "")
            count = f"--xla_force_host_platform_device_count={self.devices}"
            wiring["XLA_FLAGS"] = f"{flags} {count}".strip()
        return {**os.environ, **wiring}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m jaxcnn.launch",
        description="Run a script as a job of several processes, on this machine or on several.",
    )
    parser.add_argument(
        "--processes", type=whole(1), default=2, help="how many on a machine (default 2)"
    )
    parser.add_argument(
        "--devices", type=whole(1), help="CPU devices of each process; by default what JAX finds"
    )
    parser.add_argument(
        "--port",
        type=whole(1),
        help=f"of the coordinator, process 0; by default a free one, or {PORT} of several machines",
    )
    parser.add_argument(
        "--machines", help="names of the machines of the job, the first that of process 0: a,b,c"
    )
    parser.add_argument(
        "--machine",
        type=whole(0),
        help="the number of this one among them; without it the commands for all are printed",
    )
    parser.add_argument("--logs", type=Path, metavar="DIR", help="a folder for what each prints")
    parser.add_argument(
        "--status", type=Path, metavar="DIR", help="say how the job with these logs is, in one line"
    )
    parser.add_argument("script", nargs="?", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the script")
    options = parser.parse_args(arguments)
    if options.status is not None:
        return say_status(options.status)
    if options.script is None:
        parser.error("which script is to run? Give a Python file")
    if not os.path.isfile(options.script):
        parser.error(f"there is no file {options.script}")
    machines = options.machines.split(",") if options.machines else []
    if options.machine is not None and options.machine >= max(1, len(machines)):
        parser.error(
            f"--machine is {options.machine}, but --machines names {len(machines)}; "
            "they are counted from 0"
        )
    if machines and options.machine is None:
        print_commands(machines, list(sys.argv[1:] if arguments is None else arguments))
        return 0
    host = machines[0] if machines else "127.0.0.1"
    port = options.port or (PORT if len(machines) > 1 else free_port())
    layout = Layout(
        options.processes,
        f"{host}:{port}",
        options.machine or 0,
        max(1, len(machines)),
        devices=options.devices,
        logs=options.logs,
    )
    return run([sys.executable, options.script, *options.arguments], layout)


def print_commands(machines: Sequence[str], arguments: Sequence[str]) -> None:
    """Print what each machine has to run, all at about the same time."""
    for number, machine in enumerate(machines):
        command = ["python", "-m", "jaxcnn.launch", "--machine", str(number), *arguments]
        print(f"{machine}: {shlex.join(command)}")


def say_status(folder: Path) -> int:
    """Print how a job is; 1 where a process of it failed, 2 where there is none."""
    try:
        line, well = job_folder.status(folder)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    print(line)
    return 0 if well else 1


def run(command: Sequence[str], layout: Layout) -> int:
    """Run `command` in processes that find each other; the exit status of the first that failed,
    or 0.
    """
    if layout.logs is not None:
        layout.logs.mkdir(parents=True, exist_ok=True)
    started = {
        number: subprocess.Popen(
            list(command),
            env=layout.environment(number),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in layout.numbers
    }
    readers = [
        threading.Thread(target=relay, args=(number, process, layout.logs))
        for number, process in started.items()
    ]
    for reader in readers:
        reader.start()
    handlers = {
        s: signal.signal(s, lambda number, frame: forward(list(started.values()), number))
        for s in FORWARDED
    }
    try:
        status, failed = wait(started, layout)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for reader in readers:
        reader.join()
    if failed is not None and layout.logs is not None:
        log = job_folder.log_of(layout.logs, failed)
        say(f"[launch] the end of {log}:")
        say("\n".join(f"    {line}" for line in job_folder.last_lines(log, LAST_LINES)))
    return status


FORWARDED = (signal.SIGTERM, signal.SIGINT)


def forward(started: Sequence[subprocess.Popen[str]], number: int) -> None:
    """Hand a signal on to every process."""
    for process in started:
        if process.poll() is None:
            process.send_signal(number)


def wait(started: Mapping[int, subprocess.Popen[str]], layout: Layout) -> tuple[int, int | None]:
    """Wait until all have ended, or one has failed and the rest were ended.

    Returns:
        (the exit status of the job, the number of the process that failed first or None).
    """
    began = time.time()
    records = {
        number: Record(number, socket.gethostname(), process.pid, began)
        for number, process in started.items()
    }
    note(layout, records)
    while True:
        ended = {
            number: code
            for number, process in started.items()
            if (code := process.poll()) is not None
        }
        new = {n: records[n].with_end(code) for n, code in ended.items() if records[n].code is None}
        if new:
            records.update(new)
            note(layout, records)
        failed = next((number for number, code in ended.items() if code), None)
        if failed is not None:
            say(
                f"[launch] process {failed} ended with {described(ended[failed])}; ending the "
                "others."
            )
            end(list(started.values()))
            for number, process in started.items():
                if records[number].code is None:
                    records[number] = records[number].with_end(process.returncode)
            note(layout, records)
            code = ended[failed]
            return code if code > 0 else 128 - code, failed
        if len(ended) == len(started):
            return 0, None
        time.sleep(0.05)


def note(layout: Layout, records: Mapping[int, Record]) -> None:
    """Write down how the processes are, where there is a folder for it."""
    if layout.logs is not None:
        job_folder.write(layout.logs, layout.machine, list(records.values()))


def end(started: Sequence[subprocess.Popen[str]]) -> None:
    """Let the processes that still run end by themselves, then make them."""
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and any(process.poll() is None for process in started):
        time.sleep(0.05)
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def relay(number: int, process: subprocess.Popen[str], logs: Path | None) -> None:
    """Print the lines of a process with its number in front, and keep them as they are."""
    assert process.stdout is not None
    with process.stdout, contextlib.ExitStack() as stack:
        log = (
            None
            if logs is None
            else stack.enter_context(
                open(job_folder.log_of(logs, number), "a", encoding="utf-8", buffering=1)
            )
        )
        for line in process.stdout:
            if log is not None:
                log.write(line)
            say(f"[{number}] {line}", end="")


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
