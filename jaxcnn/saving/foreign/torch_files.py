"""What `torch.save` writes: a zip with a pickle and the numbers, read without running the pickle.

The names in the pickle stand for functions of this module, which keep where numbers lie.
"""

from __future__ import annotations

import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from jaxcnn.utils.unpickle import Functions, TableUnpickler
from jaxcnn.utils.untrusted import read_member

STORAGES: Mapping[str, Any] = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "BFloat16Storage": ml_dtypes.bfloat16,
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
# Under which names training programs keep the weights beside other things.
INNER = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # of the format before torch 1.6


@dataclass(frozen=True)
class StorageType:
    """Stands for a class of storages."""

    name: str


@dataclass(frozen=True)
class Strided:
    """Where the numbers of a tensor lie."""

    storage: np.ndarray
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, name: str) -> np.ndarray:
        """The array.

        Raises:
            ValueError: it lies outside of its storage.
        """
        last = self.start + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        size = int(np.prod(self.shape, dtype=object))
        if size and not (
            0 <= self.start <= last < len(self.storage)
            and min((*self.strides, 0)) >= 0
            and size <= len(self.storage)
        ):
            raise ValueError(f"'{name}' lies outside of its storage.")
        if not size:
            return np.empty(self.shape, self.storage.dtype)
        steps = [stride * self.storage.itemsize for stride in self.strides]
        view = self.storage[self.start :]
        return np.lib.stride_tricks.as_strided(view, self.shape, steps, writeable=False)


def rebuild(storage: np.ndarray, start: int, shape: Any, strides: Any, *_: Any) -> Strided:
    """Stands for the functions that make tensors."""
    return Strided(storage, start, tuple(map(int, shape)), tuple(map(int, strides)))


def parameter(data: Strided, *_: Any) -> Strided:
    """Stands for the function that makes parameters."""
    return data


def shape(values: Sequence[int] = ()) -> tuple[int, ...]:
    """Stands for `torch.Size`."""
    return tuple(values)


KNOWN: Functions = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "Size"): shape,
    **{("torch._utils", f"_rebuild_{name}"): rebuild for name in ("tensor", "tensor_v2")},
    ("torch._utils", "_rebuild_parameter"): parameter,
    # Types are values in a pickle, which are not called.
    **{("torch", name): StorageType(name) for name in STORAGES},
}


class Unpickler(TableUnpickler):
    """Reads the pickle of a file, numbers from the members beside it."""

    def __init__(self, archive: zipfile.ZipFile, folder: str, path: Path) -> None:
        super().__init__(read_member(archive, f"{folder}data.pkl", path), KNOWN, "utf-8")
        self.archive, self.folder, self.path = archive, folder, path
        self.storages: dict[str, np.ndarray] = {}

    def persistent_load(self, pid: Any) -> np.ndarray:
        """The numbers of a storage: ('storage', type, name of the member, device, size)."""
        _, kind, key, *_ = pid
        if key not in self.storages:
            content = read_member(self.archive, f"{self.folder}data/{key}", self.path)
            self.storages[key] = np.frombuffer(content, STORAGES[kind.name])
        return self.storages[key]


def pickle_of(archive: zipfile.ZipFile) -> str | None:
    """The name of the pickle in an archive of torch, or None where it is another archive."""
    names = [name for name in archive.namelist() if name.endswith("data.pkl")]
    return names[0] if len(names) == 1 else None


def read_torch(archive: zipfile.ZipFile, path: Path) -> dict[str, np.ndarray]:
    """The arrays of a state_dict, alone or among what a training program keeps.

    Raises:
        ValueError: it holds no state_dict, or anything but arrays and plain values.
    """
    folder = (pickle_of(archive) or "").removesuffix("data.pkl")
    if f"{folder}byteorder" in archive.namelist():
        order = read_member(archive, f"{folder}byteorder", path)
        if order != b"little":
            raise ValueError(f"{path} has numbers of {order.decode()} byte order; little is read.")
    try:
        content = Unpickler(archive, folder, path).load()
    except Exception as error:  # an unpickler fails in any way on what it does not expect
        raise ValueError(
            f"{path} holds more than arrays: {error}. Save it again by torch.save(model."
            "state_dict(), path), or as safetensors."
        ) from None
    state = state_in(content)
    if state is None:
        held = f" but {', '.join(map(str, content))}" if isinstance(content, Mapping) else ""
        raise ValueError(f"{path} holds no state_dict{held}.")
    return {name: value.array(name) for name, value in state.items()}


def state_in(content: Any) -> dict[str, Strided] | None:
    """The tensors of a dict, or of the dict in it that holds the weights."""
    if not isinstance(content, Mapping):
        return None
    tensors = {str(k): v for k, v in content.items() if isinstance(v, Strided)}
    if tensors:
        return tensors
    inner = (state_in(content.get(name)) for name in INNER)
    return next((state for state in inner if state is not None), None)
