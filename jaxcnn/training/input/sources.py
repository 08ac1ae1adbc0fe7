"""Data that is not arrays: generators, Sequences, iterables of batches, and sources of single
examples by number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import jax
import numpy as np

from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.input.order import epoch_order
from jaxcnn.training.input.stored import is_column, is_stored
from jaxcnn.training.input.workers import InOrder, Make, Processes, Threads, Workers
from jaxcnn.utils.sequence import Sequence

# The numbers that a batch is made of: its own, or those of its examples.
Numbers: TypeAlias = int | list[int]


class Indexable(Protocol):
    """Batches or examples by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> PyTree: ...


@dataclass
class Walked:
    """A generator or another iterator: one walk, continued from epoch to epoch."""

    items: Iterator[PyTree]
    length = None
    samples = None

    def walk(self, order: Listed[Numbers], workers: Workers, seed: int) -> Iterator[PyTree]:
        if not workers.processes:
            return self.items
        # Like Keras: every process walks through its own copy.
        pool = Processes(lambda _: next(self.items), workers.count, seed)
        return InOrder(pool, iter(int, None), workers.count)

    def pass_ended(self) -> None:
        pass


@dataclass
class Iterated:
    """An iterable of batches, such as a tf.data or grain dataset or a loader: a walk for every
    pass.
    """

    items: Iterable[PyTree]
    length: int | None = None  # batches in a pass, where it is known
    samples = None

    def walk(self, order: Listed[Numbers], workers: Workers, seed: int) -> Iterator[PyTree]:
        if workers.processes:
            raise ValueError(
                f"use_multiprocessing: a {type(self.items).__name__} can only be read in order, so "
                "it has no use for processes; leave it out, or give a jaxcnn.utils.Sequence."
            )
        return iter(self.items)

    def pass_ended(self) -> None:
        pass


@dataclass
class Indexed:
    """Batches by number: a `Sequence`, or a source of single examples that are put together.

    Attributes:
        get: batch number -> batch.
        length: number of batches.
        samples: of a source of single examples, and how many make a batch.
        ended: called after each pass.
        threads_only: whether `get` does not work in other processes.
    """

    get: Make
    length: int
    samples: int | None = None
    batch_size: int = 1
    ended: Callable[[], object] | None = None
    threads_only: bool = False

    def order(self, shuffle: bool | str, seed: int, began: int) -> list[Numbers]:
        """What `get` is called with in a pass that begins after `began` updates."""
        if self.samples is None:
            return list(epoch_order(self.length, 1, shuffle, seed, began).tolist())
        order = epoch_order(self.samples, self.batch_size, shuffle, seed, began)
        return [
            order[i : i + self.batch_size].tolist() for i in range(0, self.samples, self.batch_size)
        ]

    def walk(self, order: Listed[Numbers], workers: Workers, seed: int) -> Iterator[PyTree]:
        processes = workers.processes and not self.threads_only
        if workers.processes and self.threads_only:
            warn_user(
                "Batches of images are made by threads: they are computed by JAX, which does not "
                "work in a forked process. Leave out use_multiprocessing."
            )
        if workers.count <= 1 and not processes:
            return map(self.get, order)
        pool = (
            Processes(self.get, workers.count, seed)
            if processes
            else Threads(self.get, workers.count)
        )
        return InOrder(pool, order, workers.count)

    def pass_ended(self) -> None:
        if self.ended is not None:
            self.ended()


Stream: TypeAlias = Walked | Iterated | Indexed


@dataclass(frozen=True)
class Examples:
    """Batches put together from a source of single examples."""

    source: Indexable
    names: tuple[str, ...] | None = None  # of a dict's entries that are input and target

    def __call__(self, numbers: list[int]) -> PyTree:
        if hasattr(self.source, "__getitems__"):
            examples = self.source.__getitems__(numbers)
        else:
            examples = [self.source[n] for n in numbers]
        if self.names is not None:
            examples = [tuple(example[name] for name in self.names) for example in examples]
        return jax.tree.map(lambda *values: np.stack(values), *examples)


