"""A network of layers as the rooms above see it, for those that make and train one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.weights import HasModule
from jaxcnn.runtime.types import PyTree


class LayerNetwork(HasModule, Protocol):
    """Connected layers: their inputs and outputs, and their weights."""

    inputs: list[SymbolicTensor]
    outputs: list[SymbolicTensor]

    @property
    def input_names(self) -> list[str]: ...

    @property
    def output_names(self) -> list[str]: ...

    @property
    def variables(self) -> dict[str, PyTree]: ...

    @property
    def children(self) -> Mapping[str, Layer]: ...
