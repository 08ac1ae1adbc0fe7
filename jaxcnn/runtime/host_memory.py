"""Memory that a step on CPU has given back is kept for the next step, which begins after it."""

from __future__ import annotations

import ctypes
import os

import jax

# Numbers of glibc's mallopt options (malloc.h).
M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8

# JAX's event at the end of each compilation.
COMPILED = "/jax/core/compile/backend_compile_duration"
LONG_COMPILATION = 0.2  # seconds


def keep_freed_memory() -> bool:
    """Tell glibc to keep the memory that is freed, and return whether that was done.

    XLA allocates the intermediate arrays of a step when the step begins and frees them when it
    ends. By default glibc maps arrays of that size afresh every time, and the kernel clears each of
    their pages again: about a quarter of the CPU time of a step of the MNIST CNN. What a long
    compilation took is no use to a step and is handed back when it ends: 100 to 200 MiB with
    ResNet-50. It must be called before JAX starts its threads. Nothing is changed with
    ``JAXCNN_KEEP_MEMORY=0``, where the environment already says how memory is allocated, and away
    from glibc.
    """
    if os.environ.get("JAXCNN_KEEP_MEMORY") == "0" or "LD_PRELOAD" in os.environ:
        return False
    if any(name.startswith("MALLOC_") for name in os.environ) or not _has_glibc():
        return False
    mallopt = ctypes.CDLL(None).mallopt
    # One arena, so that what one thread frees is there for all; no mappings of their own for large
    # arrays; nothing handed back to the kernel.
    are_set = all(
        [mallopt(M_ARENA_MAX, 1), mallopt(M_MMAP_MAX, 0), mallopt(M_TRIM_THRESHOLD, 2**31 - 1)]
    )
    jax.monitoring.register_event_duration_secs_listener(_when_compiled)
    return are_set


def end_calls_before_the_next() -> None:
    """Tell JAX to compute on CPU within the call.

    By default another thread computes, says that it is done and frees the intermediate arrays a
    moment later. Where it has to wait for a processor between the two, the next call allocates its
    own beside them, and the process keeps the memory of both: 900 to 1,100 MiB instead of 530 to
    720 for a CIFAR network with batches of 256. JAX looks at the setting when it looks for devices.
    """
    jax.config.update("jax_cpu_enable_async_dispatch", False)


def _when_compiled(event: str, duration_secs: float, **kwargs: str | int) -> None:
    if event == COMPILED and duration_secs > LONG_COMPILATION:
        give_back()


def give_back() -> None:
    """Hand memory that is free to the kernel, after much was freed that no next step will use."""
    if _has_glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _has_glibc() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, ValueError, OSError):
        return False
