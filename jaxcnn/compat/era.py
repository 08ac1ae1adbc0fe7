"""Words of Python and NumPy that programs of 2015 to 2019 use and that have been removed since, and
how NumPy printed numbers.
"""

from __future__ import annotations

import collections
import collections.abc
import fractions
import functools
import inspect
import math
import random
import re
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Set
from types import ModuleType
from typing import Any

import numpy as np

from jaxcnn.compat import files_of_then

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
# Functions of NumPy that took rows of different lengths as objects, that took any iterable of
# arrays, and whose count could be a float.
RAGGED = ("array", "asarray", "copy", "shape", "size", "ndim", "sum", "max", "amax", "min", "amin")
STACKING = ("stack", "vstack", "hstack", "dstack", "column_stack")
SPACING = ("linspace", "logspace", "geomspace")
# Where the code of others is, which knows today's Python.
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))

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
        "in1d": np.isin,
        "msort": lambda array: np.sort(array, axis=0),
        "round_": np.round,
        "trapz": np.trapezoid,
        "mat": np.asmatrix,
        "asfarray": lambda array, dtype=np.float64: np.asarray(array, dtype),
        "bool8": np.bool_,
        "int0": np.intp,
        "uint0": np.uintp,
        "cfloat": np.complex128,
        "longfloat": np.longdouble,
        "infty": np.inf,
        "Infinity": np.inf,
        "PINF": np.inf,
        "NINF": -np.inf,
        "sometrue": np.any,
        "alltrue": np.all,
        "Inf": np.inf,
        "NaN": np.nan,
        "asscalar": lambda array: array.item(),
    },
    time: {"clock": time.perf_counter},
    fractions: {"gcd": math.gcd},
    inspect: {"getargspec": lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])},
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


def ragged(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `RAGGED` as NumPy had it: rows of different lengths become objects."""

    @functools.wraps(function)
    def of_rows(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            caller = str(sys._getframe(1).f_globals.get("__name__")).partition(".")[0]
            if "inhomogeneous" not in str(error) or not args:
                raise
            if caller in ("jaxcnn", "jax", "numpy"):  # which say themselves what is wrong
                raise
            return function(np.array(args[0], dtype=object), *args[1:], **kwargs)

    return of_rows


def stacking(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of `STACKING` as NumPy had it: a generator of arrays does as well as a list."""

    @functools.wraps(function)
    def stack(arrays: Iterable[np.ndarray], *args: Any, **kwargs: Any) -> np.ndarray:
        given = arrays if hasattr(arrays, "__getitem__") else list(arrays)
        return function(given, *args, **kwargs)

    return stack


def counting(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of `SPACING` as NumPy had it: the number of values may be a float like 5 / 2."""

    @functools.wraps(function)
    def space(start: Any, stop: Any, num: float = 50, *args: Any, **kwargs: Any) -> np.ndarray:
        return function(start, stop, int(num), *args, **kwargs)

    return space


def sampling(function: Callable[..., list[object]]) -> Callable[..., list[object]]:
    """`random.sample` as Python had it: a set may be drawn from."""

    @functools.wraps(function)
    def sample(self: random.Random, population: Any, *args: Any, **kwargs: Any) -> list[object]:
        given = tuple(population) if isinstance(population, Set) else population
        return function(self, given, *args, **kwargs)

    return sample


def splitting(function: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """`re.split` as Python had it before 3.7: where nothing matches, nothing is split."""

    @functools.wraps(function)
    def split(pattern: Any, string: Any, maxsplit: int = 0, flags: Any = 0) -> list[Any]:
        compiled = re.compile(pattern, flags)
        caller = sys._getframe(1).f_code.co_filename
        if caller.startswith(LIBRARIES) or compiled.match(string[:0]) is None:
            return function(pattern, string, maxsplit=maxsplit, flags=flags)
        matches = [match for match in compiled.finditer(string) if match.group()]
        parts, end = [], 0
        for match in matches[: maxsplit or None]:
            parts += [string[end : match.start()], *match.groups()]
            end = match.end()
        return [*parts, string[end:]]

    return split


def restore() -> None:
    """Give the modules these words again, for the whole process."""
    files_of_then.restore()
    if not hasattr(random.Random.sample, "__wrapped__"):
        random.Random.sample = sampling(random.Random.sample)  # type: ignore[method-assign, assignment]
        # The function of the module belongs to an object that is made with it.
        random.sample = random.sample.__self__.sample  # type: ignore[attr-defined]
    if not hasattr(re.split, "__wrapped__"):
        re.split = splitting(re.split)
    for functions, renewed in ((RAGGED, ragged), (STACKING, stacking), (SPACING, counting)):
        for name in functions:
            if not inspect.isfunction(getattr(np, name)):  # as those of NumPy itself are not
                setattr(np, name, renewed(getattr(np, name)))
    for module, names in REMOVED.items():
        for name, value in names.items():
            if name not in vars(module):
                setattr(module, name, value)


def print_as_then() -> None:
    """Let NumPy show a number as ``0.5``, not as ``np.float64(0.5)``, for the whole process."""
    np.set_printoptions(legacy="1.25")
