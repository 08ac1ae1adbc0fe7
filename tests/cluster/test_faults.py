"""Faults between hosts: each job goes on to the same bits, or ends within 90 s with a sentence that
names the process, and the rerun continues to the same bits. What was measured is in
experiments/cluster/FAULTS.md.
"""

import contextlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from .hosts import Hosts, missing

JOB = str(Path(__file__).with_name("job.py"))
LIMIT = 90  # seconds from the fault to the end
SILENT = r"Process {} on host{} has not been heard of for \d+ s, so process {} on host{} ends, too"
UNREACHABLE = r"Process 0 at 10\.77\.0\.1:\d+ cannot be reached, so process 1 on host1 ends, too"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there are hosts"),
]


class Job:
    """A training of two processes, one on each host, and what it leaves."""

    def __init__(self, folder, name, epochs=8, wire=None):
        self.name, self.epochs, self.folder = name, epochs, folder / name
        self.checkpoints = self.folder / "checkpoints"
        self.hosts = Hosts(self.folder, wire)
        self.processes, self.log, self.began = [], "", 0.0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.hosts.stop()

    def start(self, log="first", ahead=0):
        """Start both; the clock of host 1 is so many seconds ahead of that of host 0."""
        self.log = log
        clock = {}
        if ahead:
            clock = {"CLOCK_AHEAD": str(ahead), "LD_PRELOAD": str(wrong_clock(self.folder))}
        settings = [f"checkpoints={self.checkpoints}", f"epochs={self.epochs}", "slowly=0.5"]
        command = [sys.executable, JOB, str(self.folder / log), "fsdp=1", *settings]
        self.processes = [
            self.hosts.start(number, log, *command, **(clock if number else {}))
            for number in (0, 1)
        ]

    def said(self, number):
        return self.hosts.log(self.log, number).read_text(errors="replace")

    def wait_for_step(self, step):
        end = time.monotonic() + 400
        while f"done {step}\n" not in self.said(0):
            assert all(process.poll() is None for process in self.processes), self.said(0)
            assert time.monotonic() < end, self.said(0)
            time.sleep(0.1)
        self.began = time.monotonic()  # of the fault

    def ends_of(self, *numbers, within=LIMIT):
        """The exit statuses of processes, which must have ended in time; prints what they say."""
        for number in numbers:
            self.processes[number].wait(max(0.1, self.began + within - time.monotonic()))
            seconds = time.monotonic() - self.began
            last = self.said(number).strip().splitlines()[-1:]
            print(f"{self.name}: process {number} ended after {seconds:.0f} s: {last}")
        return [self.processes[number].returncode for number in numbers]

    def result(self):
        return dict(np.load(f"{self.folder / self.log}_0.npz"))

    def goes_on_to(self, expected, within=400):
        assert self.ends_of(0, 1, within=within) == [0, 0], self.said(0) + self.said(1)
        assert_same(self.result(), expected)

    def rerun_goes_on_to(self, expected):
        """Nothing is half-written, and the same command ends with the same bits."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.start("again")
        self.began = time.monotonic()
        self.goes_on_to(expected)
        (resumed,) = re.findall(r"Resumed at.*", self.said(0))
        print(f"{self.name}: {resumed}")
        for number in (0, 1):
            assert "damaged" not in self.said(number)
        assert not [path.name for path in self.checkpoints.iterdir() if "tmp" in path.name]


def wrong_clock(folder):
    """The library that makes the clock of a process wrong, built in `folder`."""
    library = folder / "clock.so"
    if not library.exists():
        source = str(Path(__file__).with_name("clock.c"))
        command = ["gcc", "-O1", "-shared", "-fPIC", "-o", str(library), source, "-ldl"]
        subprocess.run(command, check=True)
    return library


@contextlib.contextmanager
def disk(folder, size):
    """A disk of its own at `folder`, before there are hosts that see it."""
    folder.mkdir(parents=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def assert_same(result, expected):
    for name in expected.keys() - {key for key in expected if key.startswith("began")}:
        np.testing.assert_array_equal(result[name], expected[name], err_msg=name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="module")
def undisturbed(folder):
    """What the training gives by its number of epochs."""
    results = {}

    def of(epochs):
        if epochs not in results:
            with Job(folder, f"undisturbed{epochs}", epochs) as job:
                job.start()
                job.began = time.monotonic()
                assert job.ends_of(0, 1, within=400) == [0, 0], job.said(0) + job.said(1)
                results[epochs] = job.result()
        return results[epochs]

    return of


def test_a_link_that_is_cut_for_5_seconds(folder, undisturbed):
    with Job(folder, "cut-for-5-s") as job:
        job.start()
        job.wait_for_step(9)
        job.hosts.cut()
        time.sleep(5)
        job.hosts.mend()
        job.goes_on_to(undisturbed(8))


def test_a_link_that_is_cut_for_120_seconds(folder, undisturbed):
    with Job(folder, "cut-for-120-s") as job:
        job.start()
        job.wait_for_step(9)
        job.hosts.cut()
        assert job.ends_of(0, 1) == [1, 1]
        assert re.search(SILENT.format(1, 1, 0, 0), job.said(0))
        assert re.search(UNREACHABLE, job.said(1))
        time.sleep(max(0.0, job.began + 120 - time.monotonic()))
        job.hosts.mend()
        job.rerun_goes_on_to(undisturbed(8))


def test_packets_that_are_200_ms_late_and_1_percent_lost(folder, undisturbed):
    with Job(folder, "late", epochs=3, wire=(200, 0.01)) as job:
        job.start()
        job.began = time.monotonic()
        job.goes_on_to(undisturbed(3), within=900)


def test_a_process_that_is_stopped_for_5_seconds(folder, undisturbed):
    with Job(folder, "stopped-for-5-s") as job:
        job.start()
        job.wait_for_step(9)
        job.processes[1].send_signal(signal.SIGSTOP)
        time.sleep(5)
        job.processes[1].send_signal(signal.SIGCONT)
        job.goes_on_to(undisturbed(8))


def test_a_process_that_is_stopped(folder, undisturbed):
    with Job(folder, "stopped") as job:
        job.start()
        job.wait_for_step(9)
        job.processes[1].send_signal(signal.SIGSTOP)
        assert job.ends_of(0) == [1]
        assert re.search(SILENT.format(1, 1, 0, 0), job.said(0))
        # It comes too late.
        job.processes[1].send_signal(signal.SIGCONT)
        job.began = time.monotonic()
        assert job.ends_of(1) == [1]
        assert re.search(UNREACHABLE, job.said(1))
        job.rerun_goes_on_to(undisturbed(8))


def test_a_coordinator_that_is_stopped(folder, undisturbed):
    with Job(folder, "coordinator-stopped") as job:
        job.start()
        job.wait_for_step(9)
        job.processes[0].send_signal(signal.SIGSTOP)
        assert job.ends_of(1) == [1]
        assert re.search(UNREACHABLE, job.said(1))
        job.processes[0].send_signal(signal.SIGCONT)
        job.began = time.monotonic()
        assert job.ends_of(0) == [1]
        assert re.search(SILENT.format(1, 1, 0, 0), job.said(0))
        job.rerun_goes_on_to(undisturbed(8))


def test_a_coordinator_that_is_killed(folder, undisturbed):
    with Job(folder, "coordinator-killed") as job:
        job.start()
        job.wait_for_step(9)
        job.processes[0].kill()
        assert job.ends_of(0, 1) == [-9, 1]
        assert re.search(UNREACHABLE, job.said(1))
        job.rerun_goes_on_to(undisturbed(8))


def test_a_process_that_is_killed(folder, undisturbed):
    with Job(folder, "killed") as job:
        job.start()
        job.wait_for_step(9)
        job.processes[1].kill()
        assert job.ends_of(1, 0) == [-9, 1]
        assert re.search(SILENT.format(1, 1, 0, 0), job.said(0))
        job.rerun_goes_on_to(undisturbed(8))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the wrong clock is compiled")
@pytest.mark.parametrize("seconds", [600, -600], ids=["ahead", "behind"])
def test_a_clock_that_is_10_minutes_off(folder, undisturbed, seconds):
    """The job goes on, and so does its rerun when the other clock is right again."""
    with Job(folder, f"clock{seconds}") as job:
        job.start(ahead=seconds)
        job.wait_for_step(9)
        job.processes[1].terminate()  # both save, by their own clocks
        assert job.ends_of(0, 1) == [75, 75]
        job.rerun_goes_on_to(undisturbed(8))
    with Job(folder, f"clock{seconds}-whole") as job:
        job.start(ahead=seconds)
        job.began = time.monotonic()
        job.goes_on_to(undisturbed(8))
        clocks = [float(re.search(r"^clock (\d+)", job.said(n), re.M)[1]) for n in (0, 1)]
        assert abs(clocks[1] - clocks[0] - seconds) < 60


def test_a_disk_that_becomes_full(folder, undisturbed):
    """The disk of the checkpoints, which both hosts see."""
    with disk(folder / "disk-full" / "checkpoints", size=16), Job(folder, "disk-full") as job:
        job.start()
        job.wait_for_step(9)
        rest = job.checkpoints / "rest"
        with contextlib.suppress(OSError), rest.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(2**12))
        assert job.ends_of(0, 1) == [1, 1]
        full = (
            "The disk of the checkpoint folder is full; the last whole checkpoint is that of step"
        )
        assert re.search(full, job.said(0) + job.said(1))
        rest.unlink()
        job.rerun_goes_on_to(undisturbed(8))


def test_a_process_that_may_write_nothing_more(folder, undisturbed):
    """Nothing more can be written by process 1: its files may have a few bytes only."""
    with Job(folder, "no-more-files") as job:
        job.start()
        job.wait_for_step(9)
        resource.prlimit(job.processes[1].pid, resource.RLIMIT_FSIZE, (16, 16))
        assert job.ends_of(0, 1) == [1, 1]
        written = "The checkpoint cannot be written.*; the last whole checkpoint is that of step"
        assert re.search(written, job.said(1))
        assert re.search(rf"Process 1 on host1 failed \(OSError: .*{written}", job.said(0))
        job.rerun_goes_on_to(undisturbed(8))
