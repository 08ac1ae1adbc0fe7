"""Elements of datasets as tensors of the graph: each run draws the next one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from collections.abc import Iterator as Pass
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.errors import FailedPreconditionError, OutOfRangeError
from jaxcnn.compat.tensorflow.graph import get_default_graph
from jaxcnn.compat.tensorflow.operation import Effect, Operation
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.layers.input import DrawnInput
from jaxcnn.runtime.types import PyTree, Shape


class Elements(Protocol):
    """What an iterator needs of a dataset."""

    any_length: bool

    def __iter__(self) -> Pass[PyTree]: ...


class Iterator:
    """Tensors whose values are an element of a dataset, another one in each run.

    Args:
        dataset: which has the elements.
        begun: whether the pass begins by itself, and not by `initializer`.
    """

    def __init__(self, dataset: Elements, begun: bool = True) -> None:
        self._dataset = dataset
        self._rest: Pass[PyTree] | None = None
        first, self._first_pass = peeked(dataset)
        self._leaves, self._structure = jax.tree.flatten(first)
        if begun:
            self._rest = self._first_pass

    @property
    def initializer(self) -> Effect:
        """The operation that begins a pass."""
        return self.make_initializer(self._dataset)

    def make_initializer(self, dataset: Elements, name: str = "MakeIterator") -> Effect:
        """The operation that begins a pass through a dataset with elements like those of this."""

        def begin() -> None:
            self._rest = iter(dataset)

        return Effect(name, begin)

    def get_next(self, name: str | None = None) -> PyTree:
        """The tensors of an element, in its structure."""
        draws = Draws(self)
        label = get_default_graph().unique_name(name or "IteratorGetNext")
        any_length = self._dataset.any_length
        tensors = [
            NextElement(draws, i, leaf, any_length, f"{label}:{i}" if i else label).outputs[0]
            for i, leaf in enumerate(self._leaves)
        ]
        return jax.tree.unflatten(self._structure, tensors)

    def next_leaves(self) -> list[np.ndarray]:
        """The arrays of the next element.

        Raises:
            FailedPreconditionError: the initializer has not been run.
            OutOfRangeError: there are no more.
        """
        if self._rest is None:
            raise FailedPreconditionError(
                "The iterator has not been initialized: run its initializer in this session first."
            )
        try:
            element = next(self._rest)
        except StopIteration:
            raise OutOfRangeError("End of sequence") from None
        return [np.asarray(leaf) for leaf in jax.tree.leaves(element)]


class Draws:
    """One operation that draws from an iterator."""

    def __init__(self, iterator: Iterator) -> None:
        self._iterator = iterator

    def draw(self) -> Sequence[np.ndarray]:
        """The arrays of the next element."""
        return self._iterator.next_leaves()


class NextElement(DrawnInput, Operation):
    """The operation of a part of the next element."""

    def __init__(
        self, draws: Draws, index: int, example: np.ndarray, any_length: bool, name: str
    ) -> None:
        array = np.asarray(example)
        if array.dtype.kind not in "biuf":
            raise ValueError(
                f"Elements of datasets are tensors of the graph where they are numbers; part "
                f"{index} of one is {array.dtype.name}. Go through the dataset by `for` instead."
            )
        loose = any_length and array.ndim
        shape: Shape = (None, *array.shape[1:]) if loose else array.shape
        super().__init__(draws, index, shape, jnp.asarray(array).dtype, name)
        self.graph, self.control, self.by_value = get_default_graph(), [], False
        self.inbound_nodes[0].outputs = Tensor.of(self.inbound_nodes[0].outputs)
        self.graph.note(self)

    @property
    def outputs(self) -> list[Tensor]:
        """Its tensor."""
        return [self.inbound_nodes[0].outputs]


def peeked(dataset: Iterable[PyTree]) -> tuple[PyTree, Pass[PyTree]]:
    """(the first element, a pass that begins with it).

    Raises:
        ValueError: there is none.
    """
    rest = iter(dataset)
    for first in rest:
        return first, itertools.chain([first], rest)
    raise ValueError("The dataset of an iterator has no elements.")
