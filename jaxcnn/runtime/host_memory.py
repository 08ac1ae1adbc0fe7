"""Memory that a step on CPU has given back is kept for the next step."""

from __future__ import annotations

import ctypes
import os

# Numbers of glibc's mallopt options (malloc.h).
M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8


def keep_freed_memory() -> bool:
    """Tell glibc to keep the memory that is freed, and return whether that was done.

    XLA allocates the intermediate arrays of a step when the step begins and frees them when it
    ends. By default glibc maps arrays of that size afresh every time, and the kernel clears each of
    their pages again: about a quarter of the CPU time of a step of the MNIST CNN. It must be called
    before JAX starts its threads. Nothing is changed with ``JAXCNN_KEEP_MEMORY=0``, where the
    environment already says how memory is allocated, and away from glibc.
    """
    if os.environ.get("JAXCNN_KEEP_MEMORY") == "0" or "LD_PRELOAD" in os.environ:
        return False
    if any(name.startswith("MALLOC_") for name in os.environ) or not _has_glibc():
        return False
    mallopt = ctypes.CDLL(None).mallopt
    # One arena, so that what one thread frees is there for all; no mappings of their own for large
    # arrays; nothing handed back to the kernel.
    return all(
        [mallopt(M_ARENA_MAX, 1), mallopt(M_MMAP_MAX, 0), mallopt(M_TRIM_THRESHOLD, 2**31 - 1)]
    )


def give_back() -> None:
    """Hand memory that is free to the kernel, after much was freed that no next step will use."""
    if _has_glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _has_glibc() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, ValueError, OSError):
        return False
