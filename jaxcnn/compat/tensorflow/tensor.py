"""Tensors of the graph as TensorFlow shows them."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from jaxcnn.compat.tensorflow.graph import Graph
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.tensor_shape import TensorShape as SizesOfTensor
from jaxcnn.layers.symbolic.tensor_shape import shown
from jaxcnn.runtime.types import Shape

__all__ = ["Tensor", "TensorShape"]


class TensorShape(tuple[int | None, ...]):
    """A shape as programs write one: ``TensorShape([None, 3])``."""

    def as_list(self) -> list[int | None]:
        """The sizes as a list."""
        return list(self)


class Tensor(SymbolicTensor):
    """A symbolic tensor that a word made.

    Attributes:
        known: the value of a constant, or a list of sizes, where a shape or an axis is asked for.
        weight: the variable that it reads, or None.
    """

    any_shape: bool = False  # type: ignore[misc]
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

    def set_shape(self, shape: Shape) -> None:
        """Say sizes that are not known, or all of a shape of which nothing is.

        Raises:
            ValueError: they differ from known ones.
        """
        if self.any_shape:
            object.__setattr__(self, "any_shape", False)
            object.__setattr__(self, "shape", SizesOfTensor(shape))
        super().set_shape(shape)

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

    def __repr__(self) -> str:
        sizes = "<unknown>" if self.any_shape else shown(self.shape)
        return f'Tensor("{self.name}", shape={sizes}, dtype={np.dtype(self.dtype).name})'
