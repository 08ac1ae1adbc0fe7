"""The types that the library speaks of, by name: signatures say what an argument takes.

Arrays are `jax.Array` where a function computes, `ArrayLike` where it takes what
`jax.numpy.asarray` takes, `numpy.ndarray` on the host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import jax
import numpy as np
from jax.typing import ArrayLike, DTypeLike

# A nested structure of dicts, lists and tuples whose leaves are arrays (or what else is said).
PyTree: TypeAlias = Any
# Keyword arguments or settings by name, as in JSON.
Config: TypeAlias = dict[str, Any]
# The same where it is only read.
Settings: TypeAlias = Mapping[str, Any]
# A shape whose None may be any size.
Shape: TypeAlias = tuple[int | None, ...]
# Which steps of a sequence (batch, steps) count; None where all do.
Mask: TypeAlias = jax.Array | None
# The keys that lead to a leaf of nested dicts.
Path: TypeAlias = tuple[str, ...]
# What names an activation, a loss, an initializer, ...: its name, the function or object itself, or
# its configuration ``{"class_name": ..., "config": ...}``; None for none.
Identifier: TypeAlias = str | Callable[..., object] | Settings | None
# A function of arrays.
ArrayFunction: TypeAlias = Callable[..., jax.Array]
# What `numpy.asarray` takes as the data of one input or output.
HostArray: TypeAlias = np.ndarray | jax.Array | Sequence[Any]
# What `fit` and `predict` take: whatever `numpy.asarray` takes, lists or dicts of these, arrays on
# disk, and sources of batches or examples (see `jaxcnn.training.input`).
DataLike: TypeAlias = Any

__all__ = [
    "ArrayFunction",
    "ArrayLike",
    "Config",
    "DataLike",
    "DTypeLike",
    "HostArray",
    "Identifier",
    "Mask",
    "Path",
    "PyTree",
    "Settings",
    "Shape",
]
