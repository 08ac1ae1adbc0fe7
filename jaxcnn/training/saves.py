"""When a `fit` saves its state, and when the process may leave."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import jax

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.distributed.preemption import Preempted, preemption
from jaxcnn.training.checkpoint import Checkpoints
from jaxcnn.training.input.feed import Feed
from jaxcnn.training.session import TrainingSession


@dataclass
class Saves:
    """The saves of one `fit`: every so many updates, after each epoch, and before the process ends.

    Without `checkpoints` there are none.
    """

    checkpoints: Checkpoints | None
    session: TrainingSession
    callbacks: CallbackList
    feed: Feed

    def begin(self, first: int, at_once: bool) -> tuple[int, int]:
        """Continue from the newest checkpoint, if any: (epoch to continue, steps of it done).

        With `at_once` a first checkpoint is made where there is none yet.
        """
        if self.checkpoints is None:
            return first, 0
        first, done = self.checkpoints.restore(self.session, self.callbacks, self.feed, first)
        if at_once and self.checkpoints.newest is None:
            self._save(first, done)
        return first, done

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Within the block a request to end the process is noticed, and obeyed after a save."""
        with preemption(self.checkpoints is not None) as self._must_leave:
            yield

    def within_epoch(self, epoch: int, done: int) -> None:
        """Save after `done` steps of the epoch, where it is time to."""
        if self.checkpoints is not None:
            if self.checkpoints.due(self.session.state):
                self._save(epoch, done)
            self._leave_if_asked(epoch, done)

    def after_epoch(self, epoch: int) -> None:
        """Save at the end of an epoch."""
        if self.checkpoints is not None:
            self._save(epoch + 1, 0)
            self._leave_if_asked(epoch + 1, 0)

    def _save(self, epoch: int, done: int) -> None:
        assert self.checkpoints is not None
        self.checkpoints.save(self.session, self.callbacks, self.feed, epoch, done)

    def _leave_if_asked(self, epoch: int, done: int) -> None:
        """Save and end the process where it has been asked to end."""
        assert self.checkpoints is not None
        if not self._must_leave():
            return
        step = self.session.step
        if self.checkpoints.saved_at != step:
            self._save(epoch, done)
        folder = self.checkpoints.directory
        if jax.process_index() == 0:
            print(
                f"\nAsked to end: the state after step {step} is in {folder}; the same command "
                "continues from it."
            )
        raise Preempted(f"asked to end after step {step}; the state is in {folder}")
