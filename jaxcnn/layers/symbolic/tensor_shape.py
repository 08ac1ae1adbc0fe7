"""Shapes that answer as those of TensorFlow, which programs ask for a size by ``.value``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jaxcnn.runtime.types import Shape
from jaxcnn.spellings.dialect import chosen


def of_sizes(function: Callable[[int, int], int]) -> Callable[[Dimension, object], Any]:
    """A function of two integers that makes a size of another; it leaves what is no integer."""

    def made(size: Dimension, other: object) -> Any:
        result = function(size, other)  # type: ignore[arg-type]
        return Dimension(result) if type(result) is int else result

    return made


class Dimension(int):
    """A known size; what sums, differences, products and whole quotients make is one, too."""

    __add__, __radd__ = of_sizes(int.__add__), of_sizes(int.__radd__)
    __sub__, __rsub__ = of_sizes(int.__sub__), of_sizes(int.__rsub__)
    __mul__, __rmul__ = of_sizes(int.__mul__), of_sizes(int.__rmul__)
    __floordiv__, __rfloordiv__ = (
        of_sizes(int.__floordiv__),
        of_sizes(int.__rfloordiv__),
    )
    __mod__, __rmod__ = of_sizes(int.__mod__), of_sizes(int.__rmod__)

    @property
    def value(self) -> int:
        """The size as a plain integer."""
        return int(self)

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        """Copies are plain integers."""
        return int, (int(self),)


class UnknownDimension:
    """A size that may be any: equal to None, and so is what arithmetic makes of it."""

    value = None

    def __repr__(self) -> str:
        return "?"

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, UnknownDimension)

    def __hash__(self) -> int:
        return hash(None)

    def _unknown(self, other: object) -> UnknownDimension:
        return self

    __add__ = __sub__ = __mul__ = __floordiv__ = __mod__ = _unknown
    __radd__ = __rsub__ = __rmul__ = __rfloordiv__ = __rmod__ = _unknown


class TensorShape(tuple[Any, ...]):
    """The shape of a symbolic tensor: integers, and None where any size will do.

    A program for an old Keras gets an object for such a size, too, whose `value` it may ask for.
    """

    def __getitem__(self, index: Any) -> Any:
        size = super().__getitem__(index)
        if size is None and chosen():
            return UnknownDimension()
        return Dimension(size) if isinstance(size, int) else size

    def __str__(self) -> str:
        """In a program for an old Keras '(?, 3)'."""
        return shown(self) if chosen() else repr(self)

    def as_list(self) -> list[int | None]:
        """The sizes as a list."""
        return list(self)

    @property
    def ndims(self) -> int:
        """The number of axes."""
        return len(self)

    def __reduce__(self) -> tuple[type[tuple[Any, ...]], tuple[list[int | None]]]:
        """Copies are plain tuples."""
        return tuple, (list(self),)


class StaticShape(TensorShape):
    """The same as `get_shape` returns it, where a size that may be any is an object, too."""

    def __getitem__(self, index: Any) -> Any:
        size = super().__getitem__(index)
        return UnknownDimension() if size is None else size


def shown(shape: Shape) -> str:
    """A shape as TensorFlow prints it: '(?, 10)'."""
    sizes = ["?" if size is None else str(int(size)) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
