"""Checks of layer arguments: each returns the normalised value or raises one clear ValueError."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Protocol, SupportsFloat, SupportsIndex

from jaxcnn.runtime import config
from jaxcnn.spellings.stories import told_in


class HasShape(Protocol):
    """An array, or what stands for one."""

    @property
    def shape(self) -> tuple[int, ...]: ...


def index(value: SupportsIndex | float) -> int:
    """`value` as an int; a float such as 32.0 is accepted, 32.5 is a TypeError."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, SupportsIndex):
        return operator.index(value)
    raise TypeError(f"{value!r} is no integer.")


def positive_integer(layer: str, name: str, value: SupportsIndex | float) -> int:
    """`value` as an int >= 1."""
    try:
        integer = index(value)
    except TypeError:
        integer = 0
    if integer < 1:
        raise ValueError(f"{layer}: `{name}` is {value!r}; it must be a positive integer.")
    return integer


def number(
    layer: str,
    name: str,
    value: SupportsFloat,
    minimum: float = -math.inf,
    maximum: float = math.inf,
) -> float:
    """`value` as a finite float from `minimum` to `maximum`."""
    try:
        result = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not (math.isfinite(result) and minimum <= result <= maximum):
        above = "" if minimum == -math.inf else f" of at least {minimum:g}"
        below = "" if maximum == math.inf else f" and at most {maximum:g}"
        raise ValueError(
            f"{layer}: `{name}` is {value!r}; it must be a finite number{above}{below}."
        )
    return result


def whole_numbers(value: SupportsIndex | Iterable[SupportsIndex]) -> tuple[int, ...] | None:
    """`value`, an integer or several, as a tuple; None when it is anything else."""
    try:
        return tuple(
            operator.index(v) for v in (value if isinstance(value, Iterable) else (value,))
        )
    except TypeError:
        return None


def integers(
    layer: str, name: str, value: int | Iterable[int], rank: int, minimum: int = 1
) -> tuple[int, ...]:
    """`value`, an integer or `rank` of them, as a tuple of `rank` integers >= `minimum`."""
    values = tuple(value) if isinstance(value, Iterable) else (value,) * rank
    try:
        numbers = tuple(map(index, values))
    except TypeError:
        numbers = ()
    if len(numbers) != rank or any(n < minimum for n in numbers):
        expected = "an integer" if rank == 1 else f"an integer or {rank} integers"
        raise ValueError(
            f"{layer}: `{name}` is {value!r}; it must be {expected}, each at least {minimum}."
        )
    return numbers


def feature_axis(layer: str, value: int | Sequence[int]) -> int:
    """The argument `axis` as one integer that is not 0, the batch."""
    if not isinstance(value, int) or value == 0:
        raise ValueError(
            f"{layer}: `axis` is {value!r}; it must be an integer other than 0, the batch."
        )
    return value


def existing_axes(
    layer: str, axes: int | Iterable[int], x: HasShape, name: str = "axis"
) -> tuple[int, ...]:
    """`axes`, one or several of `x` and not its batch, each counted from the front."""
    numbers = (axes,) if isinstance(axes, int) else tuple(axes)
    count = len(x.shape)
    if any(not -count < axis < count for axis in numbers):
        raise ValueError(f"{layer}: `{name}` is {axes}, but the input has shape {x.shape}.")
    return tuple(axis % count for axis in numbers)


def choice(layer: str, name: str, value: str, allowed: tuple[str, ...]) -> str:
    """`value` in lower case when it is one of `allowed`."""
    lowered = value.lower() if isinstance(value, str) else value
    if lowered not in allowed:
        raise ValueError(
            f"{layer}: `{name}` is {value!r}; it must be one of {', '.join(map(repr, allowed))}."
        )
    return lowered


def data_format(layer: str, value: str | None) -> str:
    """'channels_last' or 'channels_first'; None means the configured default."""
    if value is None:
        return config.image_data_format()
    return choice(layer, "data_format", value, ("channels_last", "channels_first"))


def pairs(
    layer: str, name: str, value: int | Sequence[int | Sequence[int]], rank: int
) -> tuple[tuple[int, int], ...]:
    """(before, after) for each of `rank` axes, from an integer, or one or a pair for each axis."""
    entries = tuple(value) if isinstance(value, Iterable) else (value,) * rank
    amounts = [
        (entry, entry) if isinstance(entry, int) else whole_numbers(entry) or ()
        for entry in entries
    ]
    if rank == 1 and len(entries) == 2 and all(isinstance(entry, int) for entry in entries):
        amounts = [(amounts[0][0], amounts[1][0])]
    if len(amounts) != rank or any(len(pair) != 2 or min(pair) < 0 for pair in amounts):
        others = f", {rank} integers, or {rank} pairs (before, after)."
        if rank == 1:
            others = " or a pair (before, after)."
        raise ValueError(
            f"{layer}: `{name}` is {value!r}; it must be a non-negative integer{others}"
        )
    return tuple((before, after) for before, after in amounts)


class IncompatibleError(ValueError):
    """An input that a layer cannot take.

    Attributes:
        demand: what Keras says of it, such as 'expected ndim=3, found ndim=2'.
    """

    def __init__(self, message: str, demand: str) -> None:
        super().__init__(message)
        self.demand = demand


@told_in("shapes")
def rank(layer: str, x: HasShape, expected: int, meaning: str) -> None:
    """Raise when `x` does not have `expected` axes, which `meaning` names: "(batch, channels)"."""
    if len(x.shape) != expected:
        raise IncompatibleError(
            f"{layer}: the input has shape {tuple(x.shape)}; it needs {expected} axes {meaning}.",
            f"expected ndim={expected}, found ndim={len(x.shape)}",
        )
