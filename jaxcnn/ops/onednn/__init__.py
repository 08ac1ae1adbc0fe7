"""oneDNN's convolutions as an XLA custom call on CPU: an optional part, compiled when the package is installed."""

import ctypes
import functools
import importlib.metadata
import os
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.ops.geometry import Geometry, Wanted

_LIBRARY = Path(__file__).parent / "libjaxcnn_onednn.so"
_TARGET = "jaxcnn_convolve"
_KINDS: dict[Wanted, int] = {"output": 0, "input": 1, "kernel": 2}


@functools.cache
def _load() -> tuple[ctypes.CDLL | None, str | None]:
    """The library, ready for use, or why there is none."""
    if os.environ.get("JAXCNN_ONEDNN") == "0":
        return None, "turned off by the environment variable JAXCNN_ONEDNN=0"
    if not _LIBRARY.exists():
        return None, "not compiled: needs Linux on x86-64 and a C++ compiler (g++), then `pip install` jaxcnn again"
    try:
        files = importlib.metadata.files("onednn-cpu-gomp") or []
        for file in files:  # once it is loaded, our library finds it by its name
            if file.name == "libdnnl.so.3":
                ctypes.CDLL(str(file.locate()))
        library = ctypes.CDLL(str(_LIBRARY))
    except importlib.metadata.PackageNotFoundError:
        return None, "oneDNN is missing: `pip install onednn-cpu-gomp`"
    except OSError as error:
        return (
            None,
            f"cannot be loaded: {error}; `pip install onednn-cpu-gomp`, and libgomp1 from the system's packages",
        )
    if not hasattr(library, "jaxcnn_ffi_major"):
        return None, "compiled from an older conv.cc: `pip install` jaxcnn again"
    if (library.jaxcnn_ffi_major(), library.jaxcnn_ffi_minor()) > _ffi_version():
        return None, "compiled for a newer jaxlib: upgrade jaxlib, or `pip install --no-build-isolation` jaxcnn again"
    library.jaxcnn_plan.restype = ctypes.c_int64
    jax.ffi.register_ffi_target(_TARGET, jax.ffi.pycapsule(library.jaxcnn_convolve), platform="cpu")
    return library, None


def _ffi_version() -> tuple[int, ...]:
    """The version of its FFI that the XLA in use speaks, as its headers say."""
    header = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text(encoding="utf-8")
    return tuple(int(n) for n in re.findall(r"^#define XLA_FFI_API_(?:MAJOR|MINOR) (\d+)$", header, re.MULTILINE))


def accelerated() -> bool:
    """Whether convolutions on CPU are computed by oneDNN."""
    return _load()[0] is not None


def why_not() -> str | None:
    """What stands in the way of oneDNN and what to do about it, in one line; None if nothing does."""
    return _load()[1]


def convolve(wanted: Wanted, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array | None:
    """:func:`jaxcnn.ops.primitive.convolve` by oneDNN, or None if it has no fast code for this one."""
    library, _ = _load()
    if library is None or not (a.dtype == jnp.float32 or (a.dtype == jnp.bfloat16 and library.jaxcnn_has_bfloat16())):
        return None
    threads = len(os.sched_getaffinity(0))
    if 4 * a.shape[0] < threads:  # the batch is what threads share: most of them would idle
        return None
    problem = _problem(wanted, a, b, geometry, threads)
    workspace = library.jaxcnn_plan((ctypes.c_int64 * len(problem))(*problem))
    if workspace < 0:
        return None
    result = jax.ShapeDtypeStruct(geometry.shape(wanted, a.shape, b.shape), a.dtype)
    scratch = jax.ShapeDtypeStruct((workspace,), jnp.uint8)
    return jax.ffi.ffi_call(_TARGET, (result, scratch))(a, b, problem=np.array(problem, np.int64))[0]


def _problem(wanted: Wanted, a: jax.Array, b: jax.Array, geometry: Geometry, threads: int) -> list[int]:
    """The fields of `Problem` in conv.cc."""
    shape = geometry.shape(wanted, a.shape, b.shape)
    images = a.shape[0]
    chunks = -(-images // -(-images // threads))
    c_in = (shape if wanted == "input" else a.shape)[-1]
    c_out = {"output": shape, "input": a.shape, "kernel": b.shape}[wanted][-1]
    before = [pad[0] for pad in geometry.padding]
    axes = (geometry.lengths, geometry.window, geometry.positions, geometry.strides, geometry.dilation, before)
    in_three = [length for axis in axes for length in (*axis, 0, 0)[:3]]
    bfloat16 = int(a.dtype == jnp.bfloat16)
    return [_KINDS[wanted], bfloat16, geometry.rank, images, chunks, geometry.groups, c_in, c_out, *in_three]
