"""``tf.data``: elements one after another, which are arrays or structures of arrays."""

from __future__ import annotations

import builtins
import collections.abc
import itertools
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.iterators import Iterator
from jaxcnn.runtime import config
from jaxcnn.runtime.types import PyTree

__all__ = ["AUTOTUNE", "Dataset", "Iterator"]

# How many elements to prepare ahead: `fit` has a thread that does.
AUTOTUNE = -1

Elements = Callable[[], Iterable[PyTree]]


class Dataset:
    """Elements that are made anew in each pass.

    `fit`, `evaluate` and `predict` take one whose elements are batches. Functions of the elements
    get arrays, on which words compute.

    Args:
        elements: begins a pass.
        any_length: whether elements may have other lengths than the first one has.
    """

    def __init__(self, elements: Elements, any_length: bool = False) -> None:
        self._elements, self.any_length = elements, any_length

    def _made(self, elements: Elements) -> Dataset:
        """A dataset of elements that are made of these."""
        return Dataset(elements, self.any_length)

    def __iter__(self) -> collections.abc.Iterator[PyTree]:
        return iter(self._elements())

    # -- made of something -------------------------------------------------------------------------

    @staticmethod
    def from_tensor_slices(tensors: PyTree) -> Dataset:
        """The parts of arrays of one length along their first axis.

        Raises:
            ValueError: other lengths.
        """
        arrays = jax.tree.map(np.asarray, tensors, is_leaf=lambda leaf: isinstance(leaf, list))
        lengths = {len(array) for array in jax.tree.leaves(arrays)}
        if len(lengths) != 1:
            raise ValueError(f"Dataset.from_tensor_slices: the arrays have lengths {lengths}.")
        (length,) = lengths
        return Dataset(
            lambda: (jax.tree.map(itemgetter(i), arrays) for i in builtins.range(length))
        )

    @staticmethod
    def from_tensors(tensors: PyTree) -> Dataset:
        """One element."""
        return Dataset(lambda: [jax.tree.map(np.asarray, tensors)])

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable[PyTree]],
        output_types: PyTree,
        output_shapes: PyTree = None,
        args: tuple[PyTree, ...] = (),
    ) -> Dataset:
        """What a function's generator yields, in these number types."""

        def typed(element: PyTree, types: PyTree) -> PyTree:
            if isinstance(types, tuple | list):
                return tuple(map(typed, element, types))
            if isinstance(types, dict):
                return {name: typed(element[name], of_it) for name, of_it in types.items()}
            return np.asarray(element, as_dtype(types))

        return Dataset(lambda: (typed(element, output_types) for element in generator(*args)))

    @staticmethod
    def range(*args: int) -> Dataset:
        """Whole numbers, as of Python."""
        return Dataset(lambda: (np.int64(i) for i in builtins.range(*args)))

    @staticmethod
    def zip(datasets: PyTree) -> Dataset:
        """The elements of several, side by side."""
        leaves, structure = jax.tree.flatten(
            datasets, is_leaf=lambda leaf: isinstance(leaf, Dataset)
        )
        pairs: Elements = lambda: builtins.zip(*leaves, strict=False)  # noqa: E731
        return Dataset(
            lambda: (jax.tree.unflatten(structure, pair) for pair in pairs()),
            any(dataset.any_length for dataset in leaves),
        )

    # -- made of another ---------------------------------------------------------------------------

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Batches of so many elements, the last of which may be shorter."""

        def batches() -> collections.abc.Iterator[PyTree]:
            elements = iter(self)
            while part := list(itertools.islice(elements, batch_size)):
                if len(part) == batch_size or not drop_remainder:
                    yield jax.tree.map(lambda *arrays: np.stack(arrays), *part)

        return Dataset(batches, any_length=not drop_remainder)

    def map(
        self, map_func: Callable[..., PyTree], num_parallel_calls: int | None = None
    ) -> Dataset:
        """What a function makes of each element."""
        return self._made(lambda: (computed(map_func, element) for element in self))

    def filter(self, predicate: Callable[..., PyTree]) -> Dataset:
        """The elements for which a function is true."""
        return self._made(lambda: (e for e in self if bool(computed(predicate, e))))

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = None,
    ) -> Dataset:
        """In another order in each pass, or in one order: each taken from `buffer_size` by chance.

        The order is not that of TensorFlow.
        """
        passes = itertools.count()

        def shuffled() -> collections.abc.Iterator[PyTree]:
            number = next(passes) if reshuffle_each_iteration in (None, True) else 0
            random = np.random.default_rng([config.seed() if seed is None else seed, number])
            waiting: list[PyTree] = []
            for element in self:
                waiting.append(element)
                if len(waiting) > buffer_size:
                    yield waiting.pop(int(random.integers(len(waiting))))
            while waiting:
                yield waiting.pop(int(random.integers(len(waiting))))

        return self._made(shuffled)

    def repeat(self, count: int | None = None) -> Dataset:
        """Several passes, or passes without end."""
        times = () if count is None or count < 0 else (count,)
        return self._made(lambda: itertools.chain.from_iterable(itertools.repeat(self, *times)))

    def take(self, count: int) -> Dataset:
        """The first elements; all for -1."""
        return self._made(lambda: itertools.islice(self, None if count < 0 else count))

    def skip(self, count: int) -> Dataset:
        """Those after the first."""
        return self._made(lambda: itertools.islice(self, count, None))

    def concatenate(self, dataset: Dataset) -> Dataset:
        """These elements, then those of another."""
        return self._made(lambda: itertools.chain(self, dataset))

    def cache(self, filename: str = "") -> Dataset:
        """The elements of the first pass, kept in memory.

        Raises:
            ValueError: a file is named.
        """
        if filename:
            raise ValueError("Dataset.cache keeps elements in memory here: leave `filename` out.")
        elements: list[PyTree] = []
        return self._made(lambda: elements or kept_in(elements, self))

    def prefetch(self, buffer_size: int) -> Dataset:
        """The same: `fit` prepares batches ahead itself."""
        return self

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """What a function makes of it."""
        return transformation_func(self)

    def make_one_shot_iterator(self) -> Iterator:
        """The elements of one pass as tensors of the graph."""
        return Iterator(self)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        """The same; its `initializer` begins a pass, the first one, too."""
        return Iterator(self, begun=False)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"tf.data.Dataset.{name} is not one of the TensorFlow words that jaxcnn knows."
        )


def computed(function: Callable[..., PyTree], element: PyTree) -> PyTree:
    """What a function makes of an element, which it is given as arrays that words compute with."""
    arrays = jax.tree.map(lambda v: jnp.asarray(v) if v.dtype.kind in "biuf" else v, element)
    result = function(*arrays) if isinstance(arrays, tuple) else function(arrays)
    return jax.tree.map(np.asarray, result)


def kept_in(elements: list[PyTree], source: Iterable[PyTree]) -> collections.abc.Iterator[PyTree]:
    """The elements of a pass, which a list has once it has ended."""
    seen = []
    for element in source:
        seen.append(element)
        yield element
    elements[:] = seen
