"""Symbolic tensors computed from given ones, as one program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax

from jaxcnn.backend.evaluation import Evaluation, needed_nodes
from jaxcnn.backend.settings import is_learning_phase
from jaxcnn.layers.symbolic.dependence import Source, free_variables, layers_of
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import context
from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import Path


class Computation:
    """A program from the values of some tensors to those of others.

    Weights and variables are read at each call. It is compiled, unless a size in it depends on
    values.

    Args:
        targets: the tensors to compute.
        inputs: the tensors and variables whose values are given; `learning_phase` among them is not
            an array.

    Raises:
        ValueError: another input is needed.
    """

    def __init__(self, targets: Sequence[SymbolicTensor], inputs: Sequence[Source]) -> None:
        self.targets = list(targets)
        self.inputs = [tensor for tensor in inputs if not is_learning_phase(tensor)]
        nodes = needed_nodes(self.targets, {id(tensor) for tensor in inputs})
        self._layers, self._variables = layers_of(nodes), free_variables(nodes)
        by_value = any(getattr(node.layer, "by_value", False) for node in nodes)
        run = self._now if by_value else self._compute
        modes = {train: partial(run, train) for train in (False, True)}
        self._run = modes if by_value else {train: LeafJit(f) for train, f in modes.items()}

    def __call__(self, arrays: Sequence[jax.Array], train: bool) -> list[jax.Array]:
        """The values of the targets for those of the inputs."""
        weights = [layer.weights_store.arrays for layer in self._layers]
        variables = [variable.value for variable in self._variables]
        return self._run[train](list(arrays), weights, variables, context.next_key())

    def _now(self, train: bool, *args: Any) -> list[jax.Array]:
        """As compiled, where a size depends on values."""
        with computing_arrays():
            return self._compute(train, *args)

    def _compute(
        self,
        train: bool,
        arrays: list[jax.Array],
        weights: list[dict[Path, jax.Array]],
        variables: list[jax.Array],
        key: jax.Array,
    ) -> list[jax.Array]:
        given = list(zip(self.inputs, arrays, strict=True))
        fed = [(v, array) for v, array in given if isinstance(v, Variable)]
        evaluation = Evaluation(
            known={id(t): array for t, array in given if not isinstance(t, Variable)},
            weights={id(layer): w for layer, w in zip(self._layers, weights, strict=True)},
            variables={id(v): value for v, value in zip(self._variables, variables, strict=True)},
            train=train,
            key=key,
        )
        evaluation = evaluation.with_variables([v for v, _ in fed], [array for _, array in fed])
        return evaluation.values(self.targets)
