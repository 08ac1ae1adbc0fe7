"""Shapes that answer as those of TensorFlow, which programs ask for a size by ``.value``."""

from __future__ import annotations

from typing import Any


class Dimension(int):
    """A known size."""

    @property
    def value(self) -> int:
        """The size as a plain integer."""
        return int(self)

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        """Copies are plain integers."""
        return int, (int(self),)


class UnknownDimension:
    """A size that may be any."""

    value = None

    def __repr__(self) -> str:
        return "?"


class TensorShape(tuple[Any, ...]):
    """The shape of a symbolic tensor: integers, and None where any size will do."""

    def __getitem__(self, index: Any) -> Any:
        size = super().__getitem__(index)
        return Dimension(size) if isinstance(size, int) else size

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
