"""A network as training sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import flax.linen as nn
import jax

from jaxcnn.callbacks import History
from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DataLike, Path, PyTree
from jaxcnn.training.clock import Clock
from jaxcnn.training.program import Program
from jaxcnn.training.state import Tree


class Trainable(Protocol):
    """What training reads of a model, and the little that it writes; `models.Model` is one.

    Attributes:
        program: what `compile` made.
        history: of the last `fit`, or of the one that runs.
        clock: where the time of that `fit` goes.
        stop_training: set by callbacks to end a `fit`.
    """

    name: str
    inputs: list[SymbolicTensor]
    outputs: list[SymbolicTensor]
    program: Program
    history: History | None
    clock: Clock
    stop_training: bool

    @property
    def built(self) -> bool: ...
    @property
    def module(self) -> nn.Module: ...
    @property
    def variables(self) -> Tree: ...
    @property
    def children(self) -> Mapping[str, Layer]: ...
    @property
    def opt_state(self) -> PyTree: ...
    @property
    def input_names(self) -> list[str]: ...
    @property
    def output_names(self) -> list[str]: ...

    def all_layers(self) -> Iterator[Layer]: ...
    def all_specs(self) -> list[WeightSpec]: ...
    def placed_weights(self) -> Iterator[tuple[Layer, WeightSpec, Path]]: ...
    def trainable_mask(self, collection: str = "params") -> Tree: ...
    def constraints(self) -> dict[Path, ArrayFunction]: ...
    def set_variables(self, variables: Mapping[str, Tree]) -> None: ...
    def store(self, variables: Mapping[str, Tree]) -> None: ...
    def note_changes(self) -> None: ...
    def optimizer_arrays(self) -> list[tuple[str, jax.Array]]: ...
    def set_optimizer_arrays(self, values: Sequence[ArrayLike]) -> None: ...

    def build_for(self, x: DataLike) -> None:
        """Fix the input shapes by the first data, of a model that was given none."""


def shapes(tensors: Sequence[SymbolicTensor]) -> list[tuple[int | None, ...]]:
    """The shapes of a model's inputs or outputs."""
    return [tuple(tensor.shape) for tensor in tensors]
