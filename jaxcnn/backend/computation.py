"""Symbolic tensors computed from given ones, as one program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import jax

from jaxcnn.backend.evaluation import Evaluation, needed_nodes
from jaxcnn.backend.settings import is_learning_phase
from jaxcnn.layers.symbolic.dependence import Source, free_variables, layers_of
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import context
from jaxcnn.runtime.by_value import depends_on_values
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import Path
from jaxcnn.spellings.dialect import chosen
from jaxcnn.training.dispatch import eagerly


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
        modes = {train: partial(self._compute, train) for train in (False, True)}
        self._eagerly = {train: eagerly(f) for train, f in modes.items()}
        self._run: Mapping[bool, Callable[..., list[jax.Array]]] = (
            self._eagerly if by_value else {train: LeafJit(f) for train, f in modes.items()}
        )

    def __call__(self, arrays: Sequence[jax.Array], train: bool) -> list[jax.Array]:
        """The values of the targets for those of the inputs."""
        weights = [layer.weights_store.arrays for layer in self._layers]
        variables = [variable.value for variable in self._variables]
        given = list(arrays), weights, variables, context.next_key()
        try:
            return self._run[train](*given)
        except Exception as error:
            if not (chosen() and depends_on_values(error)):
                raise
        self._run = self._eagerly
        return self._run[train](*given)

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
