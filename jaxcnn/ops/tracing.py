"""What the primitives of this package have in common while they are traced."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import jax
from jax import lax

_spelled_out: ContextVar[bool] = ContextVar("spelled_out", default=False)


@contextlib.contextmanager
def spelled_out() -> Iterator[None]:
    """Within the block programs are traced with JAX's own operations only, for readers that know no others."""
    token = _spelled_out.set(True)
    try:
        yield
    finally:
        _spelled_out.reset(token)


def is_spelled_out() -> bool:
    """Whether this is inside a :func:`spelled_out` block."""
    return _spelled_out.get()


def varying_alike(a: jax.Array, b: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Inside `shard_map`, say that both vary over the axes that either does; the transpose of that is a sum."""

    def axes(x: jax.Array) -> frozenset:
        return getattr(getattr(jax.typeof(x), "mat", None), "varying", frozenset())

    def vary(x: jax.Array) -> jax.Array:
        missing = tuple((axes(a) | axes(b)) - axes(x))
        return lax.pcast(x, missing, to="varying") if missing else x

    return vary(a), vary(b)
