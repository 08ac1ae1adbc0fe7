"""The Castagnoli checksum of TensorFlow's files, for large arrays with NumPy."""

from __future__ import annotations

import functools

import numpy as np

SEGMENT = 1024  # bytes of a part; parts are summed side by side, then put together
ONES = 0xFFFFFFFF


@functools.cache
def table() -> np.ndarray:
    """The checksum of each byte."""
    values: np.ndarray = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = values >> 1 ^ np.where(values & 1, np.uint32(0x82F63B78), np.uint32(0))
    return values


def masked_crc32c(data: bytes) -> int:
    """The checksum, rotated and shifted as TensorFlow stores it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & ONES


def crc32c(data: bytes) -> int:
    """The checksum of some bytes."""
    if len(data) >= 4 * SEGMENT:
        return of_segments(data) ^ ONES
    steps, crc = table().tolist(), ONES
    for byte in data:
        crc = steps[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ ONES


def of_segments(data: bytes) -> int:
    """The checksum before its last inversion: without a start, zeros in front do not count."""
    count = 1 << (-(-len(data) // SEGMENT) - 1).bit_length()
    padded = np.zeros(count * SEGMENT, np.uint8)
    padded[len(padded) - len(data) :] = np.frombuffer(data, np.uint8)
    padded[len(padded) - len(data) :][:4] ^= 0xFF  # the start of all ones
    crcs = np.zeros(count, np.uint32)
    for column in np.ascontiguousarray(padded.reshape(count, SEGMENT).T):
        crcs = table()[(crcs ^ column) & 0xFF] ^ crcs >> 8
    # What a zero byte makes of each bit; doubled until it is as many zeros as a part has bytes.
    bits = np.uint32(1) << np.arange(32, dtype=np.uint32)
    zeros = table()[bits & 0xFF] ^ bits >> 8
    for _ in range(SEGMENT.bit_length() - 1):
        zeros = applied(zeros, zeros)
    while len(crcs) > 1:
        crcs = applied(zeros, crcs[::2]) ^ crcs[1::2]
        zeros = applied(zeros, zeros)
    return int(crcs[0])


def applied(matrix: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The product of a matrix of bits, one number a column, with numbers."""
    result = np.zeros_like(values)
    for bit, column in enumerate(matrix):
        result ^= np.where(values >> bit & 1, column, np.uint32(0))
    return result
