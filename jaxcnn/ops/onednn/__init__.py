"""Convolution, products and the LSTM by oneDNN, as XLA custom calls on CPU; optional, compiled when
installed.
"""

import contextlib
import ctypes
import functools
import importlib.metadata
import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.ops.geometry import Geometry, Wanted

_LIBRARY = Path(__file__).parent / "libjaxcnn_onednn.so"
_TARGETS = (
    "jaxcnn_convolve",
    "jaxcnn_convolve_relu",
    "jaxcnn_multiply",
    "jaxcnn_lstm",
    "jaxcnn_lstm_gradient",
)
_PLANNERS = ("jaxcnn_plan_convolution", "jaxcnn_plan_product", "jaxcnn_plan_lstm")
_KINDS: dict[Wanted, int] = {"output": 0, "input": 1, "kernel": 2}
_FORWARD_RELU = 3

# Multiplications that make it worth to wake threads for fewer images than there are: a fraction of
# a millisecond.
_SHARED_WORK = 2**24


@functools.cache
def _load() -> tuple[ctypes.CDLL | None, str | None]:
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
        files = importlib.metadata.files("onednn-cpu-gomp") or []
        with _threads_that_sleep():
            for file in files:  # once it is loaded, our library finds it by its name
                if file.name == "libdnnl.so.3":
                    ctypes.CDLL(str(file.locate()))
            library = ctypes.CDLL(str(_LIBRARY))
    except importlib.metadata.PackageNotFoundError:
        return None, "oneDNN is missing: `pip install onednn-cpu-gomp`"
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


@contextlib.contextmanager
def _threads_that_sleep() -> Iterator[None]:
    """OpenMP reads when it is loaded whether its threads spin while they have nothing to do: let
    them sleep.
    """
    name, before = "OMP_WAIT_POLICY", os.environ.get("OMP_WAIT_POLICY")
    os.environ.setdefault(name, "passive")
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _ffi_version() -> tuple[int, ...]:
    """The version of its FFI that the XLA in use speaks, as its headers say."""
    header = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text(encoding="utf-8")
    return tuple(
        int(n)
        for n in re.findall(r"^#define XLA_FFI_API_(?:MAJOR|MINOR) (\d+)$", header, re.MULTILINE)
    )


def accelerated() -> bool:
    """Whether convolutions on CPU are computed by oneDNN."""
    return _load()[0] is not None


def why_not() -> str | None:
    """What stands in the way of oneDNN and what to do about it, in one line; None if nothing does."""
    return _load()[1]


