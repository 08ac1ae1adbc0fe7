"""Models of TensorFlow.js: a model.json and files with the numbers, in the layout of Keras 2."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from jaxcnn.runtime.types import Settings
from jaxcnn.saving.assignment import Stored
from jaxcnn.saving.types import Json

DTYPES: Mapping[str, str] = {
    "float32": "<f4",
    "float16": "<f2",
    "int32": "<i4",
    "uint8": "u1",
    "uint16": "<u2",
    "bool": "?",
}


def model_file(path: Path) -> Path | None:
    """The model.json meant by a path, it or its folder; None where there is none."""
    file = path / "model.json" if path.is_dir() else path
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return file if opened.read(1) == b"{" else None


def read_tfjs(file: Path) -> list[Stored]:
    """The arrays of each layer.

    Raises:
        ValueError: it is no such model, a file of numbers is missing, too short or elsewhere.
    """
    described = json.loads(file.read_bytes())
    if "weightsManifest" not in described:
        raise ValueError(f"{file} is no model of TensorFlow.js: it has no 'weightsManifest'.")
    layers: dict[str, Stored] = {}
    for group in described["weightsManifest"]:
        content = b"".join(shard(file, name) for name in group["paths"])
        for name, array in arrays(content, group["weights"], file):
            layer = layers.setdefault(name.split("/")[0], Stored(name.split("/")[0]))
            layer.names.append(name)
            layer.arrays.append(array)
    return list(layers.values())


def shard(file: Path, name: Json) -> bytes:
    """The content of a file beside a model.json."""
    path = file.parent / str(name)
    if path.name != name or path.is_symlink():
        raise ValueError(f"{file}: the file of weights {name!r} does not lie beside it.")
    return path.read_bytes()


def arrays(content: bytes, entries: list[Settings], file: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The named arrays that stand one after another."""
    at = 0
    for entry in entries:
        name, shape = str(entry["name"]), tuple(map(int, entry["shape"]))
        stored = entry.get("quantization") or {"dtype": entry["dtype"]}
        if stored["dtype"] not in DTYPES:
            raise ValueError(f"{file}: '{name}' holds {stored['dtype']}, which cannot be read.")
        dtype = np.dtype(DTYPES[stored["dtype"]])
        size = math.prod(shape)
        if min((0, *shape)) < 0 or at + size * dtype.itemsize > len(content):
            raise ValueError(f"{file}: '{name}' of shape {shape} lies outside of its files.")
        array = np.frombuffer(content, dtype, size, at).reshape(shape)
        at += array.nbytes
        if "scale" in stored:
            array = (array * np.float32(stored["scale"]) + stored["min"]).astype(np.float32)
        elif dtype == np.float16:
            array = array.astype(np.float32)
        yield name, array
