"""Two hosts on this machine: each a network, a name and mounts of its own, joined by a wire.

It needs root. The hosts are namespaces that end with the processes holding them open; what is ended
afterwards is what was started here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = ("ip", "unshare", "nsenter", "mount", "hostname")
ROOT = Path(__file__).parents[2]
WIRE = Path(__file__).with_name("wire.py")
PORT = 8476  # of the coordinator; the hosts have all ports to themselves


def missing() -> str:
    """Why there can be no such hosts here, or nothing."""
    if os.geteuid() != 0:
        return "hosts of their own networks need root"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} not installed (apt install iproute2 util-linux)"
    probe = subprocess.run(["unshare", "--net", "--uts", "--mount", "true"], capture_output=True)
    return "namespaces are not permitted here" if probe.returncode else ""


class Hosts:
    """`host0` and `host1`.

    Args:
        folder: for their names and what their processes print.
        wire: (milliseconds a packet is late, share of packets that are lost): the hosts are joined
            by a program that does this to them, as kernels without `sch_netem` cannot. Without it
            they are joined by a pair of virtual Ethernet devices.
    """

    def __init__(self, folder: Path, wire: tuple[int, float] | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        names = "".join(f"{self.address(number)} host{number}\n" for number in (0, 1))
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n{names}")
        self.started: list[subprocess.Popen[bytes]] = []
        self.holders = [self.holder(number) for number in (0, 1)]
        time.sleep(0.5)
        self.wire: subprocess.Popen[bytes] | None = None
        first, second = (str(each.pid) for each in self.holders)
        if wire is None:
            ip(
                "link",
                "add",
                "wire",
                "netns",
                first,
                "type",
                "veth",
                "peer",
                "wire",
                "netns",
                second,
            )
        else:
            late, lost = map(str, wire)
            self.wire = subprocess.Popen([sys.executable, WIRE, first, second, late, lost])
            time.sleep(1)
        for number in (0, 1):
            self.ip(number, "addr", "add", f"{self.address(number)}/24", "dev", "wire")
            self.ip(number, "link", "set", "lo", "up")
            self.ip(number, "link", "set", "wire", "up")

    def address(self, number: int) -> str:
        return f"10.77.0.{number + 1}"

    def holder(self, number: int) -> subprocess.Popen[bytes]:
        """A process that holds the namespaces of a host open."""
        hold = f"hostname host{number} && mount --bind {self.folder}/hosts /etc/hosts"
        return subprocess.Popen(
            ["unshare", "--net", "--uts", "--mount", "sh", "-c", f"{hold} && exec sleep infinity"]
        )

    def inside(self, number: int, *command: str) -> list[str]:
        pid = self.holders[number].pid
        spaces = [f"--{name}=/proc/{pid}/ns/{file}" for name, file in SPACES.items()]
        return ["nsenter", *spaces, f"--wd={ROOT}", *command]

    def ip(self, number: int, *arguments: str) -> None:
        subprocess.run(self.inside(number, "ip", *arguments), check=True)

    def cut(self) -> None:
        """Host 1 loses its network; host 0 sends into the void."""
        self.ip(1, "link", "set", "wire", "down")

    def mend(self) -> None:
        self.ip(1, "link", "set", "wire", "up")

    def start(
        self, number: int, log: str, *command: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """A process of a job of two, on its host; what it prints is in a log of the folder."""
        wiring = {
            "JAX_COORDINATOR_ADDRESS": f"{self.address(0)}:{PORT}",
            "JAX_NUM_PROCESSES": "2",
            "JAX_PROCESS_ID": str(number),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "XLA_FLAGS": "--xla_force_host_platform_device_count=1",
        }
        process = subprocess.Popen(
            self.inside(number, *command),
            env={**os.environ, **wiring, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        with process.stdout, open(self.log(log, number), "wb") as file:
            # By another process: limits of the first one's files are not those of its log.
            self.started += [process, subprocess.Popen(["cat"], stdin=process.stdout, stdout=file)]
        return process

    def log(self, name: str, number: int) -> Path:
        return self.folder / f"{name}_{number}.log"

    def stop(self) -> None:
        processes = [*self.started, *self.holders, *([self.wire] if self.wire else [])]
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()


SPACES = {"net": "net", "uts": "uts", "mount": "mnt"}


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
