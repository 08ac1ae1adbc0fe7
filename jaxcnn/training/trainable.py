"""A network as training sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import jax

from jaxcnn.callbacks import History
from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import ArrayLike, DataLike, PyTree
from jaxcnn.training.clock import Clock
from jaxcnn.training.network import WholeNetwork
from jaxcnn.training.program import Program


class Trainable(WholeNetwork, Protocol):
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
    def children(self) -> Mapping[str, Layer]: ...
    @property
    def opt_state(self) -> PyTree: ...
    @property
    def trainable_weights(self) -> list[Any]: ...
    @property
    def input_names(self) -> list[str]: ...
    @property
    def output_names(self) -> list[str]: ...

    def all_specs(self) -> list[WeightSpec]: ...
    def note_changes(self) -> None: ...
    def optimizer_arrays(self) -> list[tuple[str, jax.Array]]: ...
    def set_optimizer_arrays(self, values: Sequence[ArrayLike]) -> None: ...

    def extended(
        self, inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]
    ) -> WholeNetwork:
        """The network between these tensors, of which only the weights of the model are trained."""

    def build_for(self, x: DataLike) -> None:
        """Fix the input shapes by the first data, of a model that was given none."""


def whole_network(model: Trainable, program: Program) -> WholeNetwork:
    """What training runs: the model, or more where the losses of the program close over tensors."""
    return program.network or model


def shapes(tensors: Sequence[SymbolicTensor]) -> list[tuple[int | None, ...]]:
    """The shapes of a model's inputs or outputs."""
    return [tuple(tensor.shape) for tensor in tensors]
