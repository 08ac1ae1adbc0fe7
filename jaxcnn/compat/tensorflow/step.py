"""One compiled run of a part of the graph."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.backend.computation import Computation
from jaxcnn.backend.settings import is_learning_phase
from jaxcnn.compat.tensorflow.arrays import identity
from jaxcnn.compat.tensorflow.operation import Effect, Operation, parts_of
from jaxcnn.compat.tensorflow.placeholders import not_fed
from jaxcnn.layers.input import DrawnInput, drawn_values
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.types import ArrayLike


class Step:
    """What computes tensors, and the variables that this changes.

    Args:
        targets: the tensors to compute.
        operations: to be run besides.
        feeds: the tensors whose values are given.
    """

    def __init__(
        self,
        targets: Sequence[SymbolicTensor],
        operations: Sequence[Operation | Change],
        feeds: Sequence[SymbolicTensor],
    ) -> None:
        self.targets = list(targets)
        self.feeds = list(feeds)
        self.operations = list(operations)  # kept alive, because steps are found by their ids
        known = {id(tensor) for tensor in feeds}
        self.assignments = assignments(targets, operations, known)
        everything = [*targets, *(value for _, value in self.assignments)]
        _, inputs = upstream(everything, known)
        self.drawn = [tensor for tensor in inputs if isinstance(tensor.layer, DrawnInput)]
        if len(inputs) > len(self.drawn):
            raise not_fed(next(t for t in inputs if not isinstance(t.layer, DrawnInput)))
        parts = [part for operation in operations for part in parts_of(operation)]
        self.effects = [part for part in parts if isinstance(part, Effect)]
        self._computation = Computation(everything, [*self.feeds, *self.drawn])

    def __call__(self, values: Sequence[jax.Array], train: bool) -> list[jax.Array]:
        """The values of the targets; then the variables are changed."""
        pairs = zip(self.feeds, values, strict=True)
        arrays = [value for tensor, value in pairs if not is_learning_phase(tensor)]
        arrays += [jnp.asarray(value) for value in drawn_values(self.drawn)]
        results = self._computation(arrays, train)
        new_values = results[len(self.targets) :]
        for (variable, _), value in zip(self.assignments, new_values, strict=True):
            variable.set(value)
        for effect in self.effects:
            effect.perform()
        return results[: len(self.targets)]


def assignments(
    targets: Sequence[SymbolicTensor], operations: Sequence[Operation | Change], known: set[int]
) -> list[tuple[Variable, SymbolicTensor]]:
    """The variables that a run changes, with the tensors of their new values."""
    pending = [part for operation in operations for part in parts_of(operation)]
    tensors = list(targets)
    seen: set[int] = set()
    result: list[tuple[Variable, SymbolicTensor]] = []
    while pending or tensors:
        result += [change_on_graph(part) for part in pending if isinstance(part, Change)]
        tensors += [tensor for part in pending for tensor in part.outputs]
        nodes, _ = upstream(tensors, known)
        pending, tensors = [], []
        for layer in {id(node.layer): node.layer for node in nodes}.values():
            if not isinstance(layer, Operation) or id(layer) in seen:
                continue
            seen.add(id(layer))
            if layer.assigns is not None:
                result.append((layer.assigns, layer.outputs[0]))
            pending += [part for part in parts_of(layer) if part is not layer]
    return result


def change_on_graph(change: Change) -> tuple[Variable, SymbolicTensor]:
    """The variable that an update sets, and its new value as a tensor of the graph."""
    variable, value = change
    symbolic = value if isinstance(value, SymbolicTensor) else identity(value)
    return variable, symbolic


def on_host(value: ArrayLike) -> np.ndarray | np.generic:
    """A value as a run returns it: a NumPy array, or a NumPy number."""
    array = np.asarray(value)
    return array if array.ndim else array[()]
