"""What `torch.save` writes: a pickle and the numbers, read without running the pickle.

The names in the pickle stand for functions of this module, which keep where numbers lie. Since
1.6 pickle and numbers are members of a zip; before, several pickles and the numbers follow one
another.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from jaxcnn.utils.unpickle import ARRAYS, Functions, TableUnpickler
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
# How often the numbers of a small storage may be repeated by a stride of 0.
REPEATED = 1 << 20


@dataclass(frozen=True)
class StorageType:
    """Stands for a class of storages."""

    name: str


@dataclass
class Storage:
    """Numbers of one dtype, which old files hold behind the pickle."""

    dtype: np.dtype
    numbers: np.ndarray


class Settings:
    """Stands for what a training program keeps of its command line."""


@dataclass(frozen=True)
class Strided:
    """Where the numbers of a tensor lie."""

    storage: Storage
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, name: str) -> np.ndarray:
        """The array.

        Raises:
            ValueError: it lies outside of its storage.
        """
        numbers = self.storage.numbers
        last = self.start + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        size = int(np.prod(self.shape, dtype=object))
        if size and not (
            0 <= self.start <= last < len(numbers)
            and min((*self.strides, 0)) >= 0
            and size <= max(len(numbers), REPEATED)
        ):
            raise ValueError(f"'{name}' lies outside of its storage.")
        if not size:
            return np.empty(self.shape, numbers.dtype)
        steps = [stride * numbers.itemsize for stride in self.strides]
        view = numbers[self.start :]
        return np.lib.stride_tricks.as_strided(view, self.shape, steps, writeable=False)


def rebuild(storage: Storage, start: int, shape: Any, strides: Any, *_: Any) -> Strided:
    """Stands for the functions that make tensors."""
    return Strided(storage, start, tuple(map(int, shape)), tuple(map(int, strides)))


def parameter(data: Strided, *_: Any) -> Strided:
    """Stands for the function that makes parameters."""
    return data


def shape(values: Sequence[int] = ()) -> tuple[int, ...]:
    """Stands for `torch.Size`."""
    return tuple(values)


def device(*_: Any) -> None:
    """Stands for `torch.device`."""


KNOWN: Functions = {
    **ARRAYS,
    ("argparse", "Namespace"): Settings,
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "Size"): shape,
    ("torch", "device"): device,
    **{("torch._utils", f"_rebuild_{name}"): rebuild for name in ("tensor", "tensor_v2")},
    ("torch._utils", "_rebuild_parameter"): parameter,
    # Types are values in a pickle, which are not called.
    **{("torch", name): StorageType(name) for name in STORAGES},
}


class Unpickler(TableUnpickler):
    """Reads the pickle of a file and keeps its storages, without their numbers yet."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, KNOWN, "utf-8")
        self.storages: dict[str, Storage] = {}

    def persistent_load(self, pid: Any) -> Storage:
        """A storage: ('storage', type, key, device, size), and what it is a view of."""
        _, kind, key, _, _, *view = pid
        if any(view):
            raise ValueError("it holds a storage inside another")
        dtype = np.dtype(STORAGES[kind.name])
        return self.storages.setdefault(str(key), Storage(dtype, np.empty(0, dtype)))


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
        require_little(read_member(archive, f"{folder}byteorder", path).decode(), path)
    unpickler = Unpickler(read_member(archive, f"{folder}data.pkl", path))
    content = loaded(unpickler, path)
    for key, storage in unpickler.storages.items():
        data = read_member(archive, f"{folder}data/{key}", path)
        storage.numbers = np.frombuffer(data, storage.dtype)
    return arrays_in(content, path)


def read_old_torch(path: Path) -> dict[str, np.ndarray]:
    """`read_torch` for a file of torch before 1.6: five pickles, then the storages.

    Raises:
        ValueError: it is damaged, holds no state_dict, or anything but arrays and plain values.
    """
    file = io.BytesIO(path.read_bytes())
    pickles = []
    for _ in range(5):
        start = file.tell()
        for _ in pickletools.genops(file):
            pass  # up to the end of this pickle
        pickles.append(file.getvalue()[start : file.tell()])
    _, _, system, whole, keys = pickles
    order = TableUnpickler(system, {}, "utf-8").load()["little_endian"]
    require_little("little" if order else "big", path)
    unpickler = Unpickler(whole)
    content = loaded(unpickler, path)
    for key in TableUnpickler(keys, {}, "utf-8").load():
        storage = unpickler.storages[str(key)]
        size = int.from_bytes(file.read(8), "little") * storage.dtype.itemsize
        data = file.read(size)
        if len(data) < size:
            raise ValueError(f"{path} is cut off.")
        storage.numbers = np.frombuffer(data, storage.dtype)
    return arrays_in(content, path)


def require_little(order: str, path: Path) -> None:
    """Raise ValueError for numbers of another byte order."""
    if order != "little":
        raise ValueError(f"{path} has numbers of {order} byte order; little is read.")


def loaded(unpickler: Unpickler, path: Path) -> Any:
    """The content of a pickle."""
    try:
        return unpickler.load()
    except Exception as error:  # an unpickler fails in any way on what it does not expect
        raise ValueError(
            f"{path} holds more than arrays: {error}. Save it again by torch.save(model."
            "state_dict(), path), or as safetensors."
        ) from None


def arrays_in(content: Any, path: Path) -> dict[str, np.ndarray]:
    """The arrays of the state_dict in a file."""
    state = state_in(content)
    if state is None:
        held = f" but {', '.join(map(str, content))}" if isinstance(content, Mapping) else ""
        raise ValueError(f"{path} holds no state_dict{held}.")
    return {name: value.array(name) for name, value in state.items()}


def state_in(content: Any) -> dict[str, Strided] | None:
    """The tensors of a dict, or of the dict in it that holds the weights."""
    if not isinstance(content, Mapping):
        return None
    inner = (state_in(content.get(name)) for name in INNER)
    tensors = {str(k): v for k, v in content.items() if isinstance(v, Strided)}
    return next((state for state in inner if state), tensors or None)
