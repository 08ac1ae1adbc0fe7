"""Event files for TensorBoard, written without TensorFlow.

An event file is a sequence of TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C
of the data), each holding one `tensorflow.Event` message of Protocol Buffers. Both formats have
been frozen since 2015, and the few messages needed are written by hand; the field numbers are those
of TensorFlow's event.proto, summary.proto and graph.proto.
"""

from __future__ import annotations

import io
import itertools
import os
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jaxcnn.utils.crc32c import masked_crc32c

_counter = itertools.count()  # distinguishes the files that one process opens within a second


def field(number: int, value: bool | int | float | str | bytes) -> bytes:
    """One field of a message: integers as varint, floats as double, the rest with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """Seven bits per byte, lowest first; the top bit means that more follow."""
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


@dataclass(frozen=True)
class GraphNode:
    """A node of the graph; `inputs` are names of nodes, and slashes in names make boxes."""

    name: str
    op: str
    inputs: Sequence[str] = ()
    output_shapes: Sequence[Sequence[int | None]] = ()

    def message(self) -> bytes:
        """The NodeDef message."""
        shapes = b"".join(field(7, _shape(shape)) for shape in self.output_shapes)
        attribute = field(1, "_output_shapes") + field(2, field(1, shapes))
        inputs = b"".join(field(3, name) for name in self.inputs)
        return field(1, self.name) + field(2, self.op) + inputs + field(5, attribute)


def _shape(shape: Sequence[int | None]) -> bytes:
    """TensorShapeProto; an unknown size is -1."""
    return b"".join(field(2, field(1, -1 if size is None else int(size))) for size in shape)


def _histogram(values: np.ndarray, buckets: int) -> bytes:
    """HistogramProto of the finite values, in buckets of equal width."""
    counts, edges = np.histogram(values, buckets)
    statistics = (values.min(), values.max(), values.size, values.sum(), np.square(values).sum())
    message = b"".join(field(number, float(value)) for number, value in enumerate(statistics, 1))
    return (
        message
        + field(6, edges[1:].astype("<f8").tobytes())
        + field(7, counts.astype("<f8").tobytes())
    )


def _image(pixels: np.ndarray) -> bytes:
    """Summary.Image: the darkest value black, the brightest white, as PNG."""
    from PIL import Image

    pixels = np.nan_to_num(pixels.astype(np.float32))
    low, high = float(pixels.min()), float(pixels.max())
    grey = (pixels - low) * (255.0 / (high - low) if high > low else 0.0)
    png = io.BytesIO()
    Image.fromarray(np.round(grey).astype(np.uint8)).save(png, "PNG")
    height, width = pixels.shape
    return field(1, height) + field(2, width) + field(3, 1) + field(4, png.getvalue())


# -- Summary.Value ---------------------------------------------------------------------------------


def scalar_value(tag: str, value: float) -> bytes:
    """A number by its name."""
    number = varint(2 << 3 | 5) + struct.pack("<f", float(value))
    return field(1, field(1, tag) + number)


def histogram_value(tag: str, values: np.ndarray, buckets: int = 30) -> bytes:
    """The distribution of the finite values of an array; nothing without any."""
    flat = np.asarray(values, np.float64).ravel()
    flat = flat[np.isfinite(flat)]
    return field(1, field(1, tag) + field(5, _histogram(flat, buckets))) if flat.size else b""


def image_value(tag: str, pixels: np.ndarray) -> bytes:
    """An array (height, width) as a grey image, from its smallest to its largest value."""
    return field(1, field(1, tag) + field(4, _image(pixels)))


class EventFile:
    """A new event file in a folder, which is made if it is missing.

    Events collect in memory and are written when there are many and at `flush`; the file does not
    stay open in between.
    """

    PENDING = 1 << 16  # bytes

    def __init__(self, folder: str | os.PathLike[str]):
        import socket

        os.makedirs(folder, exist_ok=True)
        process = f"{socket.gethostname()}.{os.getpid()}.{next(_counter)}"
        name = f"events.out.tfevents.{int(time.time()):010d}.{process}"
        self.path = os.path.join(folder, name)
        self._pending = bytearray()
        self._write(field(3, "brain.Event:2"), 0)
        self.flush()

    def _write(self, content: bytes, step: int) -> None:
        event = field(1, time.time()) + field(2, step) + content
        length = struct.pack("<Q", len(event))
        checks = [struct.pack("<I", masked_crc32c(data)) for data in (length, event)]
        self._pending += length + checks[0] + event + checks[1]
        if len(self._pending) > self.PENDING:
            self.flush()

    def summary(self, values: bytes, step: int) -> None:
        """A `Summary` message: values of `scalar_value` and the others, one after the other."""
        self._write(field(5, values), step)

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """One point for each name."""
        self.summary(b"".join(scalar_value(tag, value) for tag, value in values.items()), step)

    def histogram(self, tag: str, values: np.ndarray, step: int, buckets: int = 30) -> None:
        """The distribution of the finite values of an array; nothing is written without any."""
        if message := histogram_value(tag, values, buckets):
            self.summary(message, step)

    def image(self, tag: str, pixels: np.ndarray, step: int) -> None:
        """A grey image of an array (height, width), from its smallest to its largest value."""
        self.summary(image_value(tag, pixels), step)

    def graph(self, nodes: Iterable[GraphNode]) -> None:
        """A graph of nodes; at most one per file."""
        self._write(
            field(4, b"".join(field(1, node.message()) for node in nodes) + field(4, field(1, 22))),
            0,
        )

    def restart(self, step: int) -> None:
        """Make readers drop the events of earlier files from `step` on: training resumed there."""
        self._write(field(7, field(1, 1)), step)

    def flush(self) -> None:
        """Write the collected events."""
        with open(self.path, "ab") as file:
            file.write(self._pending)
        self._pending.clear()
