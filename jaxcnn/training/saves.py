"""When a `fit` saves its state, and when the process may leave."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import jax

from jaxcnn.distributed.preemption import Preempted, preemption
from jaxcnn.training.checkpoint import Checkpoints
from jaxcnn.training.interrupt import Interrupted
from jaxcnn.training.resume import Resumption, tell
from jaxcnn.training.session import TrainingSession
from jaxcnn.training.state import TrainState


@dataclass
class Saves:
    """The saves of one `fit`: every so many updates, after each epoch, and before the process ends.

    Attributes:
        resumption: how the run begins; without one nothing is saved.
        session: the state.
        position: the epoch, and the steps of it that are done.
    """

    resumption: Resumption | None
    session: TrainingSession
    position: tuple[int, int] = (0, 0)

    @property
    def checkpoints(self) -> Checkpoints:
        """Where they go."""
        assert self.resumption is not None
        return self.resumption.checkpoints

    def begin(self, first: int, at_once: bool) -> tuple[int, int]:
        """Continue with the run in the folder, if it is to be: (epoch, steps of it done).

        With `at_once` a first checkpoint is made where there is none yet.
        """
        if self.resumption is None:
            self.session.program.unfinished = None
            return first, 0
        first, done = self.resumption.begin()
        if at_once and not self.resumption.resumed:
            self._save(first, done)
        return first, done

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Within the block a request to end the process is noticed, and obeyed after a save.

        So is Ctrl-C, but in a job of several processes, which stop at different steps: they go back
        to the last checkpoint.
        """
        with preemption(self.resumption is not None) as self._must_leave:
            try:
                yield
            except Interrupted:
                if self.resumption is not None and jax.process_count() == 1:
                    self._save_once(*self.position)
                    self._say_saved("Interrupted")
                else:
                    epoch, done = self.position
                    tell(
                        f"\nInterrupted in epoch {epoch + 1} after {done} of its steps: the model "
                        "has the weights that it learned so far."
                    )
                raise

    def within_epoch(self, epoch: int, done: int) -> None:
        """Save after `done` steps of the epoch, where it is time to."""
        if self.resumption is not None:
            self.checkpoints.check()
            if self.checkpoints.due(self.session.state):
                self._save(epoch, done)
            self._leave_if_asked(epoch, done)

    def after_epoch(self, epoch: int) -> None:
        """Save at the end of an epoch."""
        if self.resumption is not None:
            self._save(epoch + 1, 0)
            self._leave_if_asked(epoch + 1, 0)

    def finished(self) -> None:
        """Mark the run as one that has ended."""
        if self.resumption is not None:
            self.session.program.unfinished = None
            self.resumption.finish()

    def newest_state(self) -> tuple[TrainState, int]:
        """(the state of the newest checkpoint, its step)."""
        assert self.resumption is not None
        labels, like = self.resumption.labels, self.session.state
        newest = self.checkpoints.newest_readable(
            lambda step: (self.checkpoints.state(step, like, labels), step)
        )
        assert newest is not None
        return newest

    def _save(self, epoch: int, done: int) -> None:
        assert self.resumption is not None
        arrays = self.resumption.callbacks.get_arrays()
        record = self.resumption.record(epoch, done, has_arrays=bool(arrays))
        self.checkpoints.save(self.session.state, self.resumption.labels, record, arrays)

    def _save_once(self, epoch: int, done: int) -> None:
        if self.checkpoints.saved_at != self.session.step:
            self._save(epoch, done)

    def _leave_if_asked(self, epoch: int, done: int) -> None:
        """Save and end the process where it has been asked to end."""
        if not self._must_leave():
            return
        self._save_once(epoch, done)
        self._say_saved("Asked to end")
        step, folder = self.session.step, self.checkpoints.directory
        raise Preempted(f"asked to end after step {step}; the state is in {folder}")

    def _say_saved(self, reason: str) -> None:
        tell(
            f"\n{reason}: the state after step {self.session.step} is in "
            f"{self.checkpoints.directory}; the same call continues from it."
        )
