"""Loops over time: a fast one for recurrences with gates, and one for any step function.

Arrays are time first here: (steps, batch, ...).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import jax
import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

from jaxcnn.ops import tracing
from jaxcnn.ops.recurrence import where_kept
from jaxcnn.runtime.types import PyTree

States: TypeAlias = list[jax.Array]
Product: TypeAlias = Callable[[jax.Array, jax.Array], jax.Array]
# ``add(group, h)``, see `recurrence`.
Add: TypeAlias = Callable[[int, jax.Array], list[jax.Array]]


class Recurrence(Protocol):
    """What a loop asks of `jaxcnn.nn.recurrent.recurrences.Gated`."""

    @property
    def blocks(self) -> int: ...

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]: ...

    @property
    def recurrent_product(self) -> Product: ...

    def step(self, inputs: Sequence[jax.Array], states: States, add: Add) -> States: ...


def in_parts(arrays: Sequence[jax.Array], count: int) -> list[jax.Array]:
    """A single array (..., count * n) as `count` arrays (..., n); several as they are."""
    return jnp.split(arrays[0], count, axis=-1) if len(arrays) == 1 else list(arrays)


def applied(product: Product, arrays: Sequence[jax.Array], kernel: jax.Array) -> list[jax.Array]:
    """The product of each array with its part of the kernel, which is cut along its last axis."""
    kernels = jnp.split(kernel, len(arrays), axis=-1)
    return [product(a, k) for a, k in zip(arrays, kernels, strict=True)]


def products(
    product: Product, arrays: Sequence[jax.Array], kernel: jax.Array, count: int
) -> list[jax.Array]:
    """`applied`, as `count` arrays: parts of a single product, or a product each."""
    return in_parts(applied(product, arrays, kernel), count)


def kernel_groups(cell: Recurrence, kernel: jax.Array) -> list[jax.Array]:
    """The recurrent kernel cut into the parts that `cell` applies together."""
    ends = [sum(len(group) for group in cell.groups[: i + 1]) for i in range(len(cell.groups) - 1)]
    width = kernel.shape[-1] // cell.blocks
    return jnp.split(kernel, [end * width for end in ends], axis=-1)


def recurrence(
    cell: Recurrence,
    inputs: Sequence[jax.Array],
    kernels: Sequence[jax.Array],
    noise: Sequence[jax.Array],
) -> tuple[Add, list[list[jax.Array]]]:
    """(add, the arrays that it has been applied to) for the `inputs` of one step.

    ``add(group, h)`` returns ``inputs[i] + h @ (part of the recurrent kernel)`` for each i in
    ``cell.groups[group]``; `noise` holds no dropout mask for h, one for all parts of the kernel, or
    one for each.
    """
    applied_to: list[list[jax.Array]] = []

    def add(group: int, h: jax.Array) -> list[jax.Array]:
        members = cell.groups[group]
        first = sum(len(g) for g in cell.groups[:group])
        masks = noise if len(noise) <= 1 else noise[first : first + len(members)]
        arrays = [h * mask for mask in masks] or [h]
        applied_to.append(arrays)
        parts = products(cell.recurrent_product, arrays, kernels[group], len(members))
        return [
            checkpoint_name(inputs[i] + part, "sum") for i, part in zip(members, parts, strict=True)
        ]

    return add, applied_to


def gated_scan(
    cell: Recurrence,
    kernel: jax.Array,
    inputs: Sequence[jax.Array],
    states: Sequence[jax.Array],
    *,
    noise: Sequence[jax.Array] = (),
    keep: jax.Array | None = None,
    reverse: bool = False,
    unroll: bool = False,
) -> tuple[jax.Array, list[jax.Array]]:
    """Run ``cell.step`` over time: (states[0] after each step, the final states).

    Args:
        cell: the recurrence.
        kernel: the recurrent kernel.
        inputs: what the step's input contributes to each gate, each (steps, batch, ...).
        states: initial states, each (batch, ...).
        noise: dropout masks for what the recurrent kernel is applied to, the same at all steps.
        keep: (steps, batch) of booleans; where False the states stay as they are.
        reverse: go from the last step to the first.
        unroll: lay the steps out one after the other instead of looping.

    The gradient of the kernel is taken after the loop, in one product over all steps: adding up one
    product a step makes the whole gradient a fifth to a third slower on a CPU. That needs the
    gradients of the sums to which the kernel contributes, which are those of `inputs`, since `step`
    sees contributions only as ``inputs[i] + part``. Of each step these sums are kept for the
    backward pass, which does the cheap rest again.
    """
    policy = jax.checkpoint_policies.save_only_these_names("sum")

    def loop(
        kernels: States, inputs: States, states: States, fixed: PyTree
    ) -> tuple[tuple[jax.Array, States], list[States]]:
        @functools.partial(jax.checkpoint, policy=policy, prevent_cse=False)
        def body(
            states: States, now: tuple[States, jax.Array | None]
        ) -> tuple[States, tuple[jax.Array, list[States]]]:
            step_inputs, step_keep = now
            add, applied_to = recurrence(cell, step_inputs, kernels, fixed["noise"])
            new = where_kept(step_keep, cell.step(step_inputs, states, add), states)
            return new, (new[0], applied_to)

        final, (outputs, applied_to) = tracing.scan(
            body, states, (inputs, fixed["keep"]), reverse=reverse, unroll=unroll or 1
        )
        return (outputs, final), applied_to

    @jax.custom_vjp
    def run(
        kernels: States, inputs: States, states: States, fixed: PyTree
    ) -> tuple[jax.Array, States]:
        return loop(kernels, inputs, states, fixed)[0]

    def forward(
        kernels: States, inputs: States, states: States, fixed: PyTree
    ) -> tuple[tuple[jax.Array, States], PyTree]:
        results, pull, applied_to = jax.vjp(
            lambda i, s: loop(kernels, i, s, fixed), inputs, states, has_aux=True
        )
        return results, (pull, applied_to, kernels)

    def backward(saved: PyTree, cotangents: PyTree) -> tuple[States, States, States, None]:
        # applied_to: (steps, batch, ...) for each product of a step
        pull, applied_to, kernels = saved
        d_inputs, d_states = pull(cotangents)
        d_kernels = []
        for members, arrays, part in zip(cell.groups, applied_to, kernels, strict=True):
            d_sums = [d_inputs[i] for i in members]
            arrays, d_sums = jax.tree.map(batch_by_steps, (arrays, d_sums))  # (batch * steps, ...)
            contribute = functools.partial(
                products, cell.recurrent_product, arrays, count=len(members)
            )
            d_kernels.extend(jax.linear_transpose(contribute, part)(d_sums))
        return d_kernels, d_inputs, d_states, None

    run.defvjp(forward, backward)
    fixed = {"noise": list(noise), "keep": keep}
    outputs, final = run(kernel_groups(cell, kernel), list(inputs), list(states), fixed)
    return outputs, final


def step_scan(
    step: Callable[[PyTree, States], tuple[jax.Array, States]],
    x: PyTree,
    states: Sequence[jax.Array],
    *,
    keep: jax.Array | None = None,
    reverse: bool = False,
    unroll: bool = False,
    state_instead: bool = False,
) -> tuple[jax.Array, jax.Array, States]:
    """Run ``step(x_t, states) -> (output, new states)``: (outputs, the last one, final states).

    Where `keep`, (steps, batch) of booleans, is False the states stay and the previous output is
    repeated; before the first that is the first state where it has the shape of an output, else
    zeros. With `state_instead` it is that state at every step.
    """
    output, _ = jax.eval_shape(step, jax.tree.map(lambda a: a[0], x), list(states))
    starts_as = [s for s in states[:1] if s.shape == output.shape and s.dtype == output.dtype]

    def body(
        carry: tuple[States, jax.Array], now: tuple[PyTree, jax.Array | None]
    ) -> tuple[tuple[States, jax.Array], jax.Array]:
        states, previous = carry
        step_x, step_keep = now
        output, new = step(step_x, states)
        before = states[0] if state_instead and starts_as else previous
        new, output = where_kept(step_keep, (list(new), output), (states, before))
        return (new, output), output

    first = starts_as[0] if starts_as else jnp.zeros(output.shape, output.dtype)
    (final, last), outputs = tracing.scan(
        body, (list(states), first), (x, keep), reverse=reverse, unroll=unroll or 1
    )
    return outputs, last, final


def batch_by_steps(x: jax.Array) -> jax.Array:
    """(steps, batch, ...) as (batch * steps, ...), so that rows stay on their device."""
    return jnp.moveaxis(x, 0, 1).reshape(-1, *x.shape[2:])
