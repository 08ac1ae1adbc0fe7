"""The arguments of `Layer.add_weight`, whose order differs between the versions of Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn.runtime.types import DTypeLike, Identifier

FIRST = ("shape", "initializer", "name", "trainable", "regularizer", "constraint")  # Keras 1
SECOND = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
WITHOUT_DTYPE = tuple(name for name in SECOND if name != "dtype")  # the first Keras 2


@dataclass(frozen=True)
class WeightArguments:
    """What `Layer.add_weight` was given."""

    shape: tuple[int, ...]
    name: str | None = None
    dtype: DTypeLike | None = None
    initializer: Identifier = "glorot_uniform"
    regularizer: Identifier = None
    trainable: bool = True
    constraint: Identifier = None


def weight_arguments(layer: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> WeightArguments:
    """The arguments by name, of a call in the order of Keras 1 or of Keras 2.

    Raises:
        TypeError: unknown, repeated or too many arguments.
        ValueError: no shape.
    """
    names: tuple[str, ...] = SECOND
    if args and not isinstance(args[0], str | None):
        names = FIRST
    elif len(args) > 2 and not is_dtype(args[2]):
        names = WITHOUT_DTYPE
    given = dict(zip(names, args, strict=False))
    wrong = sorted(given.keys() & kwargs.keys() or kwargs.keys() - set(SECOND))
    if len(args) > len(names) or wrong:
        problem = f"not `{wrong[0]}` as given" if wrong else f"not {len(args)} of them"
        raise TypeError(
            f"Layer '{layer}': add_weight takes {', '.join(SECOND)}, each once, {problem}."
        )
    given |= kwargs
    shape = given.get("shape")
    if shape is None or isinstance(shape, str):
        raise ValueError(f"Layer '{layer}': add_weight needs a `shape`.")
    sizes = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    if given.get("initializer") is None:
        given.pop("initializer", None)
    return WeightArguments(**{**given, "shape": sizes})


def is_dtype(value: object) -> bool:
    """Whether an argument stands for a number type, or leaves it open."""
    if value is None:
        return True
    if not isinstance(value, str | np.dtype | type):
        return False
    try:
        np.dtype(value)
    except TypeError:
        return value == "bfloat16"
    return True
