"""A SLURM of two nodes on this machine, in a folder of its own, for as long as the tests run.

It needs root: the names of the nodes are known only in a namespace of its own, and `munged`,
`slurmctld` and the two `slurmd` run there. What is ended afterwards is what was started here.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "unshare")
NODES = ("n1", "n2")
ROOT = Path(__file__).parents[2]  # where jobs are submitted

# cred_expire: a requeued job waits for it, two minutes otherwise.

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=15
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=60
SlurmdTimeout=10
MinJobAge=3600
SchedulerParameters=sched_interval=2,sched_min_interval=100000
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=4 State=UNKNOWN
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why there can be no SLURM here, or nothing."""
    if os.geteuid() != 0:
        return "a SLURM of its own needs root"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return (
        f"{', '.join(absent)} not installed (apt install slurmctld slurmd munge)" if absent else ""
    )


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    """The cluster; its commands run in the namespace where the nodes have names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("munge", "state"):
            (folder / name).mkdir(parents=True)
        key = folder / "munge" / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        host = socket.gethostname()
        text = CONFIGURATION.format(host=host, folder=folder, ports=free_ports(3))
        (folder / "slurm.conf").write_text(text)
        hosts = Path("/etc/hosts").read_text() + f"\n127.0.0.1 {host} n1 n2\n"
        (folder / "hosts").write_text(hosts)
        # A process that holds the namespace open.
        hold = f"mount --bind {folder}/hosts /etc/hosts && exec sleep infinity"
        self.holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", hold])
        self.environment = {**os.environ, "SLURM_CONF": f"{folder}/slurm.conf"}
        time.sleep(0.5)
        munge = folder / "munge"
        self.daemons = [
            self.started(
                f"munged --foreground --force --key-file={munge}/key --socket={munge}/socket "
                f"--pid-file={munge}/pid --log-file={munge}/log --seed-file={munge}/seed"
            ),
            self.started(f"slurmctld -D -c -f {folder}/slurm.conf"),
        ]
        self.nodes = {node: self.start_node(node) for node in NODES}
        self.wait_for(lambda: self.run("sinfo -h -o %t").split() == ["idle"], "two idle nodes", 60)

    def inside(self, command: str) -> list[str]:
        namespace = f"--mount=/proc/{self.holder.pid}/ns/mnt"
        return ["nsenter", namespace, f"--wd={ROOT}", *shlex.split(command)]

    def started(self, command: str) -> subprocess.Popen[bytes]:
        with open(self.folder / "daemons.log", "ab") as log:
            return subprocess.Popen(
                self.inside(command), env=self.environment, stdout=log, stderr=log
            )

    def start_node(self, node: str) -> subprocess.Popen[bytes]:
        return self.started(f"slurmd -D -N {node} -c -f {self.folder}/slurm.conf")

    def run(self, command: str, **environment: str) -> str:
        result = subprocess.run(
            self.inside(command),
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return result.stdout + result.stderr

    def submit(self, options: str, script: Path, arguments: str, **environment: str) -> str:
        """The number of a new job."""
        said = self.run(f"sbatch --parsable {options} {script} {arguments}", **environment)
        job = said.split()[-1] if said.split() else ""
        assert job.isdigit(), said
        return job

    def facts(self, job: str) -> dict[str, str]:
        words = self.run(f"scontrol show job {job} -o").split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def wait_for(self, holds, meaning: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"no {meaning} within {seconds} s"
            time.sleep(0.2)

    def wait_for_end(self, job: str, seconds: float = 240) -> str:
        """The state in which a job ends."""
        ended = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL")
        self.wait_for(
            lambda: self.facts(job).get("JobState") in ended, f"end of job {job}", seconds
        )
        return self.facts(job)["JobState"]

    def processes(self, *words: str) -> Iterator[int]:
        """What runs in this cluster: the processes with its configuration, and these words, among
        their variables.
        """
        ours = f"SLURM_CONF={self.folder}/slurm.conf"
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    variables = (entry / "environ").read_text(errors="replace").split("\0")
                    if {ours, *words} <= set(variables):
                        yield int(entry.name)

    def kill_node(self, node: str) -> None:
        """As if the machine had lost its power."""
        tasks = list(self.processes(f"SLURMD_NODENAME={node}"))
        self.nodes[node].kill()
        for pid in tasks:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                keeper = int(fields[1])  # slurmstepd, which is below no daemon
                if "slurmstepd" in Path(f"/proc/{keeper}/cmdline").read_text():
                    os.kill(keeper, signal.SIGKILL)
                os.kill(pid, signal.SIGKILL)
        self.nodes[node].wait()

    def stop(self) -> None:
        for _ in range(2):  # what one has started while it ended, too
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.holder.kill()
        for process in (*self.nodes.values(), *self.daemons, self.holder):
            process.wait()
