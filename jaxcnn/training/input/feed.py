"""Feeds: where `fit`, `evaluate` and `predict` take their batches from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import jax

from jaxcnn.runtime.types import PyTree
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.input.workers import Waiting
from jaxcnn.training.steps import Batch


@dataclass(frozen=True)
class Position:
    """Where in a run its data is needed; together with the data this decides every batch.

    Attributes:
        epoch: epochs since the run began.
        done: steps of this epoch that were taken before.
        began: updates that the model had at the beginning of the epoch.
        seed: of the run.
        shuffle: True, False or "batch".
    """

    epoch: int = 0
    done: int = 0
    began: int = 0
    seed: int = 0
    shuffle: bool | str = False


class Portion(NamedTuple):
    """What goes to the device in one call: one batch, or `many` of them on a new leading axis of
    some capacity.
    """

    batch: Batch
    size: int  # real samples
    many: int | None = None

    @property
    def steps(self) -> int:
        return 1 if self.many is None else self.many

    def batch_at(self, index: int) -> Batch:
        """One of the batches."""
        if self.many is None:
            return self.batch
        one: Batch = jax.tree.map(lambda a: a[index], self.batch)
        return one


class Feed(Protocol):
    """Batches, epoch by epoch."""

    @property
    def samples(self) -> int | None:
        """Samples in an epoch; None where it is not known before."""

    @property
    def steps(self) -> int | None:
        """Batches in an epoch; None where it is not known before."""

    @property
    def batch_size(self) -> int | None:
        """Samples a batch; None where the data comes in batches."""

    def example(self) -> Batch:
        """A batch of the shapes that most have."""

    def batches(self, position: Position, waiting: Waiting) -> Iterator[Portion]:
        """The batches of an epoch one by one; `waiting` is called now and then while there is none
        yet.
        """

    def portions(
        self, position: Position, dispatcher: Dispatcher, loops: bool, waiting: Waiting
    ) -> Iterator[Portion]:
        """The batches of an epoch, several at a time where the dispatcher `loops`."""

    def seen(self, steps: int) -> int:
        """How far an epoch is after so many steps: in samples where their number is known, else in
        steps.
        """

    def get_state(self) -> PyTree:
        """The data's own position after the last batch, JSON-like; None where it has none."""

    def set_state(self, state: PyTree) -> None:
        """Continue from there."""

    def close(self) -> None:
        """End the threads and processes."""


def never() -> None:
    """What to do while waiting: nothing."""
