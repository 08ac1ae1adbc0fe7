"""Functions of arrays that may be called before the arrays are known."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


class Deferred:
    """Stands for an array that is known later.

    Attributes:
        known_later: False while it has a value.
    """

    known_later = True

    def put_off(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Stands for ``function(*args, **kwargs)``; this object is one of the arguments."""
        raise NotImplementedError(f"{type(self).__name__} must define put_off().")


def deferrable(function: F) -> F:
    """Decorator: a function that is put off where an argument is `Deferred`."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if isinstance(value, Deferred) and value.known_later:
                return value.put_off(call, *args, **kwargs)
        return function(*args, **kwargs)

    return cast(F, call)
