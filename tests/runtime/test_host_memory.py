"""Freed memory is kept by the process, unless the user says otherwise."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")

PROGRAM = """
import resource, jaxcnn

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

bytes([1]) * 2**25  # 32 MiB: 8,192 pages
before = faults()
for _ in range(10):
    bytes([1]) * 2**25
print(faults() - before)
"""


def faults(**environment: str) -> int:
    ours = ("LD_PRELOAD", "JAXCNN_KEEP_MEMORY")
    clean = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("MALLOC_")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout)


def test_large_arrays_reuse_their_pages():
    assert faults() < 4_000 < 40_000 < faults(JAXCNN_KEEP_MEMORY="0")


def test_the_environment_goes_first():
    assert faults(MALLOC_ARENA_MAX="4") > 40_000


FREED = """
from jaxcnn.runtime.host_memory import give_back

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) // 256

import jaxcnn
held = [bytes([1]) * 2**16 for _ in range(1000)]  # 62 MiB
last = bytes([1]) * 2**16  # so that they do not lie at the end
before = resident()
del held
kept = resident()
give_back()
print(before - kept, before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_free_memory_is_given_back_when_that_is_asked_for():
    run = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    kept, given = map(int, run.stdout.split())
    assert kept < 5 and given > 50
