"""The variables of MATLAB's files of version 5, read without trusting what they declare."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.utils.untrusted import ALLOWANCE, EXPANSION

HEADER = 128
MATRIX, COMPRESSED = 14, 15
NUMBERS: Mapping[int, str] = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
    16: "u1",
    17: "u2",
    18: "u4",
}
CELL, STRUCT, CHARACTERS = 1, 2, 4
NUMERIC = range(6, 16)


def read_variable(path: Path, name: str) -> Any:
    """A variable: arrays as in MATLAB, cells as lists, structures as dicts, texts.

    Structures of another size than one are lists of dicts; what is none of these is None.

    Raises:
        KeyError: there is none of this name.
        ValueError: it is no such file, damaged, or larger than its size allows.
    """
    content = path.read_bytes()
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if len(content) < HEADER or order is None:
        raise ValueError("It is no file of MATLAB's version 5.")
    for kind, data in elements(content[HEADER:], order):
        if kind == COMPRESSED:
            kind, data = following(elements(expanded(data), order))
        if kind == MATRIX and name_of(data, order) == name:
            return value_of(data, order)
    raise KeyError(name)


def expanded(data: bytes) -> bytes:
    """Compressed content.

    Raises:
        ValueError: it would be larger than its size allows.
    """
    most = EXPANSION * len(data) + ALLOWANCE
    content = zlib.decompressobj().decompress(data, most)
    if len(content) == most:
        raise ValueError(f"A variable takes more than the {most:,} bytes that its size allows.")
    return content


def elements(content: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """(type, data) of each element in a part of a file.

    Raises:
        ValueError: an element is longer than what is there.
    """
    at = 0
    while at + 8 <= len(content):
        first, size = (int(n) for n in np.frombuffer(content, order + "u4", 2, at))
        kind, at = first, at + 8
        if first >> 16:  # up to four bytes, which stand in the place of the size
            kind, size, at = first & 0xFFFF, first >> 16, at - 4
        if at + size > len(content):
            raise ValueError("It is cut short.")
        yield kind, content[at : at + size]
        at += size if kind == COMPRESSED else -(-(at + size) // 8) * 8 - at


def following(parts: Iterator[tuple[int, bytes]]) -> tuple[int, bytes]:
    """The next element.

    Raises:
        ValueError: there is none.
    """
    for part in parts:
        return part
    raise ValueError("It is cut short.")


def numbers(element: tuple[int, bytes], order: str) -> np.ndarray:
    """The numbers of an element."""
    kind, data = element
    return np.frombuffer(data, order + NUMBERS[kind])


def name_of(matrix: bytes, order: str) -> str:
    """The name of a variable, its third element."""
    parts = elements(matrix, order)
    next(parts, None), next(parts, None)
    return next(parts, (0, b""))[1].decode("latin1")


def value_of(matrix: bytes, order: str) -> Any:
    """The value of a variable or of a part of one."""
    if not matrix:  # an empty cell
        return np.empty((0, 0))
    parts = elements(matrix, order)
    flags, shape = (numbers(following(parts), order) for _ in range(2))
    following(parts)
    kind, sizes = int(flags[0]) & 0xFF, tuple(int(n) for n in shape)
    count = math.prod(sizes)
    if kind in NUMERIC:
        return numbers(following(parts), order).reshape(sizes, order="F")
    if kind == CHARACTERS:
        return "".join(map(chr, numbers(following(parts), order)))
    if kind == CELL:
        return [value_of(following(parts)[1], order) for _ in range(count)]
    if kind == STRUCT:
        width = int(numbers(following(parts), order)[0])
        text = following(parts)[1]
        if width < 1:
            raise ValueError("It has structures without names.")
        names = [text[i : i + width].rstrip(b"\0").decode() for i in range(0, len(text), width)]
        if not names:
            return {}
        structures = [
            {name: value_of(following(parts)[1], order) for name in names} for _ in range(count)
        ]
        return structures[0] if count == 1 else structures
    return None
