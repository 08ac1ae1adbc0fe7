"""Tensors that a user's layer keeps as attributes, from its `build` or from its last call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import jax

from jaxcnn.layers import symbolic
from jaxcnn.layers.symbolic.tensor import SymbolicTensor, symbolic_leaves
from jaxcnn.runtime.types import PyTree


def holds(kind: type, attribute: PyTree) -> bool:
    """Whether an attribute is of this kind, or a list or tuple with one of them inside."""
    if isinstance(attribute, list | tuple):
        return any(holds(kind, part) for part in attribute)
    return isinstance(attribute, kind)


@contextlib.contextmanager
def without_trace(layer: object) -> Iterator[list[str]]:
    """After the block attributes that hold arrays of a trace are as before; their names are listed.

    So a cell that draws a mask where it has none draws one in each trace.
    """
    attributes = vars(layer)
    names: list[str] = []
    before = dict(attributes)
    try:
        yield names
    finally:
        for name in [n for n, value in attributes.items() if holds(jax.core.Tracer, value)]:
            names.append(name)
            if name in before:
                attributes[name] = before[name]
            else:
                del attributes[name]


def drawn_once(layer: object) -> dict[int, jax.Array]:
    """The values of this run for attributes that hold random tensors, by the ids of the tensors.

    Such a tensor, as a mask of weights that `build` makes, is the same wherever a call uses it.
    """
    listed = [v for v in vars(layer).values() if holds(SymbolicTensor, v)]
    return {
        id(tensor): value
        for tensor in symbolic_leaves(listed)
        if (value := symbolic.drawn_value(tensor)) is not None
    }
