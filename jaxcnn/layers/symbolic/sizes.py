"""Sizes of symbolic tensors that are known when the model runs, and arithmetic on them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, SupportsIndex, TypeAlias, overload

import jax
import numpy as np

from jaxcnn.layers.symbolic.tensor import SymbolicTensor


@dataclass(frozen=True)
class UnknownSize:
    """A size that is an integer once the model runs; ``+ - * // %`` make others of it."""

    __array_ufunc__ = None  # leaves ``numpy_integer * size`` to the operators of this class

    @property
    def tensors(self) -> list[SymbolicTensor]:
        """The tensors that it is a size of."""
        raise NotImplementedError


# A size: an integer, or what will be one.
AnySize: TypeAlias = int | UnknownSize


@dataclass(frozen=True)
class Size(UnknownSize):
    """The size of a tensor along an axis."""

    tensor: SymbolicTensor
    axis: int

    @property
    def tensors(self) -> list[SymbolicTensor]:
        return [self.tensor]


@dataclass(frozen=True)
class SlotSize(UnknownSize):
    """Stands among the arguments for a size of an input: of which one, along which axis."""

    index: int
    axis: int


@dataclass(frozen=True)
class ComputedSize(UnknownSize):
    """What one of `FUNCTIONS` makes of other sizes."""

    function: str
    parts: tuple[AnySize, ...]

    @property
    def tensors(self) -> list[SymbolicTensor]:
        return [t for part in self.parts if isinstance(part, UnknownSize) for t in part.tensors]


FUNCTIONS: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
}


def is_size(value: object) -> bool:
    """Whether `value` is an integer, or a size that is not known yet."""
    return isinstance(value, int | np.integer | UnknownSize) and not isinstance(value, bool)


def computed(function: str, *parts: AnySize) -> AnySize:
    """One of `FUNCTIONS` of two sizes; an integer if both are."""
    if any(isinstance(part, UnknownSize) for part in parts):
        return ComputedSize(function, parts)
    first, second = map(int, parts)  # type: ignore[arg-type]
    return FUNCTIONS[function](first, second)


def known(size: AnySize, shapes: Sequence[Sequence[int]]) -> int:
    """The integer that a size is, with `SlotSize` in it, for inputs of these shapes."""
    if isinstance(size, SlotSize):
        return shapes[size.index][size.axis]
    if isinstance(size, ComputedSize):
        first, second = (known(part, shapes) for part in size.parts)
        return FUNCTIONS[size.function](first, second)
    return int(size)  # type: ignore[arg-type]


def with_slot_sizes(size: AnySize, indices: dict[int, int]) -> AnySize:
    """A size with the number of its input for each tensor, whose id `indices` has."""
    if isinstance(size, Size):
        return SlotSize(indices[id(size.tensor)], size.axis)
    if isinstance(size, ComputedSize):
        return ComputedSize(size.function, tuple(with_slot_sizes(p, indices) for p in size.parts))
    return size


def product(sizes: Sequence[AnySize]) -> AnySize:
    """The product of sizes."""
    result: AnySize = 1
    for size in sizes:
        result = size if isinstance(result, int) and result == 1 else computed("mul", result, size)
    return result


class Sizes(tuple[Any, ...]):
    """A shape with sizes that may not be known yet; arithmetic is element by element.

    A sequence of another length is refused, where that of TensorFlow would repeat the shorter one
    or fail when the model runs.
    """

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Sizes: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        part = super().__getitem__(index)
        return Sizes(part) if isinstance(index, slice) else part

    def by_element(self, function: str, other: Any, reflected: bool = False) -> Any:
        """One of `FUNCTIONS` of each size and of `other`, or of its element."""
        if not is_size(other) and not isinstance(other, tuple | list | np.ndarray):
            return NotImplemented
        others = [other] * len(self) if is_size(other) else list(other)
        if not all(map(is_size, others)):
            return NotImplemented
        if len(others) != len(self):
            raise ValueError(
                f"{len(self)} sizes and {len(others)} in arithmetic; K.concatenate([a, b]) puts "
                "shapes together."
            )
        pairs = zip(others, self, strict=True) if reflected else zip(self, others, strict=True)
        return Sizes(computed(function, *pair) for pair in pairs)

    __array_ufunc__ = None


class Between(NamedTuple):
    """A slice with sizes that are not known yet, whose parts `jax.tree` sees."""

    start: AnySize | None
    stop: AnySize | None
    step: AnySize | None


def packed(index: Any) -> Any:
    """An index with `Between` for the slices that have sizes which are not known yet."""
    if isinstance(index, tuple):
        return tuple(map(packed, index))
    if not isinstance(index, slice):
        return index
    parts = Between(index.start, index.stop, index.step)
    return parts if any(isinstance(part, UnknownSize) for part in parts) else index


def unpacked(index: Any) -> Any:
    """An index with slices in place of `Between`."""
    if isinstance(index, Between):
        return slice(*index)
    return tuple(map(unpacked, index)) if isinstance(index, tuple) else index


jax.tree_util.register_pytree_node(
    Sizes, lambda sizes: (tuple(sizes), None), lambda _, sizes: Sizes(sizes)
)

for _name in FUNCTIONS:

    def _by_element(self: Sizes, other: Any, name: str = _name) -> Any:
        return self.by_element(name, other)

    def _reflected(self: Sizes, other: Any, name: str = _name) -> Any:
        return self.by_element(name, other, reflected=True)

    setattr(Sizes, f"__{_name}__", _by_element)
    setattr(Sizes, f"__r{_name}__", _reflected)
