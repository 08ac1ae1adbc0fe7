"""``tf.Print``: values on standard error each time they are computed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import PyTree

__all__ = ["Print"]

SHOWN = 3  # values of each tensor, where no number is given


class Printer:
    """Writes a line of a message and values.

    Args:
        message: comes first.
        lines: how many are written at most; None for all.
        shown: how many values of each tensor.
        texts: place among the values -> a text that stands there.
    """

    def __init__(self, message: str, lines: int | None, shown: int, texts: dict[int, str]) -> None:
        self.message, self.left, self.shown, self.texts = message, lines, shown, texts

    def __call__(self, *values: np.ndarray) -> None:
        """Write the line, unless there have been enough."""
        if self.left is not None:
            if self.left == 0:
                return
            self.left -= 1
        rest = iter(values)
        count = len(values) + len(self.texts)
        parts = (self.texts[i] if i in self.texts else self.part(next(rest)) for i in range(count))
        print(self.message + "".join(f"[{part}]" for part in parts), file=sys.stderr, flush=True)

    def part(self, values: np.ndarray) -> str:
        """The first values of an array, and dots where there are more."""
        values = np.asarray(values)
        if not values.ndim:
            return one(values)
        return rows(values, self.shown)[0] + ("..." if self.shown < values.size else "")


def rows(values: np.ndarray, most: int, inside: bool = False) -> tuple[str, int]:
    """(at most so many values, in brackets along all axes but the first; their number)."""
    if values.ndim == 1:
        text = " ".join(map(one, values[:most]))
        return text + ("..." if inside and most < len(values) else ""), min(most, len(values))
    text, count = "", 0
    for row in values:
        if count >= most:
            break
        part, size = rows(row, most - count, True)
        text, count = f"{text}[{part}]", count + size
    return text, count


def one(value: Any) -> str:
    """A number with as few digits as tell it apart, a bool as 1 or 0."""
    number = np.asarray(value)
    if number.dtype.kind != "f":
        return str(int(number))
    few, many = (15, 17) if number.dtype.itemsize > 4 else (6, 9)
    text = f"{float(number):.{few}g}"
    return text if number.dtype.type(text) == number else f"{float(number):.{many}g}"


@word("Print")
def printed(input_: PyTree, data: Sequence[PyTree], printer: Printer) -> PyTree:
    """`input_`, with a line written each time it is computed."""
    jax.debug.callback(printer, *data)
    return input_


def Print(
    input_: PyTree,
    data: Sequence[PyTree],
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> PyTree:
    """`input_`; each time it is computed the values of `data` are written behind `message`.

    Args:
        input_: any tensor.
        data: tensors and texts.
        message: comes first.
        first_n: how often a line is written at most.
        summarize: how many values of each tensor; 3 if None, and all if negative.
        name: of the operation.
    """
    values = list(data)
    texts = {i: value for i, value in enumerate(values) if isinstance(value, str)}
    shown = SHOWN if summarize is None else summarize if summarize >= 0 else sys.maxsize
    printer = Printer(message or "", first_n, shown, texts)
    tensors = [value for i, value in enumerate(values) if i not in texts]
    return printed(input_, tensors, printer, name=name)
