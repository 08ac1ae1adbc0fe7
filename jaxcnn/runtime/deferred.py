"""Functions of arrays that may be called before the arrays are known."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from jax import Array

F = TypeVar("F", bound=Callable[..., Any])


class Deferred:
    """Stands for an array that is known later.

    Attributes:
        known_later: False while it has a value.
    """

    known_later = True

    if TYPE_CHECKING:  # the operators that `layers.symbolic.operators` gives to its subclasses

        def __add__(self, other: object) -> Array: ...

        def __neg__(self) -> Array: ...

        def __getitem__(self, index: object) -> Array: ...

        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __add__
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __add__
        __lt__ = __le__ = __gt__ = __ge__ = __add__
        __abs__ = __neg__

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
