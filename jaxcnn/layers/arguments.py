"""The arguments that every layer takes besides those of its module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn, TypedDict

from jaxcnn.runtime.types import ArrayLike, Config, DTypeLike, Settings, Shape
from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.stories import told_in


class Common(TypedDict, total=False):
    """What every layer takes besides its own arguments."""

    name: str | None
    trainable: bool
    dtype: DTypeLike | None
    input_shape: Shape | int | None
    batch_input_shape: Shape | None
    batch_size: int | None
    weights: Sequence[ArrayLike] | None


class First(Common, total=False):
    """What may also say the shape of the first layer's input."""

    input_dim: int | None
    input_length: int | None


COMMON = tuple(First.__annotations__)


def with_dtype(arguments: Config) -> Config:
    """Arguments with `dtype` under its name in Keras 1, which Keras 2 took too, as `dtype`."""
    if "input_dtype" not in arguments:
        return arguments
    rest = {name: value for name, value in arguments.items() if name != "input_dtype"}
    return {"dtype": arguments["input_dtype"], **rest}


def declared_input_shape(arguments: Settings) -> Shape | None:
    """The input shape, batch in front, that a layer's arguments state in one of Keras's ways."""
    if (batch_shape := arguments.get("batch_input_shape")) is not None:
        return tuple(batch_shape)
    shape = arguments.get("input_shape")
    if shape is None and (dim := arguments.get("input_dim")) is not None:
        length = arguments.get("input_length")
        shape = (dim,) if length is None else (length, dim)
    if shape is None:
        return None
    return (arguments.get("batch_size"), *((shape,) if isinstance(shape, int) else shape))


@told_in("names")
def refuse_argument(owner: str, name: str, known: Sequence[str]) -> NoReturn:
    """Refuse a keyword that `owner` does not take.

    Raises:
        TypeError: always; the message names the nearest that it does take.
    """
    takes = ", ".join(dict.fromkeys(known))
    raise TypeError(
        f"{owner} got an unknown argument `{name}`.{closest(name, known)} It takes: {takes}."
    )
