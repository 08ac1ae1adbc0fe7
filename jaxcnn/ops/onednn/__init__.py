"""Convolution, products, the GRU and the LSTM by oneDNN, as XLA custom calls on CPU.

It is optional: the C++ of this folder is compiled when the package is installed. Each function
returns None where oneDNN is missing or has no fast code for the problem.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.ops.geometry import Geometry, StepSettings, Target
from jaxcnn.ops.onednn.library import accelerated, library_for, why_not
from jaxcnn.runtime.threads import thread_count

__all__ = [
    "accelerated",
    "convolve",
    "convolve_relu",
    "gru",
    "gru_gradient",
    "lstm",
    "lstm_gradient",
    "multiply",
    "why_not",
]

_KINDS: dict[Target, int] = {"output": 0, "input": 1, "kernel": 2}
_FORWARD_RELU = 3

# Multiplications that make it worth to wake threads for fewer images than there are: a fraction of
# a millisecond.
_SHARED_WORK = 2**24


def convolve(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array | None:
    """:func:`jaxcnn.ops.primitive.convolve` by oneDNN."""
    shape = geometry.shape(target, a.shape, b.shape)
    fields = problem(target, a, b, geometry)
    results = _call("convolve", "convolution", (a, b), [shape], fields)
    return None if results is None else results[0]


def convolve_relu(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, geometry: Geometry
) -> jax.Array | None:
    """:func:`jaxcnn.ops.primitive.convolve_relu` by oneDNN."""
    shape = geometry.shape("output", x.shape, kernel.shape)
    fields = [_FORWARD_RELU, *problem("output", x, kernel, geometry)[1:]]
    results = _call("convolve_relu", "convolution", (x, kernel, bias), [shape], fields)
    return None if results is None else results[0]


def multiply(a: jax.Array, b: jax.Array, a_axis: int, b_axis: int) -> jax.Array | None:
    """:func:`jaxcnn.ops.product.product` by oneDNN."""
    if a.dtype != b.dtype:
        return None
    (m, k), n = (a.shape[1 - a_axis], a.shape[a_axis]), b.shape[1 - b_axis]
    chunks = _chunks(max(m, n))
    steps = (k, 1) if a_axis == 1 else (1, m), (n, 1) if b_axis == 0 else (1, k)
    fields = [int(a.dtype == jnp.bfloat16), m, n, k, *steps[0], *steps[1], chunks, int(m >= n)]
    results = _call("multiply", "product", (a, b), [(m, n)], fields)
    return None if results is None else results[0]


def lstm(arrays: Sequence[jax.Array], settings: StepSettings) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.lstm.forward` by oneDNN."""
    inputs, _, h, _, _ = arrays
    states = (*inputs.shape[:2], h.shape[-1])
    sums = inputs.shape if settings.saving else (0,)
    return _steps("lstm_steps", arrays, [states, states, sums], _steps_of(inputs, h, settings))


def lstm_gradient(arrays: Sequence[jax.Array], settings: StepSettings) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.lstm.backward` by oneDNN."""
    _, c, _, sums, *_ = arrays
    fields = _steps_of(sums, c, settings, gradient=True)
    return _steps("lstm_steps_gradient", arrays, [sums.shape, c.shape, c.shape], fields)


def gru(arrays: Sequence[jax.Array], settings: StepSettings) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.gru.forward` by oneDNN."""
    inputs, _, h, _, bias = arrays
    batch, steps, width = inputs.shape
    after = bias.size > 0
    values = (batch, steps, width + after * h.shape[-1]) if settings.saving else (0,)
    fields = [*_steps_of(inputs, h, settings), int(after)]
    return _steps("gru_steps", arrays, [(batch, steps, h.shape[-1]), values], fields)


def gru_gradient(arrays: Sequence[jax.Array], settings: StepSettings) -> list[jax.Array] | None:
    """:func:`jaxcnn.ops.gru.backward` by oneDNN."""
    _, h, outputs, values, *_ = arrays
    *leading, units = outputs.shape
    fields = _steps_of(outputs, h, settings, gradient=True)
    fields.append(int(values.shape[-1] > 3 * units))
    shapes = [(*leading, 3 * units), h.shape, (*leading, 2 * units), outputs.shape]
    return _steps("gru_steps_gradient", arrays, shapes, fields)


def _steps_of(
    array: jax.Array, state: jax.Array, settings: StepSettings, gradient: bool = False
) -> list[int]:
    """The fields of `Steps` in recurrent.h, from an array (batch, steps, ...)."""
    batch, steps, _ = array.shape
    flags = settings.hard, settings.reverse, gradient
    return [batch, steps, state.shape[-1], _chunks(batch), *map(int, flags)]


def _steps(
    name: str,
    arrays: Sequence[jax.Array],
    shapes: Sequence[tuple[int, ...]],
    fields: list[int],
) -> list[jax.Array] | None:
    """`_call`, in float32 inside also where arrays are bfloat16; None where there is nothing."""
    dtype = arrays[0].dtype
    if dtype not in (jnp.float32, jnp.bfloat16) or 0 in fields[:3]:
        return None
    wide = [array.astype(jnp.float32) for array in arrays]
    results = _call(name, name.split("_")[0], wide, shapes, fields)
    return None if results is None else [result.astype(dtype) for result in results]


def _call(
    name: str,
    plan: str,
    arrays: Sequence[jax.Array],
    shapes: Sequence[tuple[int, ...]],
    fields: list[int],
) -> list[jax.Array] | None:
    """What the library's handler `name` computes of the arrays, for the problem of these fields."""
    library = library_for(arrays[0].dtype)
    if library is None:
        return None
    planner = getattr(library, f"jaxcnn_plan_{plan}")
    workspace = planner((ctypes.c_int64 * len(fields))(*fields))  # bytes, or -1: no fast code
    if workspace < 0:
        return None
    results = [jax.ShapeDtypeStruct(shape, arrays[0].dtype) for shape in shapes]
    scratch = jax.ShapeDtypeStruct((workspace,), jnp.uint8)
    *computed, _ = jax.ffi.ffi_call(f"jaxcnn_{name}", (*results, scratch))(
        *arrays, problem=np.array(fields, np.int64)
    )
    return computed


def _chunks(length: int) -> int:
    """Into how many parts, equal but for the last, an axis is cut so that each thread has one."""
    return -(-length // max(-(-length // thread_count()), 1))


def problem(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> list[int]:
    """The fields of `Problem` in conv.cc."""
    shape = geometry.shape(target, a.shape, b.shape)
    images, chunks, threads = a.shape[0], _chunks(a.shape[0]), 1
    c_in = (shape if target == "input" else a.shape)[-1]
    c_out = {"output": shape, "input": a.shape, "kernel": b.shape}[target][-1]
    work = images * math.prod(geometry.positions) * geometry.taps * c_in * c_out // geometry.groups
    if images < thread_count() and work > _SHARED_WORK:
        chunks, threads = 1, thread_count()
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
        _KINDS[target],
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