def convolve(wanted: Wanted, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array | None:
    """:func:`jaxcnn.ops.primitive.convolve` by oneDNN, or None if it has no fast code for this one."""
    problem = _problem(wanted, a, b, geometry)
    return _convolution(
        "jaxcnn_convolve", (a, b), geometry.shape(wanted, a.shape, b.shape), problem
    )


def convolve_relu(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, geometry: Geometry
) -> jax.Array | None:
    """:func:`jaxcnn.ops.primitive.convolve_relu` by oneDNN, or None if it has no fast code for this
    one.
    """
    problem = [_FORWARD_RELU, *_problem("output", x, kernel, geometry)[1:]]
    shape = geometry.shape("output", x.shape, kernel.shape)
    return _convolution("jaxcnn_convolve_relu", (x, kernel, bias), shape, problem)


def _convolution(
    target: str, arrays: Sequence[jax.Array], shape: tuple[int, ...], problem: list[int]
) -> jax.Array | None:
    library = _library_for(arrays[0].dtype)
    if library is None:
        return None
    found = _call(
        target, arrays, [shape], problem, _planned(library.jaxcnn_plan_convolution, problem)
    )
    return None if found is None else found[0]


def multiply(a: jax.Array, b: jax.Array, a_axis: int, b_axis: int) -> jax.Array | None:
    """The product of two matrices over these axes of theirs by oneDNN, or None if it has no fast
    code for it.
    """
    library = _library_for(a.dtype)
    if library is None or a.dtype != b.dtype:
        return None
    (m, k), n = (a.shape[1 - a_axis], a.shape[a_axis]), b.shape[1 - b_axis]
    chunks = _chunks(max(m, n))
    steps = (k, 1) if a_axis == 1 else (1, m), (n, 1) if b_axis == 0 else (1, k)
    problem = [int(a.dtype == jnp.bfloat16), m, n, k, *steps[0], *steps[1], chunks, int(m >= n)]
    found = _call(
        "jaxcnn_multiply", (a, b), [(m, n)], problem, _planned(library.jaxcnn_plan_product, problem)
    )
    return None if found is None else found[0]


def lstm(
    inputs: jax.Array,
    kernel: jax.Array,
    h: jax.Array,
    c: jax.Array,
    *,
    hard: bool,
    reverse: bool,
    saving: bool,
) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.lstm.forward` by oneDNN, or None if it has no fast code for it."""
    problem, workspace = _lstm(inputs, hard, reverse, gradient=False)
    (batch, steps, _), units = inputs.shape, h.shape[-1]
    states, sums = (batch, steps, units), inputs.shape if saving else (0,)
    return _call("jaxcnn_lstm", (inputs, kernel, h, c), [states, states, sums], problem, workspace)


def lstm_gradient(
    kernel: jax.Array,
    c: jax.Array,
    cells: jax.Array,
    sums: jax.Array,
    d_outputs: jax.Array,
    d_c: jax.Array,
    *,
    hard: bool,
    reverse: bool,
) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.lstm.backward` by oneDNN, or None if it has no fast code for it."""
    problem, workspace = _lstm(sums, hard, reverse, gradient=True)
    arrays = (kernel, c, cells, sums, d_outputs, d_c)
    return _call("jaxcnn_lstm_gradient", arrays, [sums.shape, c.shape, c.shape], problem, workspace)


def _lstm(sums: jax.Array, hard: bool, reverse: bool, *, gradient: bool) -> tuple[list[int], int]:
    """The fields of `Lstm` in lstm.cc, and the workspace for it."""
    library, _ = _load()
    batch, steps, gates = sums.shape
    if library is None or sums.dtype != jnp.float32 or 0 in sums.shape:
        return [], -1
    problem = [batch, steps, gates // 4, _chunks(batch), int(hard), int(reverse), int(gradient)]
    return problem, _planned(library.jaxcnn_plan_lstm, problem)


def _library_for(dtype: jnp.dtype) -> ctypes.CDLL | None:
    library, _ = _load()
    if library is not None and (
        dtype == jnp.float32 or (dtype == jnp.bfloat16 and library.jaxcnn_has_bfloat16())
    ):
        return library
    return None


def _planned(planner: Any, problem: list[int]) -> int:
    """Bytes of workspace for the problem, or -1 where oneDNN has no fast code for it."""
    return int(planner((ctypes.c_int64 * len(problem))(*problem)))


def _call(
    target: str,
    arrays: Sequence[jax.Array],
    shapes: Sequence[tuple[int, ...]],
    problem: list[int],
    workspace: int,
) -> list[jax.Array] | None:
    """What the library computes of the arrays; None where it has planned no `workspace` for the
    `problem`.
    """
    if workspace < 0:
        return None
    results = [jax.ShapeDtypeStruct(shape, arrays[0].dtype) for shape in shapes]
    scratch = jax.ShapeDtypeStruct((workspace,), jnp.uint8)
    *found, _ = jax.ffi.ffi_call(target, (*results, scratch))(
        *arrays, problem=np.array(problem, np.int64)
    )
    return found


def _threads() -> int:
    return len(os.sched_getaffinity(0))


def _chunks(length: int) -> int:
    """Into how many parts, equal but for the last, an axis is cut so that each thread has one."""
    return -(-length // -(-length // _threads()))


def _problem(wanted: Wanted, a: jax.Array, b: jax.Array, geometry: Geometry) -> list[int]:
    """The fields of `Problem` in conv.cc."""
    shape = geometry.shape(wanted, a.shape, b.shape)
    images, chunks, threads = a.shape[0], _chunks(a.shape[0]), 1
    c_in = (shape if wanted == "input" else a.shape)[-1]
    c_out = {"output": shape, "input": a.shape, "kernel": b.shape}[wanted][-1]
    work = images * math.prod(geometry.positions) * geometry.taps * c_in * c_out // geometry.groups
    if images < _threads() and work > _SHARED_WORK:
        chunks, threads = 1, _threads()
    before = [pad[0] for pad in geometry.padding]
    axes = (
        geometry.lengths,
        geometry.window,
        geometry.positions,
        geometry.strides,
        geometry.dilation,
        before,
    )
    in_three = [length for axis in axes for length in (*axis, 0, 0)[:3]]
    bfloat16 = int(a.dtype == jnp.bfloat16)
    return [
        _KINDS[wanted],
        bfloat16,
        geometry.rank,
        images,
        chunks,
        threads,
        geometry.groups,
        c_in,
        c_out,
        *in_three,
    ]
