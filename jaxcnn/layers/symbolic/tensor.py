"""Symbolic tensors and nodes: the record of which layer was called on what.

Arithmetic, comparison and indexing of a symbolic tensor give another one: each is a layer without
weights, see `jaxcnn.layers.symbolic.operation`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jax

if TYPE_CHECKING:
    from jaxcnn.layers.base import Layer


@dataclass(frozen=True, eq=False)
class SymbolicTensor:
    """A value that a model will compute: its shape (None where any size will do), dtype, and where
    it comes from.
    """

    shape: tuple[int | None, ...]
    dtype: Any
    layer: Layer
    node_index: int
    tensor_index: int
    mask_shape: tuple[int | None, ...] | None = None

    @property
    def name(self) -> str:
        return f"{self.layer.name}/output:{self.tensor_index}"

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<SymbolicTensor of {self.layer.name!r} shape={self.shape} dtype={self.dtype}>"

    __array_ufunc__ = None  # leaves ``numpy_array + tensor`` to the operators below

    def __iter__(self) -> Any:
        raise TypeError(
            f"{self!r} cannot be iterated over; take its parts by index, as in x[:, 0]."
        )

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self!r} has no value yet, so it cannot decide an `if`; it is computed when the "
            "model runs."
        )


def _operator(name: str, reflected: bool = False) -> Any:
    def method(self: SymbolicTensor, *other: Any) -> Any:
        from jaxcnn.layers.symbolic.operators import (
            OPERATORS,
        )  # operations are layers, which stand on this module

        return OPERATORS[name](*other, self) if reflected else OPERATORS[name](self, *other)

    return method


# `==` stays identity, so that tensors can be kept in sets.
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(SymbolicTensor, f"__{_name}__", _operator(_name))
    setattr(SymbolicTensor, f"__r{_name}__", _operator(_name, reflected=True))
for _name in ("lt", "le", "gt", "ge", "neg", "abs", "getitem"):
    setattr(SymbolicTensor, f"__{_name}__", _operator(_name))


@dataclass(frozen=True)
class Size:
    """A size of a symbolic tensor that is not known yet: of which tensor, along which axis."""

    tensor: Any
    axis: int


@dataclass(eq=False)
class Node:
    """One symbolic call of a layer: `args` and `kwargs` hold the `SymbolicTensor` it was called on."""

    layer: Layer
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: Any = None
    inbound: list[SymbolicTensor] = field(init=False)

    def __post_init__(self) -> None:
        self.inbound = symbolic_leaves((self.args, self.kwargs))

    @property
    def input_tensors(self) -> Any:
        """What the layer was called on: one tensor or a list."""
        return self.args[0] if self.args else None


def symbolic_leaves(structure: Any) -> list[SymbolicTensor]:
    """The symbolic tensors in nested lists, tuples and dicts, in order."""
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, SymbolicTensor)]


def shapes(structure: Any) -> Any:
    """`structure` with each symbolic tensor replaced by its shape."""
    return jax.tree.map(
        lambda leaf: leaf.shape if isinstance(leaf, SymbolicTensor) else leaf, structure
    )
