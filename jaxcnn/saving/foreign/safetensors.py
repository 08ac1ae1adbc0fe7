"""Files of safetensors: the size of a JSON header, the header, the arrays one after another."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import ml_dtypes
import numpy as np

from jaxcnn.saving.foreign.modules import Weights, counted_name, state_modules

MOST_HEADER = 100_000_000
DTYPES: Mapping[str, str] = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}


def is_safetensors(start: bytes, size: int) -> bool:
    """Whether a file of so many bytes begins as one of safetensors."""
    length = int.from_bytes(start[:8], "little")
    return len(start) > 8 and start[8:9] == b"{" and length <= min(size - 8, MOST_HEADER)


def read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """The arrays by their names, in the order of the file.

    Raises:
        ValueError: it is damaged, or holds numbers of a type that is not read.
    """
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    arrays: dict[str, tuple[int, np.ndarray]] = {}
    for name, entry in json.loads(content[8:start]).items():
        if name == "__metadata__":
            continue
        if entry["dtype"] not in ("BF16", *DTYPES):
            raise ValueError(f"{path}: '{name}' holds {entry['dtype']}, which cannot be read.")
        dtype = np.dtype(DTYPES.get(entry["dtype"], ml_dtypes.bfloat16))
        first, last = entry["data_offsets"]
        shape = tuple(entry["shape"])
        if not 0 <= first <= last <= len(content) - start or any(n < 0 for n in shape):
            raise ValueError(f"{path}: '{name}' lies outside of the file.")
        if last - first != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{path}: '{name}' of shape {shape} has {last - first} bytes.")
        array = np.frombuffer(content, dtype, math.prod(shape), start + first).reshape(shape)
        arrays[name] = (first, array)
    return {name: arrays[name][1] for name in sorted(arrays, key=lambda name: arrays[name][0])}


def safetensors_weights(path: Path) -> Weights:
    """The content of a file; its usual writers sort by type and name, so that order is lost.

    Raises:
        ValueError: as `read_safetensors` does.
    """
    arrays = read_safetensors(path)
    modules = state_modules(arrays)
    kinds = {array.dtype for array in arrays.values()}
    names = [[name for name, a in arrays.items() if a.dtype == kind] for kind in kinds]
    if any(part != sorted(part) for part in names):
        return Weights("safetensors", modules)
    modules.sort(key=lambda module: counted_name(module.name))
    return Weights("safetensors", modules, alphabetical=True)
