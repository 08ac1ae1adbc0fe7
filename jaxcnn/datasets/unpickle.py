"""Pickled NumPy arrays and plain values, read without executing anything that the file asks for.

The names in the file are looked up in a table of the handful that arrays need, and stand for
functions of this module that do nothing but keep shapes, types and bytes.
"""

import io
import math
import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["loads"]


def loads(content: bytes) -> Any:
    """The value of a pickle, of Python 2 or 3, of containers, numbers, texts and NumPy arrays.

    What was a byte string in Python 2 comes as bytes.

    Raises:
        Exception: of any type, when the bytes are broken or ask for anything else.
    """
    return _plain(_ArrayUnpickler(io.BytesIO(content), encoding="bytes").load())


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


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        module_before_numpy_2 = module.replace("numpy._core.", "numpy.core.")
        known = _KNOWN.get((module_before_numpy_2, name))
        if known is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no array needs")
        return known


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