def is_stream(data: object) -> bool:
    """Whether `data` comes batch by batch, or example by example, instead of as arrays."""
    arrays = list | tuple | range | str | bytes | Mapping
    if (
        data is None
        or isinstance(data, arrays)
        or hasattr(data, "shape")
        or hasattr(data, "__array__")
    ):
        return False
    return not (is_stored(data) or is_column(data)) and any(
        hasattr(data, name) for name in ("__next__", "__iter__", "__getitem__")
    )


def stream_of(
    data: PyTree, batch_size: int, input_ranks: Listed[int] | None, input_names: Listed[str]
) -> Stream:
    """The stream of batches that a user's object stands for.

    Args:
        data: something for which `is_stream` holds.
        batch_size: of batches that are put together from single examples.
        input_ranks: axes of the model's inputs, the batch axis included; None where they are not
            known yet.
        input_names: of the model's inputs.
    """
    if isinstance(data, Sequence) or hasattr(data, "on_epoch_end"):
        return Indexed(
            data.__getitem__,
            checked_length(data),
            ended=getattr(data, "on_epoch_end", None),
            threads_only=getattr(data, "threads_only", False),
        )
    if hasattr(data, "__next__"):
        return Walked(data)
    if not (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
        # For data with a position the end of a pass must be known: after the last batch comes the
        # next pass.
        return Iterated(
            data, len(data) if hasattr(data, "set_state") and hasattr(data, "__len__") else None
        )
    names = supervised_names(data)
    length = checked_length(data)
    if names is None and whole_batches(data, input_ranks, input_names):
        return Indexed(data.__getitem__, length)
    return Indexed(
        Examples(data, names), -(-length // batch_size), samples=length, batch_size=batch_size
    )


def checked_length(data: Indexable) -> int:
    """``len(data)``.

    Raises:
        ValueError: the data is empty or endless.
    """
    length = len(data)
    if length == 0:
        raise ValueError(f"The data is empty: a {type(data).__name__} of length 0.")
    if length >= sys.maxsize:
        raise ValueError(
            f"The {type(data).__name__} repeats without end; leave out repeat(), which fit does "
            "itself."
        )
    return length


def supervised_names(source: object) -> tuple[str, ...] | None:
    """Which entries of the examples are input and target, where the source says so, as those of
    tensorflow-datasets.
    """
    keys = getattr(getattr(source, "dataset_info", None), "supervised_keys", None)
    return tuple(keys) if keys and all(isinstance(key, str) for key in keys) else None


def whole_batches(
    data: Indexable, input_ranks: Listed[int] | None, input_names: Listed[str]
) -> bool:
    """Whether ``data[0]`` is a batch rather than a single example: its input has as many axes as
    the model's.
    """
    first = data[0]
    if input_ranks is None:
        raise ValueError(
            f"Whether a {type(data).__name__} holds batches or single examples shows in the "
            "model's input shape: give the first layer an `input_shape`."
        )
    inputs = first[0] if isinstance(first, tuple) else first
    if isinstance(inputs, Mapping):
        if input_names[0] not in inputs:
            raise ValueError(
                f"The examples are dicts of {sorted(map(str, inputs))}; make them (inputs, "
                "targets) first, for example by source.map(lambda e: (e['image'], e['label'])) "
                "with grain."
            )
        inputs = inputs[input_names[0]]
    elif isinstance(inputs, list) and len(input_names) > 1:
        inputs = inputs[0]
    return bool(np.ndim(inputs) == input_ranks[0])


def raw_parts(raw: PyTree) -> tuple[PyTree, PyTree, PyTree]:
    """(inputs, targets, sample weights or None) of a raw batch."""
    if isinstance(raw, tuple | list) and len(raw) in (2, 3):
        return raw[0], raw[1], raw[2] if len(raw) == 3 else None
    given = f"a {type(raw).__name__}" + (f" of {len(raw)}" if isinstance(raw, tuple | list) else "")
    advice = (
        f" Its keys are {', '.join(map(str, raw))}; a function makes (x, y) of them, as the "
        "collate_fn of a DataLoader."
        if isinstance(raw, Mapping)
        else ""
    )
    raise ValueError(
        "Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: "
        f"{given}.{advice}"
    )


def raw_inputs(raw: PyTree) -> PyTree:
    """The inputs of a raw batch: the first of a tuple, else all of it."""
    return raw[0] if isinstance(raw, tuple) else raw
