"""Numbers and arrays of NumPy in YAML, as Keras wrote them with tags of Python's objects.

They are read as plain numbers and lists; no object is made by a name in the text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import yaml

_TAG = "tag:yaml.org,2002:python/"


def add_constructors(loader: type[yaml.SafeLoader]) -> None:
    """Let a loader of YAML read what NumPy's scalars, arrays and dtypes are written as."""
    loader.add_constructor(f"{_TAG}object/apply:numpy.dtype", dtype)
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        loader.add_constructor(f"{_TAG}object/apply:{module}.scalar", scalar)
        loader.add_constructor(f"{_TAG}object/apply:{module}._reconstruct", array)
    loader.add_constructor(f"{_TAG}name:numpy.ndarray", lambda loader, node: None)


def parts(loader: yaml.SafeLoader, node: yaml.Node) -> tuple[list[Any], Any]:
    """(the arguments, the state) that an object is described by."""
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True), None
    described = loader.construct_mapping(node, deep=True)
    return described["args"], described.get("state")


def dtype(loader: yaml.SafeLoader, node: yaml.Node) -> np.dtype:
    """A type of numbers: its kind and size, and the order of its bytes."""
    (name, *_), state = parts(loader, node)
    kind = np.dtype(str(name))
    return kind.newbyteorder(">") if state and state[1] == ">" else kind


def scalar(loader: yaml.SafeLoader, node: yaml.Node) -> int | float:
    """A number, from its type and bytes."""
    (kind, data), _ = parts(loader, node)
    number: int | float = np.frombuffer(data, kind)[0].item()
    return number


def array(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    """Nested lists, or a number, from the state of an array."""
    _, (_, shape, kind, columns_first, data) = parts(loader, node)
    return np.frombuffer(data, kind).reshape(shape, order="F" if columns_first else "C").tolist()
