"""Which layers are nothing but hyperparameters, so that what one does another does, too."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Container, Hashable, Mapping
from types import FunctionType

import flax.linen as nn
import numpy as np

LIBRARIES = ("jaxcnn.", "jax.")


class NotPlainError(Exception):
    """A function, object or array of a user, which may do other things at another call."""


def plain(value: object, without: Container[str] = ("parent",)) -> Hashable:
    """What stands for a value among the keys of a cache: equal where the values do the same.

    Args:
        value: to be looked into.
        without: the fields that do not count, of a module.

    Raises:
        NotPlainError: it is not made of numbers, words and parts of the library.
    """
    if value is None or isinstance(value, bool | int | str | bytes):
        return type(value), value
    if isinstance(value, float | complex):
        return type(value), repr(value)  # 0.0 is not -0.0, and nan is nan
    if isinstance(value, tuple | list):
        return type(value), tuple(map(plain, value))
    if isinstance(value, Mapping):
        return type(value), tuple((plain(key), plain(item)) for key, item in value.items())
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return np.dtype(value).str
    if isinstance(value, type | FunctionType):
        module = sys.modules.get(value.__module__)
        if not is_of_a_library(value) or value is not getattr(module, value.__name__, None):
            raise NotPlainError(value)  # a function within a function may hold anything
        return value
    kind = type(value)
    if is_of_a_library(kind) and dataclasses.is_dataclass(value) and stays(value):
        names = [field.name for field in dataclasses.fields(value) if field.name not in without]
        return kind, tuple((name, plain(getattr(value, name))) for name in names)
    raise NotPlainError(value)


def is_of_a_library(function: type | FunctionType) -> bool:
    """Whether this library or JAX defines it."""
    return str(function.__module__).startswith(LIBRARIES)


def stays(value: object) -> bool:
    """Whether an object of a dataclass remains as it was made."""
    parameters = getattr(value, "__dataclass_params__", None)
    return isinstance(value, nn.Module) or (parameters is not None and parameters.frozen)
