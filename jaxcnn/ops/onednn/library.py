"""The compiled library: where it is, whether it can be used here, and why not."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.metadata
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp

_ONEDNN = "libdnnl.so.3"  # of all versions 3
_RUNTIMES = {1: "sequential", 2: "OpenMP"}  # of threads; with others it would share out work itself
_LIBRARY = Path(__file__).parent / "libjaxcnn_onednn.so"
_TARGETS = (
    "jaxcnn_convolve",
    "jaxcnn_convolve_relu",
    "jaxcnn_multiply",
    "jaxcnn_lstm_steps",
    "jaxcnn_lstm_steps_gradient",
    "jaxcnn_gru_steps",
    "jaxcnn_gru_steps_gradient",
)
_PRIMITIVES = 128  # that oneDNN keeps by itself
_PLANNERS = (
    "jaxcnn_plan_convolution",
    "jaxcnn_plan_product",
    "jaxcnn_plan_lstm",
    "jaxcnn_plan_gru",
)


@functools.cache
def load() -> tuple[ctypes.CDLL | None, str | None]:
    """The library, ready for use, or why there is none."""
    if os.environ.get("JAXCNN_ONEDNN") == "0":
        return None, "turned off by the environment variable JAXCNN_ONEDNN=0"
    if not _LIBRARY.exists():
        return (
            None,
            "not compiled: needs Linux on x86-64 and a C++ compiler (g++), then `pip install` "
            "jaxcnn again",
        )
    try:
        with _threads_that_sleep():
            dnnl = _open_onednn()  # once it is loaded, our library finds it by its name
            if dnnl is None:
                return None, (
                    "oneDNN is missing: `pip install onednn-cpu-gomp`, or the system's libdnnl of "
                    "version 3"
                )
            if _runtime_of(dnnl) not in _RUNTIMES:
                return None, (
                    "the oneDNN that was found has not been built with OpenMP: "
                    "`pip install onednn-cpu-gomp`"
                )
            # Our plans keep its primitives; it need not keep every shape a second time.
            dnnl.dnnl_set_primitive_cache_capacity(_PRIMITIVES)
            library = ctypes.CDLL(str(_LIBRARY))
    except OSError as error:
        return (
            None,
            f"cannot be loaded: {error}; `pip install onednn-cpu-gomp`, and libgomp1 from the "
            "system's packages",
        )
    if not all(hasattr(library, name) for name in (*_TARGETS, *_PLANNERS)):
        return None, "compiled from an older version of jaxcnn: `pip install` jaxcnn again"
    if (library.jaxcnn_ffi_major(), library.jaxcnn_ffi_minor()) > _ffi_version():
        return (
            None,
            "compiled for a newer jaxlib: upgrade jaxlib, or `pip install --no-build-isolation` "
            "jaxcnn again",
        )
    for name in _PLANNERS:
        getattr(library, name).restype = ctypes.c_int64
    for name in _TARGETS:
        jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(getattr(library, name)), platform="cpu")
    return library, None


def _open_onednn() -> ctypes.CDLL | None:
    """oneDNN from its package, from the folder of this environment (conda) or from the system.

    Raises:
        OSError: there is one in the package or the folder that cannot be loaded.
    """
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("onednn-cpu-gomp") or []:
            if file.name == _ONEDNN:
                return ctypes.CDLL(str(file.locate()))
    beside = Path(sys.prefix) / "lib" / _ONEDNN
    if beside.exists():
        return ctypes.CDLL(str(beside))
    with contextlib.suppress(OSError):
        return ctypes.CDLL(_ONEDNN)
    return None


class _Version(ctypes.Structure):
    """The beginning of `dnnl_version_t` (dnnl_common_types.h)."""

    _fields_ = (
        ("major", ctypes.c_int),
        ("minor", ctypes.c_int),
        ("patch", ctypes.c_int),
        ("hash", ctypes.c_char_p),
        ("cpu_runtime", ctypes.c_uint),
    )


def _runtime_of(dnnl: ctypes.CDLL) -> int:
    """The number of the library of threads that oneDNN was built with."""
    dnnl.dnnl_version.restype = ctypes.POINTER(_Version)
    return int(dnnl.dnnl_version().contents.cpu_runtime)


@contextlib.contextmanager
def _threads_that_sleep() -> Iterator[None]:
    """Let threads of an OpenMP that is loaded in the block sleep, not spin, while they wait."""
    name, before = "OMP_WAIT_POLICY", os.environ.get("OMP_WAIT_POLICY")
    os.environ.setdefault(name, "passive")
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _ffi_version() -> tuple[int, ...]:
    """The version of XLA's FFI in use, from its headers."""
    header = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text(encoding="utf-8")
    return tuple(
        int(n)
        for n in re.findall(r"^#define XLA_FFI_API_(?:MAJOR|MINOR) (\d+)$", header, re.MULTILINE)
    )


def accelerated() -> bool:
    """Whether convolutions on CPU are computed by oneDNN.

    Examples:
        >>> jc.ops.accelerated() == (jc.ops.why_not() is None)
        True

    References:
        - UXL Foundation, "oneAPI Deep Neural Network Library (oneDNN)", 2016,
          <https://github.com/uxlfoundation/oneDNN>
    """
    return load()[0] is not None


def why_not() -> str | None:
    """Why oneDNN is not in use and what to do about it, in one line; None if it is in use.

    Examples:
        >>> jc.ops.accelerated() == (jc.ops.why_not() is None)
        True

    References:
        - UXL Foundation, "oneAPI Deep Neural Network Library (oneDNN)", 2016,
          <https://github.com/uxlfoundation/oneDNN>
    """
    return load()[1]


def library_for(dtype: jnp.dtype) -> ctypes.CDLL | None:
    """The library, if it is there and computes in this dtype."""
    library, _ = load()
    if library is None or dtype == jnp.float32:
        return library
    return library if dtype == jnp.bfloat16 and library.jaxcnn_has_bfloat16() else None
