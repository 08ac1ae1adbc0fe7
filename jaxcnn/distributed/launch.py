"""Several processes of one job on one machine:
``python -m jaxcnn.launch --processes 2 SCRIPT [ARGUMENTS]``.

Every process runs the script as a job on a cluster would: `jaxcnn.distribute` joins them. What they
print comes out with the number of the process in front; when one fails the others are ended, and
its exit status is that of the job.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from jaxcnn.utils.options import whole

GRACE = 10.0  # seconds between asking a process to end and ending it


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m jaxcnn.launch",
        description="Run a script as a job of several processes on this machine.",
    )
    parser.add_argument("--processes", type=whole(1), default=2, help="how many (default 2)")
    parser.add_argument(
        "--devices", type=whole(1), help="CPU devices of each process; by default what JAX finds"
    )
    parser.add_argument(
        "--port", type=whole(1), help="of the coordinator, process 0; by default a free one"
    )
    parser.add_argument("script", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the script")
    options = parser.parse_args(arguments)
    if not os.path.isfile(options.script):
        parser.error(f"there is no file {options.script}")
    return run(
        [sys.executable, options.script, *options.arguments],
        options.processes,
        options.devices,
        options.port,
    )


def run(
    command: Sequence[str], processes: int, devices: int | None = None, port: int | None = None
) -> int:
    """Run `command` in so many processes that find each other; the exit status of the first that
    failed, or 0.
    """
    address = f"127.0.0.1:{port or free_port()}"
    started = []
    for number in range(processes):
        wiring = {
            "JAX_COORDINATOR_ADDRESS": address,
            "JAX_NUM_PROCESSES": str(processes),
            "JAX_PROCESS_ID": str(number),
            "PYTHONUNBUFFERED": "1",
        }
        if devices is not None:
            flags = os.environ.get("XLA_FLAGS", "")
            wiring["XLA_FLAGS"] = (
                f"{flags} --xla_force_host_platform_device_count={devices}".strip()
            )
        started.append(
            subprocess.Popen(
                list(command),
                env={**os.environ, **wiring},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    readers = [
        threading.Thread(target=relay, args=(n, process)) for n, process in enumerate(started)
    ]
    for reader in readers:
        reader.start()
    handlers = {
        s: signal.signal(s, lambda number, frame: forward(started, number)) for s in FORWARDED
    }
    try:
        status = wait(started)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for reader in readers:
        reader.join()
    return status


FORWARDED = (signal.SIGTERM, signal.SIGINT)


def forward(started: Sequence[subprocess.Popen[str]], number: int) -> None:
    """Hand a signal on to every process."""
    for process in started:
        if process.poll() is None:
            process.send_signal(number)


def wait(started: Sequence[subprocess.Popen[str]]) -> int:
    """Wait until all have ended, or one has failed and the rest were ended; the exit status."""
    while True:
        codes = [process.poll() for process in started]
        failed = next((n for n, code in enumerate(codes) if code not in (None, 0)), None)
        if failed is not None:
            print(
                f"[launch] process {failed} ended with {described(codes[failed])}; ending the "
                "others.",
                flush=True,
            )
            end(started)
            code = codes[failed] or 0
            return code if code > 0 else 128 - code
        if all(code == 0 for code in codes):
            return 0
        time.sleep(0.05)


def end(started: Sequence[subprocess.Popen[str]]) -> None:
    """Let the processes that still run end by themselves, then make them."""
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and any(process.poll() is None for process in started):
        time.sleep(0.05)
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def described(code: int | None) -> str:
    """An exit status in words."""
    return (
        f"signal {signal.Signals(-code).name}"
        if code is not None and code < 0
        else f"status {code}"
    )


def relay(number: int, process: subprocess.Popen[str]) -> None:
    """Print the lines of a process with its number in front."""
    assert process.stdout is not None
    for line in process.stdout:
        sys.stdout.write(f"[{number}] {line}")
        sys.stdout.flush()


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
