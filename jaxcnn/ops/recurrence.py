"""What the operations that go over all steps of a sequence have in common.

On one CPU each is a call of oneDNN's (:mod:`jaxcnn.ops.onednn`), in which each thread takes some
rows through all steps. Where such a program is mapped, differentiated again or exported they are
loops of XLA's; elsewhere, as :func:`pays` says, loops made for the purpose are faster. Arrays are
batch first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import jax
import jax.numpy as jnp
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.sharding import PartitionSpec

from jaxcnn import activations
from jaxcnn.ops import onednn
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.tracing import (
    differentiate_as,
    is_spelled_out,
    lower_on_one_cpu,
    map_as,
    updated,
)
from jaxcnn.runtime.types import ArrayFunction

# Loops are called with arrays one by one and the keyword `settings`, like primitives.
Loop: TypeAlias = Callable[..., list[jax.Array]]
Operation: TypeAlias = Callable[[Sequence[jax.Array], StepSettings], list[jax.Array]]
ByOneDNN: TypeAlias = Callable[[Sequence[jax.Array], StepSettings], list[jax.Array] | None]
T = TypeVar("T")


def pays() -> bool:
    """Whether programs traced now are for one CPU, with oneDNN at hand."""
    return onednn.accelerated() and jax.default_backend() == "cpu" and jax.device_count() == 1


def as_primitive(
    name: str, loop: Loop, by_onednn: ByOneDNN, shapes: Callable[..., list[ShapedArray]]
) -> Operation:
    """The operation that `loop` spells out, as a JAX primitive with results of these `shapes`."""
    primitive = Primitive(name)
    primitive.multiple_results = True
    primitive.def_abstract_eval(shapes)

    def on_cpu(*arrays: jax.Array, settings: StepSettings) -> list[jax.Array]:
        results = by_onednn(arrays, settings)
        return loop(*arrays, settings=settings) if results is None else results

    def operation(arrays: Sequence[jax.Array], settings: StepSettings) -> list[jax.Array]:
        form: Loop = loop if is_spelled_out() else primitive.bind
        return form(*arrays, settings=settings)

    differentiate_as(primitive, loop)
    map_as(primitive, loop)
    lower_on_one_cpu(primitive, loop, on_cpu)
    return operation


def of_each_step(inputs: ShapedArray, width: int) -> ShapedArray:
    """The abstract `inputs` with another width; on a mesh with explicit axes rows stay there."""
    spec = PartitionSpec(*inputs.sharding.spec[:1], None, None)
    return updated(inputs, (*inputs.shape[:2], width), spec)


def nothing(like: ShapedArray) -> ShapedArray:
    """An abstract array without elements."""
    return updated(like, (0,), PartitionSpec(None))


def gate_of(settings: StepSettings) -> ArrayFunction:
    return activations.hard_sigmoid if settings.hard else activations.sigmoid


def where_kept(keep: jax.Array | None, new: T, old: T) -> T:
    """The rows of `new` where `keep`, (batch,), is true, else those of `old`; None keeps all."""
    if keep is None:
        return new
    rows: T = jax.tree.map(
        lambda n, o: jnp.where(keep.reshape(-1, *(1,) * (n.ndim - 1)), n, o), new, old
    )
    return rows


def as_numbers(keep: jax.Array | None, dtype: jnp.dtype) -> jax.Array:
    """Booleans (batch, steps) as an operation takes them; None is an empty array."""
    return jnp.zeros((0, 0), dtype) if keep is None else keep.astype(dtype)


def by_time(keep: jax.Array) -> jax.Array | None:
    """(steps, batch) of booleans, None of an empty array."""
    return keep.swapaxes(0, 1) != 0 if keep.size else None


def before_each(states: jax.Array, first: jax.Array, reverse: bool) -> jax.Array:
    """The states before each step, from those after it: (batch, steps, units)."""
    order = [states[:, 1:], first[:, None]] if reverse else [first[:, None], states[:, :-1]]
    return jnp.concatenate(order, 1)
