"""What the primitives of this package have in common while they are traced."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeAlias

import jax
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir, xla
from jax.sharding import NamedSharding, PartitionSpec

from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import PyTree

# A parameter of a primitive: anything that can be hashed.
Static: TypeAlias = Any
# What computes a primitive's result, or its list of results.
Implementation: TypeAlias = Callable[..., PyTree]

# Read while a function is traced that knows nothing of who traces it: no argument could carry it.
_spelled_out: ContextVar[bool] = ContextVar("spelled_out", default=False)


def spelled_out() -> contextlib.AbstractContextManager[bool]:
    """Within the block programs are traced with JAX's operations only, for readers of jaxprs."""
    return scoped(_spelled_out, True)


def is_spelled_out() -> bool:
    """Whether this is inside a :func:`spelled_out` block."""
    return _spelled_out.get()


def scan(
    body: Callable[[PyTree, PyTree], tuple[PyTree, PyTree]],
    start: PyTree,
    parts: PyTree,
    *,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[PyTree, PyTree]:
    """`lax.scan`; backwards, where programs are spelled out, by turning the arrays round."""
    if not (reverse and is_spelled_out()):
        scanned: tuple[PyTree, PyTree] = lax.scan(
            body, start, parts, reverse=reverse, unroll=unroll
        )
        return scanned

    def turned(tree: PyTree) -> PyTree:
        return jax.tree.map(lambda array: lax.rev(array, (0,)), tree)

    final, results = lax.scan(body, start, turned(parts), unroll=unroll)
    return final, turned(results)


def varying_alike(*arrays: jax.Array) -> list[jax.Array]:
    """Inside `shard_map`, let all vary over the axes that any does; its transpose is a sum."""

    def axes(x: jax.Array) -> frozenset[str]:
        varying: frozenset[str] = getattr(
            getattr(jax.typeof(x), "mat", None), "varying", frozenset()
        )
        return varying

    all_axes = frozenset[str]().union(*map(axes, arrays))

    def vary(x: jax.Array) -> jax.Array:
        missing = tuple(all_axes - axes(x))
        return lax.pcast(x, missing, to="varying") if missing else x

    return [vary(x) for x in arrays]


def differentiate_as(primitive: Primitive, everywhere: Implementation) -> None:
    """Differentiate `primitive` as `everywhere`, which computes the same by JAX's operations."""

    def differentiated(
        arguments: Sequence[jax.Array], tangents: Sequence[jax.Array | ad.Zero], **static: Static
    ) -> PyTree:
        directions = tuple(ad.instantiate_zeros(tangent) for tangent in tangents)
        return jax.jvp(functools.partial(everywhere, **static), tuple(arguments), directions)

    ad.primitive_jvps[primitive] = differentiated


def map_as(primitive: Primitive, everywhere: Implementation) -> None:
    """Map `primitive` as `everywhere`, which computes the same by JAX's operations."""

    def mapped(
        arguments: Sequence[jax.Array], dims: Sequence[int | None], **static: Static
    ) -> tuple[PyTree, int | list[int]]:
        results = jax.vmap(functools.partial(everywhere, **static), in_axes=tuple(dims))(*arguments)
        return results, [0] * len(results) if primitive.multiple_results else 0

    batching.primitive_batchers[primitive] = mapped


def lower_on_one_cpu(
    primitive: Primitive, everywhere: Implementation, on_cpu: Implementation
) -> None:
    """Lower `primitive` to `on_cpu` in programs for one CPU device, and else to `everywhere`.

    Programs for several devices are cut up by XLA, which cannot look into a call of oneDNN's;
    exported ones must run where it is not.
    """
    several = primitive.multiple_results

    def lower(
        context: mlir.LoweringRuleContext, *arguments: mlir.Value, **static: Static
    ) -> Sequence[mlir.Value]:
        module = context.module_context
        alone = getattr(module.axis_context, "num_devices", None) == 1
        way = on_cpu if alone and not module.lowering_parameters.for_export else everywhere
        return lowered(way, context, *arguments, several=several, **static)

    mlir.register_lowering(primitive, mlir.lower_fun(everywhere, multiple_results=several))
    mlir.register_lowering(primitive, lower, platform="cpu")
    primitive.def_impl(functools.partial(xla.apply_primitive, primitive))
    lower_when_devices_are_known(primitive)


def lowered(
    function: Implementation,
    context: mlir.LoweringRuleContext,
    *arguments: mlir.Value,
    several: bool = False,
    **static: Static,
) -> Sequence[mlir.Value]:
    """What a function of arrays, of one or several results, becomes in the program of `context`."""
    values: Sequence[mlir.Value] = mlir.lower_fun(function, multiple_results=several)(
        context, *arguments, **static
    )
    return values


def updated(array: ShapedArray, shape: tuple[int, ...], spec: PartitionSpec) -> ShapedArray:
    """The abstract `array` with another shape and, on a mesh with explicit axes, this sharding."""
    result: ShapedArray = array.update(
        shape=shape, weak_type=False, sharding=NamedSharding(array.sharding.mesh, spec)
    )
    return result


def lower_when_devices_are_known(primitive: Primitive) -> None:
    """Let programs with `primitive` be lowered only when their number of devices is known.

    Lowering rules choose by that number; JAX keeps the set of primitives that need it under a name
    that is not public, so this function alone knows it.
    """
    with contextlib.suppress(ImportError):
        from jax._src.dispatch import prim_requires_devices_during_lowering

        prim_requires_devices_during_lowering.add(primitive)
