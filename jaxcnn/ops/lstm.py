"""Long short-term memory over all steps of a sequence: one JAX primitive forward and one for the
gradient.

On one CPU both are calls of oneDNN's (:mod:`jaxcnn.ops.onednn`), in which each thread takes some
rows through all steps. Where such a program is mapped, differentiated again or exported they are
loops of XLA's; elsewhere, as :func:`pays` says, loops made for the purpose are faster. Arrays are
batch first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Primitive
from jax.sharding import NamedSharding, PartitionSpec

from jaxcnn import activations
from jaxcnn.ops import onednn
from jaxcnn.ops.product import product
from jaxcnn.ops.tracing import (
    differentiate_as,
    is_spelled_out,
    lower_on_one_cpu,
    map_as,
    varying_alike,
)

_forward_p, _backward_p = Primitive("jaxcnn_lstm"), Primitive("jaxcnn_lstm_gradient")
_forward_p.multiple_results = _backward_p.multiple_results = True


def pays() -> bool:
    """Whether programs traced now are for one CPU, with oneDNN at hand."""
    return onednn.accelerated() and jax.default_backend() == "cpu" and jax.device_count() == 1


def lstm_step(
    gates: Sequence[jax.Array],
    c: jax.Array,
    recurrent_activation: Callable[..., Any],
    activation: Callable[..., Any],
) -> tuple[jax.Array, jax.Array]:
    """The new (h, c) from the sums of the gates i, f, candidate and o, and from the previous c."""
    i, f, candidate, o = gates
    i, f, o = (recurrent_activation(gate) for gate in (i, f, o))
    c = f * c + i * activation(candidate)
    return o * activation(c), c


def lstm(
    inputs: jax.Array, kernel: jax.Array, h: jax.Array, c: jax.Array, hard: bool, reverse: bool
) -> tuple[jax.Array, jax.Array]:
    """(h after each step (batch, steps, units), the last c) of an LSTM with tanh, from states h and
    c (batch, units).

    Args:
        inputs: what the inputs contribute to the gates i, f, candidate, o: (batch, steps, 4 *
            units).
        kernel: what `h` is multiplied with, (units, 4 * units).
        hard: whether the gates are hard sigmoids, not sigmoids.
        reverse: go from the last step to the first.
    """
    return _lstm(*varying_alike(inputs, kernel, h, c), hard, reverse)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def _lstm(inputs, kernel, h, c, hard, reverse):
    outputs, cells, _ = forward(inputs, kernel, h, c, hard=hard, reverse=reverse, saving=False)
    return outputs, cells[:, 0 if reverse else -1]


def _lstm_forward(inputs, kernel, h, c, hard, reverse):
    outputs, cells, sums = forward(inputs, kernel, h, c, hard=hard, reverse=reverse, saving=True)
    return (outputs, cells[:, 0 if reverse else -1]), (kernel, h, c, outputs, cells, sums)


def _lstm_backward(hard, reverse, saved, cotangents):
    kernel, h, c, outputs, cells, sums = saved
    d_inputs, d_h, d_c = backward(kernel, c, cells, sums, *cotangents, hard=hard, reverse=reverse)
    # In one product over all steps: adding up one a step takes longer.
    before = [outputs[:, 1:], h[:, None]] if reverse else [h[:, None], outputs[:, :-1]]
    rows = jnp.concatenate(before, 1).reshape(-1, h.shape[-1])
    return d_inputs, product(rows, d_inputs.reshape(-1, kernel.shape[-1]), 0, 0), d_h, d_c


_lstm.defvjp(_lstm_forward, _lstm_backward)


def forward(
    inputs: jax.Array,
    kernel: jax.Array,
    h: jax.Array,
    c: jax.Array,
    *,
    hard: bool,
    reverse: bool,
    saving: bool,
) -> list[jax.Array]:
    """h and c after each step (batch, steps, units), and what the gates are taken of, like
    `inputs`, if `saving`.
    """
    form = _loop if is_spelled_out() else _forward_p.bind
    return form(inputs, kernel, h, c, hard=hard, reverse=reverse, saving=saving)


def backward(
    kernel: jax.Array,
    c: jax.Array,
    cells: jax.Array,
    sums: jax.Array,
    d_outputs: jax.Array,
    d_c: jax.Array,
    *,
    hard: bool,
    reverse: bool,
) -> list[jax.Array]:
    """The gradients of the inputs, of h and of c, from those of all outputs and of the last c."""
    form = _loop_back if is_spelled_out() else _backward_p.bind
    return form(kernel, c, cells, sums, d_outputs, d_c, hard=hard, reverse=reverse)


def _step(hard, sums, c):
    gate = activations.hard_sigmoid if hard else activations.sigmoid
    return lstm_step(jnp.split(sums, 4, -1), c, gate, jnp.tanh)


def _loop(inputs, kernel, h, c, *, hard, reverse, saving):
    def body(states, now):
        h, c = states
        sums = now + product(h, kernel, 1, 0)
        h, c = _step(hard, sums, c)
        return (h, c), (h, c, sums if saving else None)

    _, found = lax.scan(body, (h, c), inputs.swapaxes(0, 1), reverse=reverse)
    outputs, cells, sums = jax.tree.map(lambda a: a.swapaxes(0, 1), found)
    return [outputs, cells, sums if saving else jnp.zeros((0,), inputs.dtype)]


def _loop_back(kernel, c, cells, sums, d_outputs, d_c, *, hard, reverse):
    def body(gradients, now):
        d_h, d_c = gradients
        sums, before, d_output = now
        _, pull = jax.vjp(functools.partial(_step, hard), sums, before)
        d_sums, d_c = pull((d_h + d_output, d_c))
        return (product(d_sums, kernel, 1, 1), d_c), d_sums

    before = jnp.concatenate(
        [cells[:, 1:], c[:, None]] if reverse else [c[:, None], cells[:, :-1]], 1
    )
    steps = [array.swapaxes(0, 1) for array in (sums, before, d_outputs)]
    (d_h, d_c), d_inputs = lax.scan(body, (jnp.zeros_like(c), d_c), steps, reverse=not reverse)
    return [d_inputs.swapaxes(0, 1), d_h, d_c]


def _on_cpu(inputs, kernel, h, c, **static):
    found = onednn.lstm(inputs, kernel, h, c, **static)
    return _loop(inputs, kernel, h, c, **static) if found is None else found


def _back_on_cpu(*arrays, **static):
    found = onednn.lstm_gradient(*arrays, **static)
    return _loop_back(*arrays, **static) if found is None else found


def _like(array, shape):
    """`array` with another shape; on a mesh with explicit axes rows lie where they lay."""
    spec = PartitionSpec(*array.sharding.spec[:1], *[None] * (len(shape) - 1))
    return array.update(
        shape=shape, weak_type=False, sharding=NamedSharding(array.sharding.mesh, spec)
    )


@_forward_p.def_abstract_eval
def _abstract(inputs, kernel, h, c, *, hard, reverse, saving):
    states = (*inputs.shape[:2], h.shape[-1])
    nothing = inputs.update(
        shape=(0,), sharding=NamedSharding(inputs.sharding.mesh, PartitionSpec(None))
    )
    return [_like(inputs, states), _like(inputs, states), inputs if saving else nothing]


@_backward_p.def_abstract_eval
def _abstract_back(kernel, c, cells, sums, d_outputs, d_c, *, hard, reverse):
    return [sums, c, c]


for primitive, everywhere, on_cpu in (
    (_forward_p, _loop, _on_cpu),
    (_backward_p, _loop_back, _back_on_cpu),
):
    differentiate_as(primitive, everywhere)
    map_as(primitive, everywhere)
    lower_on_one_cpu(primitive, everywhere, on_cpu)
