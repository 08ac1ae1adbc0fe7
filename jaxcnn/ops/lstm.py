"""Long short-term memory over all steps of a sequence, as one JAX primitive and its gradient's.

On one CPU both are calls of oneDNN's (:mod:`jaxcnn.ops.onednn`), in which each thread takes some
rows through all steps. Where such a program is mapped, differentiated again or exported they are
loops of XLA's; elsewhere, as :func:`pays` says, loops made for the purpose are faster. Arrays are
batch first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.sharding import PartitionSpec

from jaxcnn import activations
from jaxcnn.ops import onednn
from jaxcnn.ops.geometry import LSTMSettings
from jaxcnn.ops.product import product
from jaxcnn.ops.tracing import (
    differentiate_as,
    is_spelled_out,
    lower_on_one_cpu,
    map_as,
    updated,
    varying_alike,
)
from jaxcnn.runtime.types import ArrayFunction, PyTree

# What the backward pass needs: (kernel, h, c, keep, outputs, cells, sums).
Saved: TypeAlias = tuple[jax.Array, ...]
Pair: TypeAlias = tuple[jax.Array, jax.Array]
Loop: TypeAlias = Callable[..., list[jax.Array]]
T = TypeVar("T")

_forward_p, _backward_p = Primitive("jaxcnn_lstm"), Primitive("jaxcnn_lstm_gradient")
_forward_p.multiple_results = _backward_p.multiple_results = True


def pays() -> bool:
    """Whether programs traced now are for one CPU, with oneDNN at hand."""
    return onednn.accelerated() and jax.default_backend() == "cpu" and jax.device_count() == 1


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


def where_kept(keep: jax.Array | None, new: T, old: T) -> T:
    """The rows of `new` where `keep`, (batch,), is true, else those of `old`; None keeps all."""
    if keep is None:
        return new
    rows: T = jax.tree.map(
        lambda n, o: jnp.where(keep.reshape(-1, *(1,) * (n.ndim - 1)), n, o), new, old
    )
    return rows


def lstm(
    inputs: jax.Array,
    kernel: jax.Array,
    h: jax.Array,
    c: jax.Array,
    settings: LSTMSettings,
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
    steps = jnp.zeros((0, 0), inputs.dtype) if keep is None else keep.astype(inputs.dtype)
    results: Pair = _lstm(settings, *varying_alike(inputs, kernel, h, c, steps))
    return results


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _lstm(settings: LSTMSettings, *arrays: jax.Array) -> Pair:
    outputs, cells, _ = forward(arrays, settings)
    return outputs, cells[:, 0 if settings.reverse else -1]


def _lstm_forward(settings: LSTMSettings, *arrays: jax.Array) -> tuple[Pair, Saved]:
    outputs, cells, sums = forward(arrays, replace(settings, saving=True))
    last = cells[:, 0 if settings.reverse else -1]
    return (outputs, last), (*arrays[1:], outputs, cells, sums)


def _lstm_backward(settings: LSTMSettings, saved: Saved, cotangents: Pair) -> tuple[jax.Array, ...]:
    kernel, h, c, keep, outputs, cells, sums = saved
    d_inputs, d_h, d_c = backward((kernel, c, cells, sums, keep), cotangents, settings)
    # In one product over all steps: adding up one a step takes longer.
    before = [outputs[:, 1:], h[:, None]] if settings.reverse else [h[:, None], outputs[:, :-1]]
    rows = jnp.concatenate(before, 1).reshape(-1, h.shape[-1])  # (batch * steps, units)
    d_sums = d_inputs.reshape(-1, kernel.shape[-1])  # (batch * steps, 4 * units)
    return d_inputs, product(rows, d_sums, 0, 0), d_h, d_c, 0 * keep


_lstm.defvjp(_lstm_forward, _lstm_backward)


def forward(arrays: Sequence[jax.Array], settings: LSTMSettings) -> list[jax.Array]:
    """h and c after each step, (batch, steps, units), and the sums that the gates are taken of.

    `arrays` are (inputs, kernel, h, c, keep); no steps are left out where `keep` is empty. The sums
    are like the inputs, or empty unless ``settings.saving``.
    """
    form: Loop = _loop if is_spelled_out() else _forward_p.bind
    return form(*arrays, settings=settings)


def backward(
    saved: Saved, cotangents: tuple[jax.Array, jax.Array], settings: LSTMSettings
) -> list[jax.Array]:
    """The gradients of the inputs, of h and of c, from those of all outputs and of the last c.

    `saved` is (kernel, first c, cells, sums, keep).
    """
    form: Loop = _loop_back if is_spelled_out() else _backward_p.bind
    return form(*saved, *cotangents, settings=settings)


def _step(hard: bool, sums: jax.Array, c: jax.Array) -> tuple[jax.Array, jax.Array]:
    gate = activations.hard_sigmoid if hard else activations.sigmoid
    return lstm_step(jnp.split(sums, 4, -1), c, gate, jnp.tanh)


def _by_time(keep: jax.Array) -> jax.Array | None:
    """(steps, batch) of booleans, None of an empty array."""
    return keep.swapaxes(0, 1) != 0 if keep.size else None


def _loop(*arrays: jax.Array, settings: LSTMSettings) -> list[jax.Array]:
    inputs, kernel, h, c, keep = arrays

    def body(states: Pair, now: PyTree) -> tuple[Pair, tuple[jax.Array | None, ...]]:
        step_inputs, keep_now = now
        sums = step_inputs + product(states[0], kernel, 1, 0)
        h, c = where_kept(keep_now, _step(settings.hard, sums, states[1]), states)
        return (h, c), (h, c, sums if settings.saving else None)

    steps = inputs.swapaxes(0, 1), _by_time(keep)  # (steps, batch, 4 * units)
    _, results = lax.scan(body, (h, c), steps, reverse=settings.reverse)
    outputs, cells, sums = jax.tree.map(lambda a: a.swapaxes(0, 1), results)
    return [outputs, cells, sums if settings.saving else jnp.zeros((0,), inputs.dtype)]


def _loop_back(*arrays: jax.Array, settings: LSTMSettings) -> list[jax.Array]:
    kernel, c, cells, sums, keep, d_outputs, d_c = arrays

    def body(gradients: Pair, now: PyTree) -> tuple[Pair, jax.Array]:
        d_h, d_c = gradients
        (sums, before, d_output), keep_now = now
        d_h = d_h + d_output
        _, pull = jax.vjp(functools.partial(_step, settings.hard), sums, before)
        d_sums, d_before = pull((d_h, d_c))
        d_sums = where_kept(keep_now, d_sums, jnp.zeros_like(d_sums))
        new = product(d_sums, kernel, 1, 1), d_before
        return where_kept(keep_now, new, (d_h, d_c)), d_sums

    # c before each step
    order = [cells[:, 1:], c[:, None]] if settings.reverse else [c[:, None], cells[:, :-1]]
    before = jnp.concatenate(order, 1)
    steps = tuple(array.swapaxes(0, 1) for array in (sums, before, d_outputs))
    (d_h, d_c), d_inputs = lax.scan(
        body, (jnp.zeros_like(c), d_c), (steps, _by_time(keep)), reverse=not settings.reverse
    )
    return [d_inputs.swapaxes(0, 1), d_h, d_c]


def _on_cpu(*arrays: jax.Array, settings: LSTMSettings) -> list[jax.Array]:
    results = onednn.lstm(arrays, settings)
    return _loop(*arrays, settings=settings) if results is None else results


def _back_on_cpu(*arrays: jax.Array, settings: LSTMSettings) -> list[jax.Array]:
    results = onednn.lstm_gradient(arrays, settings)
    return _loop_back(*arrays, settings=settings) if results is None else results


@_forward_p.def_abstract_eval
def _abstract(*arrays: ShapedArray, settings: LSTMSettings) -> list[ShapedArray]:
    inputs, _, h, _, _ = arrays
    # On a mesh with explicit axes rows stay where they are.
    spec = PartitionSpec(*inputs.sharding.spec[:1], None, None)
    states = updated(inputs, (*inputs.shape[:2], h.shape[-1]), spec)
    sums = inputs if settings.saving else updated(inputs, (0,), PartitionSpec(None))
    return [states, states, sums]


@_backward_p.def_abstract_eval
def _abstract_back(*arrays: ShapedArray, settings: LSTMSettings) -> list[ShapedArray]:
    _, c, _, sums, *_ = arrays
    return [sums, c, c]


for primitive, everywhere, on_cpu in (
    (_forward_p, _loop, _on_cpu),
    (_backward_p, _loop_back, _back_on_cpu),
):
    differentiate_as(primitive, everywhere)
    map_as(primitive, everywhere)
    lower_on_one_cpu(primitive, everywhere, on_cpu)
