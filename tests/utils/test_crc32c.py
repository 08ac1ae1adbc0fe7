"""Checksums of short and of long bytes."""

import numpy as np

from jaxcnn.utils.crc32c import ONES, crc32c, table


def test_long_bytes_have_the_checksum_of_one_byte_after_another():
    assert crc32c(b"123456789") == 0xE3069283
    for size in (4096, 5001, 8193):
        data, steps, crc = np.random.default_rng(size).bytes(size), table().tolist(), ONES
        for byte in data:
            crc = steps[(crc ^ byte) & 0xFF] ^ crc >> 8
        assert crc32c(data) == crc ^ ONES
