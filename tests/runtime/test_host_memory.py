"""Freed memory is kept by the process, unless the user says otherwise."""

import os
import platform
import subprocess
import sys

import jax
import pytest

from jaxcnn.runtime.host_memory import COMPILED

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


def printed(program: str, **environment: str) -> list[int]:
    ours = ("LD_PRELOAD", "JAXCNN_KEEP_MEMORY")
    clean = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("MALLOC_")}
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(word) for word in run.stdout.split()]


def faults(**environment: str) -> int:
    return printed(PROGRAM, **environment)[0]


def test_large_arrays_reuse_their_pages():
    assert faults() < 4_000 < 40_000 < faults(JAXCNN_KEEP_MEMORY="0")


def test_the_environment_goes_first():
    assert faults(MALLOC_ARENA_MAX="4") > 40_000


FREED = """
import jax
from jaxcnn.runtime import host_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) // 256

import jaxcnn
held = [bytes([1]) * 2**16 for _ in range(1000)]  # 62 MiB
last = bytes([1]) * 2**16  # so that they do not lie at the end
before = resident()
del held
kept = resident()
{then}
print(before - kept, before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(
    "then, least, most",
    [
        ("host_memory.give_back()", 50, 100),
        ("jax.monitoring.record_event_duration_secs(host_memory.COMPILED, 0.3)", 50, 100),
        ("jax.monitoring.record_event_duration_secs(host_memory.COMPILED, 0.1)", -5, 5),
    ],
    ids=["asked for", "after a long compilation", "not after a short one"],
)
def test_free_memory_is_given_back(then, least, most):
    kept, given = printed(FREED.replace("{then}", then))
    assert kept < 5 and least < given < most


def test_jax_says_when_a_compilation_ended():
    events = []
    listener = lambda event, seconds, **_: events.append(event)  # noqa: E731
    jax.monitoring.register_event_duration_secs_listener(listener)
    try:
        jax.jit(lambda a: a * 3 + 1)(1.0)
    finally:
        jax.monitoring.unregister_event_duration_listener(listener)
    assert COMPILED in events


@pytest.mark.parametrize("chosen", [None, True, False])
def test_a_computation_on_cpu_ends_within_its_call(chosen):
    setting = f'jax.config.update("jax_cpu_enable_async_dispatch", {chosen})'
    program = f"""
import jaxcnn, jax, jax.numpy as jnp
{setting if chosen is not None else ""}
f = jax.jit(lambda x: jnp.linalg.matrix_power(x, 16).sum())
x = jax.block_until_ready(jnp.eye(300))
jax.block_until_ready(f(x))
print(int(f(x).is_ready()))
"""
    assert printed(program) == [int(not chosen)]
