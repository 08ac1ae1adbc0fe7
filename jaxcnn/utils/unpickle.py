"""Pickled NumPy arrays and plain values, read without executing anything that the file asks for.

The names in the file are looked up in a table of the handful that arrays need, and stand for
functions of this module that do nothing but keep shapes, types and bytes.
"""

import io
import math
import pickle
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

__all__ = ["ARRAYS", "Functions", "TableUnpickler", "loads"]

# (module, name) -> what stands for it.
Functions: TypeAlias = Mapping[tuple[str, str], Any]

# The operations of a pickle, by the size of what follows them: a run of those that can be passed
# over, and those that begin with a length.
_RUN = re.compile(
    rb"(?:[(.012NQRabdelostu})\]\x81\x85-\x89\x8f-\x94\x97\x98]|[Khq\x80\x82].|[M\x83]..|"
    rb"[Jj\x84].{4}|[G\x95].{8}|[FILSVPg][^\n]*\n|[ci][^\n]*\n[^\n]*\n)*+",
    re.DOTALL,
)
_LENGTHS = {**dict.fromkeys(b"UC\x8a\x8c", 1), **dict.fromkeys(b"TBX\x8b", 4)}
_LENGTHS |= dict.fromkeys(b"\x8d\x8e\x96", 8)


def loads(content: bytes) -> Any:
    """The value of a pickle, of Python 2 or 3, of containers, numbers, texts and NumPy arrays.

    What was a byte string in Python 2 comes as bytes.

    Raises:
        Exception: of any type, when the bytes are broken or ask for anything else.
    """
    return _plain(TableUnpickler(content, ARRAYS, "bytes").load())


class _Type:
    """A dtype as a pickle describes it: numbers, booleans or objects; no fields, no subarrays."""

    def __init__(self, code: str | bytes, *_: Any) -> None:
        self.code = _text(code).lstrip("<>|=")
        if not re.fullmatch(r"O8?|b1|[iu][1248]|f[248]", self.code):
            raise pickle.UnpicklingError(f"it holds arrays of the type {self.code!r}")
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = _text(state[1])

    def dtype(self) -> np.dtype:
        return np.dtype("O" if self.code[0] == "O" else self.order.replace("|", "=") + self.code)


class _Array:
    """An array as a pickle describes it; ``array()`` makes it."""

    shape: tuple[int, ...]
    type: _Type
    fortran: bool
    data: bytes | list[Any]

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.shape, self.type, self.fortran, self.data = state[-4:]  # the first of five: a version

    def array(self) -> np.ndarray:
        dtype = self.type.dtype()
        if dtype.hasobject:
            objects = _plain(list(self.data))
            if len(objects) != math.prod(self.shape):
                raise pickle.UnpicklingError(
                    f"{len(objects)} values for an array of shape {self.shape}"
                )
            flat = np.empty(len(objects), object)
            for i, value in enumerate(objects):
                flat[i] = value
        else:
            raw = self.data.encode("latin1") if isinstance(self.data, str) else bytes(self.data)
            flat = np.frombuffer(raw, dtype)
        return flat.reshape(self.shape, order="F" if self.fortran else "C")


def _empty(*_: Any) -> _Array:
    """Stands for NumPy's own function, which makes an array for the state that follows."""
    return _Array()


def _from_buffer(buffer: bytes, dtype: _Type, shape: tuple[int, ...], order: str) -> _Array:
    array = _Array()
    array.__setstate__((shape, dtype, order == "F", buffer))
    return array


def _scalar(dtype: _Type, data: bytes) -> Any:
    array = _Array()
    array.__setstate__(((), dtype, False, data))
    return array.array()[()]


def _encode(text: str, encoding: str) -> bytes:
    """Bytes, as protocols before 3 write them."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it asks for the encoding {encoding}")
    return text.encode(encoding)


def _no_bytes() -> bytes:
    """Empty bytes, as protocols before 3 write them."""
    return b""


# What arrays and numbers of NumPy ask for.
ARRAYS: Functions = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
}


class TableUnpickler(pickle.Unpickler):
    """Reads a pickle whose names are those of a table, and nothing else.

    Raises:
        UnpicklingError: the memo of the pickle would be larger than the pickle.
    """

    def __init__(self, content: bytes, known: Functions, encoding: str) -> None:
        _require_small_memo(content)
        super().__init__(io.BytesIO(content), encoding=encoding)
        self._known = known

    def find_class(self, module: str, name: str) -> Any:
        module_before_numpy_2 = module.replace("numpy._core.", "numpy.core.")
        known = self._known.get((module_before_numpy_2, name))
        if known is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no array needs")
        return known


def _require_small_memo(content: bytes) -> None:
    """Refuse a pickle that numbers what it remembers far beyond what it can hold.

    Python makes room for all numbers up to the greatest.
    """
    at = 0
    while (at := _RUN.match(content, at).end()) < len(content):  # type: ignore[union-attr]
        operation, index = content[at], 0
        if operation in _LENGTHS:
            size = _LENGTHS[operation]
            at += 1 + size + int.from_bytes(content[at + 1 : at + 1 + size], "little")
        elif operation == ord("r"):
            index = int.from_bytes(content[at + 1 : at + 5], "little")
            at += 5
        elif operation == ord("p"):
            line = content[at + 1 : at + 20].split(b"\n")[0]
            index = int(line) if line.isdigit() else len(content) + 1
            at += 2 + len(line)
        else:
            return  # no operation: the unpickler says so
        if index > len(content):
            raise pickle.UnpicklingError("it remembers more than it holds")


_CONTAINERS = frozenset({list, tuple, dict, _Array})


def _plain(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """``value`` with every array in it made; what stands in it several times is made once."""
    memo = {} if memo is None else memo
    if isinstance(value, _Array):
        return value.array()
    plain_list = isinstance(value, list | tuple) and _CONTAINERS.isdisjoint(map(type, value))
    if plain_list or not isinstance(value, dict | list | tuple):
        return value
    if id(value) not in memo:
        memo[id(value)] = (
            {key: _plain(item, memo) for key, item in value.items()}
            if isinstance(value, dict)
            else type(value)(_plain(item, memo) for item in value)
        )
    return memo[id(value)]


def _text(value: str | bytes) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else value
