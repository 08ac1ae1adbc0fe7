"""Words of Python and NumPy that programs of 2015 to 2019 use and that have been removed since, and
how NumPy printed numbers.
"""

from __future__ import annotations

import collections
import collections.abc
import functools
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

# Module -> removed name -> what it was another name of.
REMOVED: dict[ModuleType, dict[str, object]] = {
    np: {
        "int": int,
        "float": float,
        "bool": bool,
        "object": object,
        "str": str,
        "complex": complex,
        "long": int,
        "unicode": str,
        "float_": np.float64,
        "complex_": np.complex128,
        "unicode_": np.str_,
        "string_": np.bytes_,
        "product": np.prod,
        "cumproduct": np.cumprod,
        "sometrue": np.any,
        "alltrue": np.all,
        "Inf": np.inf,
        "NaN": np.nan,
        "asscalar": lambda array: array.item(),
    },
    time: {"clock": time.perf_counter},
    collections: {
        name: getattr(collections.abc, name)
        for name in (
            "Callable",
            "Hashable",
            "Iterable",
            "Iterator",
            "Mapping",
            "MutableMapping",
            "MutableSequence",
            "Sequence",
            "Set",
            "Sized",
        )
    },
}


def ragged(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """`np.array` or `np.asarray` as NumPy had it: rows of different lengths become objects."""

    @functools.wraps(function)
    def array(*args: Any, **kwargs: Any) -> np.ndarray:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            caller = str(sys._getframe(1).f_globals.get("__name__")).partition(".")[0]
            if "inhomogeneous" not in str(error) or len(args) > 1 or "dtype" in kwargs:
                raise
            if caller in ("jaxcnn", "jax", "numpy"):  # which say themselves what is wrong
                raise
            return function(*args, **kwargs, dtype=object)

    return array


def restore() -> None:
    """Give the modules these words again, for the whole process."""
    for name in ("array", "asarray"):
        if not hasattr(getattr(np, name), "__wrapped__"):
            setattr(np, name, ragged(getattr(np, name)))
    for module, names in REMOVED.items():
        for name, value in names.items():
            if name not in vars(module):
                setattr(module, name, value)


def print_as_then() -> None:
    """Let NumPy show a number as ``0.5``, not as ``np.float64(0.5)``, for the whole process."""
    np.set_printoptions(legacy="1.25")
