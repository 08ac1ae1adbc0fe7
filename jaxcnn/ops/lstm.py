"""Long short-term memory over all steps of a sequence, as one operation and its gradient."""

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

# What the backward pass needs: (kernel, h, c, keep, outputs, cells, sums).
Saved: TypeAlias = tuple[jax.Array, ...]
Pair: TypeAlias = tuple[jax.Array, jax.Array]


def lstm_step(
    gates: Sequence[jax.Array],
    c: jax.Array,
    recurrent_activation: ArrayFunction,
    activation: ArrayFunction,
) -> tuple[jax.Array, jax.Array]:
    """The new (h, c) from the sums of the gates i, f, candidate and o, and from the previous c."""
    i, f, candidate, o = gates
    i, f, o = (recurrent_activation(gate) for gate in (i, f, o))
    c = f * c + i * activation(candidate)
    return o * activation(c), c


def lstm(
    inputs: jax.Array,
    kernel: jax.Array,
    h: jax.Array,
    c: jax.Array,
    settings: StepSettings,
    keep: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array]:
    """(h after each step (batch, steps, units), the last c) of an LSTM with tanh.

    Args:
        inputs: what the inputs contribute to the gates i, f, candidate, o: (batch, steps, 4 *
            units).
        kernel: what `h` is multiplied with, (units, 4 * units).
        h: the state to begin with, (batch, units).
        c: the other state, (batch, units).
        settings: the kind of gates, and the direction.
        keep: (batch, steps) of booleans; where False the states stay as they are.
    """
    steps = recurrence.as_numbers(keep, inputs.dtype)
    results: Pair = _lstm(settings, *varying_alike(inputs, kernel, h, c, steps))
    return results


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _lstm(settings: StepSettings, *arrays: jax.Array) -> Pair:
    outputs, cells, _ = forward(arrays, settings)
    return outputs, cells[:, 0 if settings.reverse else -1]


def _lstm_forward(settings: StepSettings, *arrays: jax.Array) -> tuple[Pair, Saved]:
    outputs, cells, sums = forward(arrays, replace(settings, saving=True))
    last = cells[:, 0 if settings.reverse else -1]
    return (outputs, last), (*arrays[1:], outputs, cells, sums)


def _lstm_backward(settings: StepSettings, saved: Saved, cotangents: Pair) -> tuple[jax.Array, ...]:
    kernel, h, c, keep, outputs, cells, sums = saved
    d_inputs, d_h, d_c = backward((kernel, c, cells, sums, keep, *cotangents), settings)
    # In one product over all steps: adding up one a step takes longer.
    before = recurrence.before_each(outputs, h, settings.reverse)
    rows = before.reshape(-1, h.shape[-1])  # (batch * steps, units)
    d_sums = d_inputs.reshape(-1, kernel.shape[-1])  # (batch * steps, 4 * units)
    return d_inputs, product(rows, d_sums, 0, 0), d_h, d_c, 0 * keep


_lstm.defvjp(_lstm_forward, _lstm_backward)


def _step(settings: StepSettings, sums: jax.Array, c: jax.Array) -> Pair:
    return lstm_step(jnp.split(sums, 4, -1), c, recurrence.gate_of(settings), jnp.tanh)


def _loop(*arrays: jax.Array, settings: StepSettings) -> list[jax.Array]:
    inputs, kernel, h, c, keep = arrays

    def body(states: Pair, now: PyTree) -> tuple[Pair, tuple[jax.Array | None, ...]]:
        step_inputs, keep_now = now
        sums = step_inputs + product(states[0], kernel, 1, 0)
        h, c = recurrence.where_kept(keep_now, _step(settings, sums, states[1]), states)
        return (h, c), (h, c, sums if settings.saving else None)

    steps = inputs.swapaxes(0, 1), recurrence.by_time(keep)  # (steps, batch, 4 * units)
    _, results = scan(body, (h, c), steps, reverse=settings.reverse)
    outputs, cells, sums = jax.tree.map(lambda a: a.swapaxes(0, 1), results)
    return [outputs, cells, sums if settings.saving else jnp.zeros((0,), inputs.dtype)]


def _loop_back(*arrays: jax.Array, settings: StepSettings) -> list[jax.Array]:
    kernel, c, cells, sums, keep, d_outputs, d_c = arrays

    def body(gradients: Pair, now: PyTree) -> tuple[Pair, jax.Array]:
        d_h, d_c = gradients
        (sums, before, d_output), keep_now = now
        d_h = d_h + d_output
        _, pull = jax.vjp(functools.partial(_step, settings), sums, before)
        d_sums, d_before = pull((d_h, d_c))
        d_sums = recurrence.where_kept(keep_now, d_sums, jnp.zeros_like(d_sums))
        new = product(d_sums, kernel, 1, 1), d_before
        return recurrence.where_kept(keep_now, new, (d_h, d_c)), d_sums

    before = recurrence.before_each(cells, c, settings.reverse)
    steps = tuple(array.swapaxes(0, 1) for array in (sums, before, d_outputs))
    (d_h, d_c), d_inputs = lax.scan(
        body,
        (jnp.zeros_like(c), d_c),
        (steps, recurrence.by_time(keep)),
        reverse=not settings.reverse,
    )
    return [d_inputs.swapaxes(0, 1), d_h, d_c]


def _shapes(*arrays: ShapedArray, settings: StepSettings) -> list[ShapedArray]:
    inputs, _, h, _, _ = arrays
    states = recurrence.of_each_step(inputs, h.shape[-1])
    return [states, states, inputs if settings.saving else recurrence.nothing(inputs)]


def _shapes_back(*arrays: ShapedArray, settings: StepSettings) -> list[ShapedArray]:
    _, c, _, sums, *_ = arrays
    return [sums, c, c]


# (inputs, kernel, h, c, keep) to h and c after each step, (batch, steps, units), and the sums that
# the gates are taken of, like the inputs, or empty unless ``settings.saving``. No steps are left
# out where `keep` is empty.
forward = recurrence.as_primitive("jaxcnn_lstm", _loop, onednn.lstm, _shapes)
# (kernel, first c, cells, sums, keep, gradients of all outputs and of the last c) to the gradients
# of the inputs, of h and of c.
backward = recurrence.as_primitive(
    "jaxcnn_lstm_gradient", _loop_back, onednn.lstm_gradient, _shapes_back
)
