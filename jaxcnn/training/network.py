"""The network that the steps of a program run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import flax.linen as nn

from jaxcnn.layers.base import Layer
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import ArrayFunction, Path
from jaxcnn.training.state import Tree


class WholeNetwork(Protocol):
    """The network that training runs: the model, or the model and what its losses use."""

    @property
    def module(self) -> nn.Module: ...
    @property
    def variables(self) -> Tree: ...

    def placed_weights(self) -> Iterator[tuple[Layer, WeightSpec, Path]]: ...
    def trainable_mask(self) -> Tree: ...
    def weight_constraints(self) -> dict[Path, ArrayFunction]: ...
    def set_variables(self, variables: Mapping[str, Tree]) -> None: ...
    def store(self, variables: Mapping[str, Tree]) -> None: ...
    def all_layers(self) -> Iterator[Layer]: ...
