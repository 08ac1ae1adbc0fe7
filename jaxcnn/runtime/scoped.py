"""A context variable's value within a block."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


@contextlib.contextmanager
def scoped(variable: ContextVar[T], value: T) -> Iterator[T]:
    """Within the block the context variable has this value."""
    token = variable.set(value)
    try:
        yield value
    finally:
        variable.reset(token)
