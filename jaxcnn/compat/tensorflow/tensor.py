"""Tensors of the graph as TensorFlow shows them."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from jaxcnn.compat.tensorflow.graph import Graph
from jaxcnn.layers.symbolic.tensor import SymbolicTensor

__all__ = ["Tensor", "TensorShape"]


class TensorShape(tuple[int | None, ...]):
    """A shape as programs write one: ``TensorShape([None, 3])``."""

    def as_list(self) -> list[int | None]:
        """The sizes as a list."""
        return list(self)


class Tensor(SymbolicTensor):
    """A symbolic tensor that a word made.

    Attributes:
        any_shape: whether not even the number of its axes is known.
        known: the value of a constant, or a list of sizes, where a shape or an axis is asked for.
        weight: the variable that it reads, or None.
    """

    any_shape = False
    known: Any = None
    weight: Any = None

    @classmethod
    def of(cls, tensor: SymbolicTensor, any_shape: bool = False) -> Tensor:
        """The same call's result as a tensor of this class."""
        indices = tensor.node_index, tensor.tensor_index
        result = cls(tensor.shape, tensor.dtype, tensor.layer, *indices)
        object.__setattr__(result, "any_shape", any_shape)
        return result

    def with_known(self, value: object) -> Tensor:
        """The tensor itself, which from now on stands for `value` where one is needed at once."""
        object.__setattr__(self, "known", value)
        return self

    @property
    def name(self) -> str:
        """'conv1/Relu:0'."""
        return f"{self.layer.name}:{self.tensor_index}"

    @property
    def op(self) -> Any:
        """The operation that makes it."""
        return self.layer

    @property
    def graph(self) -> Graph:
        """The graph that it is in."""
        return cast(Graph, self.op.graph)

    def set_shape(self, shape: tuple[int | None, ...]) -> None:
        """Say sizes that are not known.

        Raises:
            ValueError: they differ from known ones.
        """
        sizes = tuple(shape)
        pairs = list(zip(sizes, self.shape, strict=False))
        if len(sizes) != self.ndim or any(None not in (a, b) and a != b for a, b in pairs):
            raise ValueError(f"Shapes {shown(self.shape)} and {shown(sizes)} are not compatible")
        merged = tuple(b if a is None else a for a, b in pairs)
        object.__setattr__(self, "shape", type(self.shape)(merged))

    def __repr__(self) -> str:
        sizes = "<unknown>" if self.any_shape else shown(self.shape)
        return f'Tensor("{self.name}", shape={sizes}, dtype={np.dtype(self.dtype).name})'


def shown(shape: tuple[int | None, ...]) -> str:
    """A shape as TensorFlow prints it: '(?, 10)'."""
    sizes = ["?" if size is None else str(int(size)) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
