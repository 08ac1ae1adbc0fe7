"""Protocol buffers, as far as it takes to read the fields of a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DAMAGED = "A protocol buffer is damaged."
SIZES = {1: 8, 5: 4}  # kind of a field of fixed size -> bytes


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """(number, value) of each field: a number, or the bytes of a text, an array or a message.

    Raises:
        ValueError: it is damaged.
    """
    at = 0
    value: int | bytes
    while at < len(message):
        tag, at = varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(message, at)
        elif kind == 2:
            length, at = varint(message, at)
            value, at = message[at : at + length], at + length
        elif kind in SIZES and at + SIZES[kind] <= len(message):
            value = int.from_bytes(message[at : at + SIZES[kind]], "little")
            at += SIZES[kind]
        else:
            raise ValueError(DAMAGED)
        if at > len(message):
            raise ValueError(DAMAGED)
        yield tag >> 3, value


def varint(data: bytes, at: int) -> tuple[int, int]:
    """(a number of seven bits a byte, the place after it).

    Raises:
        ValueError: it does not end.
    """
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        number, at = number | (byte & 127) << shift, at + 1
        if byte < 128:
            return number, at
    raise ValueError(DAMAGED)


def packed(values: bytes) -> Iterator[int]:
    """The numbers of a field that holds several."""
    at = 0
    while at < len(values):
        number, at = varint(values, at)
        yield number
