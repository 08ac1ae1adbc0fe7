"""Checks of layer arguments: each returns the normalised value or raises one clear ValueError."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

from jaxcnn.runtime import config


def positive_integer(layer: str, name: str, value: Any) -> int:
    """`value` as an int >= 1 (a float such as 32.0 is accepted, 32.5 is not)."""
    try:
        number = (
            int(value) if isinstance(value, float) and value.is_integer() else operator.index(value)
        )
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"{layer}: `{name}` is {value!r}; it must be a positive integer.")
    return number


def number(
    layer: str, name: str, value: Any, minimum: float = -math.inf, maximum: float = math.inf
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


def whole_numbers(value: Any) -> tuple[int, ...] | None:
    """`value`, an integer or several, as a tuple; None when it is anything else."""
    try:
        return tuple(
            operator.index(v) for v in (value if isinstance(value, Iterable) else (value,))
        )
    except TypeError:
        return None


def integers(layer: str, name: str, value: Any, rank: int, minimum: int = 1) -> tuple[int, ...]:
    """`value`, an integer or `rank` of them, as a tuple of `rank` integers >= `minimum`."""
    values = (
        (value,) * rank
        if isinstance(value, int | float) or not hasattr(value, "__iter__")
        else tuple(value)
    )
    try:
        numbers = tuple(
            operator.index(int(v) if isinstance(v, float) and v.is_integer() else v) for v in values
        )
    except TypeError:
        numbers = ()
    if len(numbers) != rank or any(n < minimum for n in numbers):
        what = "an integer" if rank == 1 else f"an integer or {rank} integers"
        raise ValueError(
            f"{layer}: `{name}` is {value!r}; it must be {what}, each at least {minimum}."
        )
    return numbers


def choice(layer: str, name: str, value: Any, allowed: tuple[str, ...]) -> str:
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


def pairs(layer: str, name: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Amounts before and after each of `rank` axes: an int, one int an axis, or one (before, after)
    pair an axis.
    """
    others = (
        " or a pair (before, after)."
        if rank == 1
        else f", {rank} integers, or {rank} pairs (before, after)."
    )
    message = f"{layer}: `{name}` is {value!r}; it must be a non-negative integer{others}"
    if isinstance(value, int):
        value = ((value, value),) * rank
    elif (
        rank == 1
        and hasattr(value, "__len__")
        and len(value) == 2
        and all(isinstance(v, int) for v in value)
    ):
        value = (tuple(value),)
    if not hasattr(value, "__len__") or len(value) != rank:
        raise ValueError(message)
    result = tuple(
        (v, v) if isinstance(v, int) else tuple(v) if hasattr(v, "__iter__") else () for v in value
    )
    if any(len(p) != 2 or any(not isinstance(n, int) or n < 0 for n in p) for p in result):
        raise ValueError(message)
    return result


def rank(layer: str, x: Any, expected: int, meaning: str) -> None:
    """Raise when `x` does not have `expected` axes; `meaning` names them, as in "(batch, height,
    width, channels)".
    """
    if x.ndim != expected:
        raise ValueError(
            f"{layer}: the input has shape {tuple(x.shape)}; it needs {expected} axes {meaning}."
        )
