"""What the primitives of this package have in common while they are traced."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import jax
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir, xla

_spelled_out: ContextVar[bool] = ContextVar("spelled_out", default=False)


@contextlib.contextmanager
def spelled_out() -> Iterator[None]:
    """Within the block programs are traced with JAX's own operations only, for readers that know no
    others.
    """
    token = _spelled_out.set(True)
    try:
        yield
    finally:
        _spelled_out.reset(token)


def is_spelled_out() -> bool:
    """Whether this is inside a :func:`spelled_out` block."""
    return _spelled_out.get()


def varying_alike(*arrays: jax.Array) -> list[jax.Array]:
    """Inside `shard_map`, say that all vary over the axes that any does; the transpose of that is a
    sum.
    """

    def axes(x: jax.Array) -> frozenset:
        return getattr(getattr(jax.typeof(x), "mat", None), "varying", frozenset())

    wanted = frozenset().union(*map(axes, arrays))

    def vary(x: jax.Array) -> jax.Array:
        missing = tuple(wanted - axes(x))
        return lax.pcast(x, missing, to="varying") if missing else x

    return [vary(x) for x in arrays]


def differentiate_as(primitive: Primitive, everywhere: Callable[..., Any]) -> None:
    """Differentiate `primitive` as `everywhere`, which computes the same by operations that JAX
    knows.
    """

    def differentiated(arguments: Any, tangents: Any, **static: Any) -> Any:
        directions = tuple(ad.instantiate_zeros(tangent) for tangent in tangents)
        return jax.jvp(functools.partial(everywhere, **static), tuple(arguments), directions)

    ad.primitive_jvps[primitive] = differentiated


def map_as(primitive: Primitive, everywhere: Callable[..., Any]) -> None:
    """Map `primitive` as `everywhere`, which computes the same by operations that JAX knows."""

    def mapped(arguments: Any, dims: Any, **static: Any) -> Any:
        found = jax.vmap(functools.partial(everywhere, **static), in_axes=dims)(*arguments)
        return found, [0] * len(found) if primitive.multiple_results else 0

    batching.primitive_batchers[primitive] = mapped


def lower_on_one_cpu(
    primitive: Primitive, everywhere: Callable[..., Any], on_cpu: Callable[..., Any]
) -> None:
    """Lower `primitive` to `on_cpu` in programs for one CPU device of this process, and to
    `everywhere` in all others.

    Programs for several devices are cut up by XLA, which cannot look into a call of oneDNN's;
    exported ones must run where it is not.
    """
    several = primitive.multiple_results

    def lower(context: Any, *arguments: Any, **static: Any) -> Any:
        module = context.module_context
        alone = getattr(module.axis_context, "num_devices", None) == 1
        way = on_cpu if alone and not module.lowering_parameters.for_export else everywhere
        return mlir.lower_fun(way, multiple_results=several)(context, *arguments, **static)

    mlir.register_lowering(primitive, mlir.lower_fun(everywhere, multiple_results=several))
    mlir.register_lowering(primitive, lower, platform="cpu")
    primitive.def_impl(functools.partial(xla.apply_primitive, primitive))
    lower_when_devices_are_known(primitive)


def lower_when_devices_are_known(primitive: Primitive) -> None:
    """Without this a program is lowered before it is known for how many devices."""
    with contextlib.suppress(ImportError):
        from jax._src.dispatch import prim_requires_devices_during_lowering

        prim_requires_devices_during_lowering.add(primitive)
