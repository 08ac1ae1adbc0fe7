"""What the real Keras computed, in one small file a group: every array and text once, compressed.

A file is LZMA around the length of an index (8 bytes), the index as JSON and the arrays' bytes. The
index maps a case to the values of each era, a text as it is and an array as [offset, dtype, shape].
Runs on Python 3.6 as well.
"""

import collections
import json
import lzma
import os
import struct

import numpy as np


def read(path):
    """{case: {era: {value's name: array or text}}}; empty where there is no file yet."""
    if not os.path.exists(path):
        return {}
    with lzma.open(path) as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    index = json.loads(content[8 : 8 + length].decode())
    data = content[8 + length :]

    def value(entry):
        if isinstance(entry, str):
            return entry
        offset, dtype, shape = entry
        count = int(np.prod(shape)) if shape else 1
        return np.frombuffer(data, dtype, count, offset).reshape(shape)

    return {
        case: {
            era: collections.OrderedDict((key, value(entry)) for key, entry in values.items())
            for era, values in eras.items()
        }
        for case, eras in index.items()
    }


def write(path, results):
    """Write what `read` returns; numbers that float32 holds to 1e-6 are kept as float32."""
    data, known, index = bytearray(), {}, collections.OrderedDict()

    def entry(value):
        if isinstance(value, str):
            return value
        array = np.asarray(value)
        if array.dtype.kind == "U":
            return str(array)
        narrow = array.astype("float32") if array.dtype == np.float64 else array
        if np.allclose(narrow, array, 1e-6, 1e-30, equal_nan=True):
            array = narrow
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in known:
            known[key] = len(data)
            data.extend(key[2])
        return [known[key], array.dtype.str, list(array.shape)]

    for case, eras in results.items():
        index[case] = {
            era: collections.OrderedDict((key, entry(value)) for key, value in values.items())
            for era, values in eras.items()
        }
    text = json.dumps(index).encode()
    with lzma.open(path, "wb", preset=9) as file:
        file.write(struct.pack("<Q", len(text)) + text + bytes(data))
