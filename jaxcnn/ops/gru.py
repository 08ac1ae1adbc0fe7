"""Gated recurrent unit over all steps of a sequence, as one operation and its gradient."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import lax
from jax.core import ShapedArray

from jaxcnn.ops import onednn, recurrence
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.product import product
from jaxcnn.ops.tracing import scan, varying_alike
from jaxcnn.runtime.types import ArrayFunction, PyTree

# What the backward pass needs: (kernel, h, keep, bias, outputs, values).
Saved: TypeAlias = tuple[jax.Array, ...]


def gru_step(
    gates: Sequence[jax.Array],
    h: jax.Array,
    candidate: ArrayFunction,
    recurrent_activation: ArrayFunction,
    activation: ArrayFunction,
) -> tuple[jax.Array, list[jax.Array]]:
    """(the new h, values of z, r and the candidate) from the sums of the gates z and r.

    ``candidate(r)`` is the sum of the candidate.
    """
    z, r = map(recurrent_activation, gates)
    new = activation(candidate(r))
    return z * h + (1 - z) * new, [z, r, new]


def gru(
    inputs: jax.Array,
    kernel: jax.Array,
    h: jax.Array,
    settings: StepSettings,
    keep: jax.Array | None = None,
    bias: jax.Array | None = None,
) -> jax.Array:
    """h after each step, (batch, steps, units), of a GRU with tanh.

    Args:
        inputs: what the inputs contribute to z, r and the candidate: (batch, steps, 3 * units).
        kernel: what the state is multiplied with, (units, 3 * units).
        h: the state to begin with, (batch, units).
        settings: the kind of gates, and the direction.
        keep: (batch, steps) of booleans; where False the state stays as it is.
        bias: (units,), is added to the state's product for the candidate, and the reset gate
            applied to the sum; without it the gate is applied to the state before that product.
    """
    after = jnp.zeros((0,), inputs.dtype) if bias is None else bias
    arrays = varying_alike(inputs, kernel, h, recurrence.as_numbers(keep, inputs.dtype), after)
    outputs: jax.Array = _gru(settings, *arrays)
    return outputs


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _gru(settings: StepSettings, *arrays: jax.Array) -> jax.Array:
    return forward(arrays, settings)[0]


def _gru_forward(settings: StepSettings, *arrays: jax.Array) -> tuple[jax.Array, Saved]:
    outputs, values = forward(arrays, replace(settings, saving=True))
    return outputs, (*arrays[1:], outputs, values)


def _gru_backward(
    settings: StepSettings, saved: Saved, d_outputs: jax.Array
) -> tuple[jax.Array, ...]:
    kernel, h, keep, bias, outputs, values = saved
    d_inputs, d_h, d_gates, d_inner = backward(
        (kernel, h, outputs, values, keep, d_outputs), settings
    )
    # In one product over all steps: adding up one a step takes longer.
    before = recurrence.before_each(outputs, h, settings.reverse)
    reset = before if bias.size else before * _parts(values, h)[1]
    pairs = (before, d_gates), (reset, d_inner)
    # (batch * steps, ...)
    rows = [[array.reshape(-1, array.shape[-1]) for array in pair] for pair in pairs]
    d_kernel = jnp.concatenate([product(a, d_sums, 0, 0) for a, d_sums in rows], 1)
    d_bias = d_inner.sum((0, 1)) if bias.size else bias
    return d_inputs, d_kernel, d_h, 0 * keep, d_bias


_gru.defvjp(_gru_forward, _gru_backward)


def _parts(array: jax.Array, h: jax.Array) -> list[jax.Array]:
    """An array (..., n * units) as n arrays."""
    return jnp.split(array, array.shape[-1] // h.shape[-1], -1)


def _kernels(kernel: jax.Array) -> list[jax.Array]:
    """The parts of z and r, (units, 2 * units), and of the candidate, (units, units)."""
    return jnp.split(kernel, [2 * len(kernel)], 1)


def _loop(*arrays: jax.Array, settings: StepSettings) -> list[jax.Array]:
    inputs, kernel, h, keep, bias = arrays
    of_gates, of_candidate = _kernels(kernel)

    def body(h: jax.Array, now: PyTree) -> tuple[jax.Array, tuple[jax.Array | None, ...]]:
        step_inputs, keep_now = now
        *gates, candidate = _parts(step_inputs, h)
        sums = _parts(product(h, of_gates, 1, 0), h)
        inner = [product(h, of_candidate, 1, 0) + bias[None]] if bias.size else []

        def total(r: jax.Array) -> jax.Array:
            return candidate + (r * inner[0] if inner else product(r * h, of_candidate, 1, 0))

        gates = [gate + of_state for gate, of_state in zip(gates, sums, strict=True)]
        new, values = gru_step(gates, h, total, recurrence.gate_of(settings), jnp.tanh)
        new = recurrence.where_kept(keep_now, new, h)
        if not settings.saving:
            return new, (new, None)
        whole = jnp.concatenate(values + inner, -1)
        return new, (new, recurrence.where_kept(keep_now, whole, jnp.zeros_like(whole)))

    steps = inputs.swapaxes(0, 1), recurrence.by_time(keep)  # (steps, batch, 3 * units)
    _, results = scan(body, h, steps, reverse=settings.reverse)
    outputs, values = jax.tree.map(lambda a: a.swapaxes(0, 1), results)
    return [outputs, values if settings.saving else jnp.zeros((0,), inputs.dtype)]


def _loop_back(*arrays: jax.Array, settings: StepSettings) -> list[jax.Array]:
    kernel, h, outputs, values, keep, d_outputs = arrays
    of_gates, of_candidate = _kernels(kernel)

    def slope(gate: jax.Array) -> jax.Array:
        steep = gate * (1 - gate)
        return jnp.where(steep > 0, jnp.asarray(0.2, gate.dtype), 0) if settings.hard else steep

    def body(d_h: jax.Array, now: PyTree) -> tuple[jax.Array, list[jax.Array]]:
        (step_values, before, d_output), keep_now = now
        d_h = d_h + d_output
        z, r, candidate, *inner = _parts(step_values, before)
        d_z = d_h * (before - candidate) * slope(z)
        d_candidate = d_h * (1 - z) * (1 - candidate**2)
        if inner:
            d_r, d_inner = d_candidate * inner[0], d_candidate * r
            d_before = d_h * z + product(d_inner, of_candidate, 1, 1)
        else:
            d_reset = product(d_candidate, of_candidate, 1, 1)
            d_r, d_inner = d_reset * before, d_candidate
            d_before = d_h * z + d_reset * r
        d_gates = jnp.concatenate([d_z, d_r * slope(r)], -1)
        d_before = d_before + product(d_gates, of_gates, 1, 1)
        results = [jnp.concatenate([d_gates, d_candidate], -1), d_gates, d_inner]
        nothing = jax.tree.map(jnp.zeros_like, results)
        return recurrence.where_kept(keep_now, (d_before, results), (d_h, nothing))

    before = recurrence.before_each(outputs, h, settings.reverse)
    steps = tuple(array.swapaxes(0, 1) for array in (values, before, d_outputs))
    d_h, results = lax.scan(
        body, jnp.zeros_like(h), (steps, recurrence.by_time(keep)), reverse=not settings.reverse
    )
    d_inputs, d_gates, d_inner = (array.swapaxes(0, 1) for array in results)
    return [d_inputs, d_h, d_gates, d_inner]


def _shapes(*arrays: ShapedArray, settings: StepSettings) -> list[ShapedArray]:
    inputs, _, h, _, bias = arrays
    units = h.shape[-1]
    values = recurrence.of_each_step(inputs, (4 if bias.size else 3) * units)
    return [
        recurrence.of_each_step(inputs, units),
        values if settings.saving else recurrence.nothing(inputs),
    ]


def _shapes_back(*arrays: ShapedArray, settings: StepSettings) -> list[ShapedArray]:
    _, h, outputs, *_ = arrays
    units = h.shape[-1]
    wide, wider = (recurrence.of_each_step(outputs, count * units) for count in (2, 3))
    return [wider, h, wide, outputs]


# (inputs, kernel, h, keep, bias) to h after each step, (batch, steps, units), and the values of z,
# r, the candidate and, with a bias, of what is reset: (batch, steps, 3 or 4 * units), zeros at
# steps that are left out; or empty unless ``settings.saving``. The reset gate is applied before the
# product where `bias` is empty, and no steps are left out where `keep` is.
forward = recurrence.as_primitive("jaxcnn_gru", _loop, onednn.gru, _shapes)
# (kernel, first h, outputs, values, keep, gradient of the outputs) to the gradients of the inputs,
# of h and of the products with the kernel: of those for z and r, and of that for the candidate.
backward = recurrence.as_primitive(
    "jaxcnn_gru_gradient", _loop_back, onednn.gru_gradient, _shapes_back
)
