"""The checkpoints of TensorFlow, `NAME.index` and `NAME.data-...`, read without TensorFlow.

The index is a table of sorted keys in blocks, as LevelDB writes them; each value says in a protocol
buffer where the data files hold an array. `variables` in the folder of a SavedModel is the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import ml_dtypes
import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.recurrent import StackedCells
from jaxcnn.layers.weights import put
from jaxcnn.saving.assignment import Matching, direct_weights, layer_by_layer
from jaxcnn.saving.types import Entry, Filename, Network, is_network
from jaxcnn.utils.crc32c import masked_crc32c
from jaxcnn.utils.protobuf import fields, varint

MAGIC, FOOTER = 0xDB4775248B80FB57, 48
VARIABLE = "/.ATTRIBUTES/VARIABLE_VALUE"
DTYPES: Mapping[int, str] = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    19: "float16",
}


@dataclass(frozen=True)
class Span:
    """Where an array stands: the number of its data file, the first byte, dtype and shape.

    `crc` is the checksum of its bytes, or 0 where there is none.
    """

    shard: int
    start: int
    dtype: np.dtype
    shape: tuple[int, ...]
    crc: int = 0


def prefix_of(path: Filename) -> Path | None:
    """The common beginning of a checkpoint's files, or None where there is no checkpoint.

    Args:
        path: that beginning, the index itself, or the folder of a SavedModel.
    """
    whole = Path(path)
    if whole.is_file():
        return whole.with_suffix("") if whole.suffix == ".index" else None
    prefixes = (whole, whole / "variables" / "variables")
    return next((prefix for prefix in prefixes if Path(f"{prefix}.index").is_file()), None)


def load_checkpoint(model: Network, path: Path, source: Filename, matching: Matching) -> None:
    """Put the variables of a checkpoint into a model: all of them or none.

    Raises:
        ValueError: it is damaged, or lacks weights of the model, or has other shapes.
    """
    spans = read_index(Path(f"{path}.index").read_bytes())
    layers = weighted(model)
    flat = [entry for layer in layers for entry in layer_by_layer(layer)]
    # A SavedModel names the weights of models inside by their numbers in the whole.
    numbers = {(id(owner), at): f"variables/{n}" for n, (owner, at) in enumerate(flat)}
    values: list[tuple[Entry, np.ndarray]] = []
    for number, layer in enumerate(layers):
        entries = {
            key if key in spans else numbers[id(entry[0]), entry[1]]: entry
            for key, entry in variables(layer, f"layer_with_weights-{number}/")
        }
        shapes = {key: owner.weight_shape(at) for key, (owner, at) in entries.items()}
        stored = {key: spans[key].shape for key in entries if key in spans}
        if stored != shapes or matching.by_name:
            matching.refuse(
                f"{source}: layer '{layer.name}' needs variables {shapes}; the checkpoint has "
                f"{stored}, in the order of the layers."
            )
            continue
        values += [(entry, read_array(path, spans[key])) for key, entry in entries.items()]
    further = f"layer_with_weights-{len(layers)}/"
    if any(key.startswith(further) for key in spans):
        matching.refuse(f"{source} holds weights for more than {len(layers)} layers.")
    put(values)


def weighted(model: Network) -> list[Layer]:
    """The layers of a model that have weights."""
    return [layer for layer in model.layers if layer.weight_paths()]


def variables(layer: Layer, prefix: str) -> Iterator[tuple[str, Entry]]:
    """The key in a checkpoint of each weight of a layer and of the layers inside it."""
    if is_network(layer):
        for number, inner in enumerate(weighted(layer)):
            yield from variables(inner, f"{prefix}layer_with_weights-{number}/")
        return
    cell = "cell/" if layer.traits.has_cell else ""
    for owner, path in direct_weights(layer):
        yield f"{prefix}{cell}{path[-1]}", (owner, path)
    for number, (name, child) in enumerate(layer.children.items()):
        at = f"cells/{number}" if isinstance(layer, StackedCells) else name
        yield from variables(child, f"{prefix}{at}/")


def read_array(prefix: Path, span: Span) -> np.ndarray:
    """The array of a checkpoint's data files at a place."""
    folder, size = prefix.parent, int(np.prod(span.shape)) * span.dtype.itemsize
    files = sorted(folder.glob(f"{prefix.name}.data-{span.shard:05d}-of-*"))
    if not files or span.start + size > files[0].stat().st_size:
        raise ValueError(f"{prefix} lacks the data that its index names.")
    with files[0].open("rb") as file:
        file.seek(span.start)
        content = file.read(size)
    if span.crc and span.crc != masked_crc32c(content):
        raise ValueError(f"{files[0]} is damaged: an array has another checksum than its index.")
    return np.frombuffer(content, span.dtype).reshape(span.shape)


def read_index(data: bytes) -> dict[str, Span]:
    """Key -> place of each variable in the index of a checkpoint.

    Raises:
        ValueError: it is no index, or damaged.
    """
    if len(data) < FOOTER or struct.unpack("<Q", data[-8:])[0] != MAGIC:
        raise ValueError("The index is not one of a checkpoint of TensorFlow.")
    footer = data[-FOOTER:]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    spans: dict[str, Span] = {}
    for _, handle in block(data, *handle_in(footer, at)):
        for key, value in block(data, *handle_in(handle, 0)):
            name = key.decode()
            if name.endswith(VARIABLE) and (span := span_in(value)) is not None:
                spans[name.removesuffix(VARIABLE)] = span
    return spans


def handle_in(data: bytes, at: int) -> tuple[int, int]:
    """(first byte, size) of a block, from two numbers."""
    start, at = varint(data, at)
    return start, varint(data, at)[0]


def block(data: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block, whose keys share their beginnings."""
    if size < 4 or start + size >= len(data) or data[start + size]:
        raise ValueError("The index of the checkpoint is damaged or compressed.")
    content, check = data[start : start + size], data[start + size + 1 : start + size + 5]
    if masked_crc32c(content + b"\0") != int.from_bytes(check, "little"):
        raise ValueError("The index of the checkpoint is damaged: a checksum differs.")
    restarts = struct.unpack("<I", content[-4:])[0]
    end, at, key = size - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = varint(content, at)
        added, at = varint(content, at)
        length, at = varint(content, at)
        key = key[:shared] + content[at : at + added]
        at += added + length
        if at > end:
            raise ValueError("The index of the checkpoint is damaged.")
        yield key, content[at - length : at]


def span_in(message: bytes) -> Span | None:
    """The place of an array, or None for what is no array of numbers."""
    entry = dict(fields(message))
    kind = DTYPES.get(int(entry.get(1, 0)))
    if kind is None or 7 in entry:  # strings; parts of a variable that several machines shared
        return None
    dtype = np.dtype(ml_dtypes.bfloat16 if kind == "bfloat16" else kind)
    dimensions = [part for number, part in fields(entry.get(2, b"")) if number == 2]
    sizes = [dict(fields(part)).get(1, 0) for part in dimensions]
    shard, start, crc = (int(entry.get(number, 0)) for number in (3, 4, 6))
    return Span(shard, start, dtype, tuple(map(int, sizes)), crc)
