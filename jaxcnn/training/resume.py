"""Which run a `fit` goes on with, and what it says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import jax

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.training.checkpoint import Checkpoints
from jaxcnn.training.input.feed import Feed
from jaxcnn.training.session import TrainingSession
from jaxcnn.training.settings import FitSettings
from jaxcnn.training.state import TrainState
from jaxcnn.training.structure import Structure, difference
from jaxcnn.utils.console import say

FORMAT = 2  # of the records


@dataclass(frozen=True)
class RunFacts:
    """What tells one run from another; JSON-like.

    Attributes:
        began: when it began, which is its name.
        samples, batch_size, steps, shuffle, initial_epoch: as `fit` was given them.
        compiled: the hyperparameters that it began with.
    """

    began: str
    samples: int | None
    batch_size: int | None
    steps: int | None
    shuffle: bool | str
    initial_epoch: int
    compiled: dict[str, float]

    def changes_to(self, other: RunFacts) -> list[str]:
        """In words, what another run has otherwise."""
        pairs = {
            "samples": (self.samples, other.samples),
            "batch size": (self.batch_size, other.batch_size),
            "steps an epoch": (self.steps, other.steps),
            "shuffle": (self.shuffle, other.shuffle),
            "initial epoch": (self.initial_epoch, other.initial_epoch),
        }
        changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if len(changed) > 1:  # it follows from the others
            changed.pop("steps an epoch", None)
        return [f"{name} {new} instead of {old}" for name, (old, new) in changed.items()]


@dataclass
class Resumption:
    """How a `fit` begins: with the run that its folder holds, or anew.

    Attributes:
        settings: of the `fit`.
        checkpoints: of the folder.
        session: the state, which is replaced by that of the run.
        callbacks: whose states are replaced.
        feed: whose position is replaced.
        resumed: whether it goes on with a run.
        facts: of the run that goes on, or of the new one.
        structure, labels, layout: of the state; see `Structure`.
    """

    settings: FitSettings
    checkpoints: Checkpoints
    session: TrainingSession
    callbacks: CallbackList
    feed: Feed
    resumed: bool = False

    def __post_init__(self) -> None:
        session, feed, settings = self.session, self.feed, self.settings
        self.structure = Structure.of(session.model, session.program)
        self.labels = self.structure.labels(session.state)
        self.layout = self.structure.layout(session.state)
        self.facts = RunFacts(
            began=datetime.now().astimezone().isoformat(timespec="microseconds"),
            samples=feed.samples,
            batch_size=feed.batch_size,
            steps=feed.steps,
            shuffle=settings.shuffle,
            initial_epoch=settings.initial_epoch,
            compiled=session.optimizer.hyper(),
        )

    def begin(self) -> tuple[int, int]:
        """(the epoch to begin with, the steps of it that are done); says what is restored."""
        record = self._record_to_resume()
        self.resumed = record is not None
        if record is not None:
            position = self._restore()
        else:
            self.checkpoints.saved_at = self.session.step
            self.checkpoints.require_room(self.session.state)
            position = self.settings.initial_epoch, 0
        self.session.program.unfinished = self.facts.began
        return position

    def _record_to_resume(self) -> Config | None:
        """The record of the run to go on with; one that is not resumed is put out of the way."""
        checkpoints, mode = self.checkpoints, self.settings.resume
        if mode is False:
            checkpoints.clear()
            return None
        record = checkpoints.newest_readable(checkpoints.record)
        if record is None:
            return None
        if record.get("format") != FORMAT:
            raise ValueError(
                f"The checkpoints in {checkpoints.directory} are of another version of jaxcnn. "
                "Use another folder, or start over with resume=False."
            )
        run = RunFacts(**record["run"])
        ahead = self.session.program.step >= record["step"]
        if mode == "auto" and checkpoints.finished(run.began):
            if not ahead:
                folder = checkpoints.keep_finished()
                tell(
                    f"The run of {moment(run)} had finished: this one starts over, and the last "
                    f"checkpoints are in {folder}. resume=True goes on with a finished run."
                )
            return None
        if mode == "auto" and (reason := self._reason_against(run, record)):
            folder = checkpoints.move_all("interrupted")
            tell(
                f"The interrupted run of {moment(run)} is not resumed, for {reason}: this one "
                f"starts over, and the checkpoints of the other are in {folder}. resume=True goes "
                "on with it all the same."
            )
            return None
        self._require_same_structure(record)
        return record

    def _reason_against(self, run: RunFacts, record: Settings) -> str | None:
        """Why an interrupted run is not to be resumed unasked, or None."""
        program = self.session.program
        if program.step > record["step"] and program.unfinished != run.began:
            return f"the model has been trained on since (to step {program.step})"
        changes = run.changes_to(self.facts)
        return f"this one has {', '.join(changes)}" if changes else None

    def _require_same_structure(self, record: Settings) -> None:
        saved = Structure(**record["structure"])
        different = difference(saved, record["layout"], self.structure, self.layout)
        if different:
            raise ValueError(
                f"The checkpoint of step {record['step']} in {self.checkpoints.directory} does not "
                f"belong to this model and optimizer:\n{different}\nUse another folder, or the "
                "model that wrote it, or start over with resume=False."
            )

    def _restore(self) -> tuple[int, int]:
        """Continue with the newest whole checkpoint."""
        checkpoints, session = self.checkpoints, self.session

        def read(step: int) -> tuple[Config, TrainState, Any]:
            record = checkpoints.record(step)
            arrays = checkpoints.arrays(step) if record["has_arrays"] else {}
            return record, checkpoints.state(step, session.state, self.labels), arrays

        whole = checkpoints.newest_readable(read)
        assert whole is not None
        record, state, arrays = whole
        self._require_same_structure(record)
        run = RunFacts(**record["run"])
        numbers, changes = self._hyperparameters(run, record["numbers"])
        session.set_state(state, record["seed"], numbers)
        session.model.stop_training = record["stopped"]
        self.callbacks.set_state(self._renamed(record))
        if arrays:
            self.callbacks.set_arrays(arrays)
        epoch, done = record["epoch"], record["done"]
        moved = run.changes_to(self.facts)
        if moved and done:
            done = 0
            moved.append("so the epoch begins again")
        if not moved:
            self.feed.set_state(record.get("data"))
        checkpoints.saved_at = record["step"]
        self.facts = replace(self.facts, began=run.began)
        self._say_resumed(epoch, [*moved, *changes])
        return epoch, done

    def _hyperparameters(
        self, run: RunFacts, saved: Mapping[str, float]
    ) -> tuple[dict[str, float], list[str]]:
        """(those to go on with, in words what is otherwise than in the run)."""
        numbers, changes = dict(saved), []
        for name, value in self.facts.compiled.items():
            if value == run.compiled.get(name, value):
                continue
            if self.settings.resume is True:
                changes.append(f"{name} {saved[name]:g} of the run, not {value:g} as compiled now")
            else:
                changes.append(f"{name} {value:g} instead of {saved[name]:g}")
                numbers[name] = value
        return numbers, changes

    def _renamed(self, record: Settings) -> Config:
        """The states of the callbacks, with the names that the metrics have here."""
        names = dict(zip(record["structure"]["names"], self.structure.names, strict=True))
        names |= {f"val_{old}": f"val_{new}" for old, new in names.items()}
        states = dict(record["callbacks"])
        for key, state in states.items():
            if key.startswith("History_"):
                history = {names.get(name, name): v for name, v in state["history"].items()}
                states[key] = {**state, "history": history}
        return states

    def _say_resumed(self, epoch: int, changes: list[str]) -> None:
        step, last = self.session.step, self.settings.epochs
        where = f"epoch {epoch + 1}" if epoch < last else f"the end (epoch {epoch})"
        text = f"Resumed at {where}, step {step}, of the run of {moment(self.facts)}"
        text += f", with {', '.join(changes)}" if changes else ""
        tell(text + (": nothing is left to train." if epoch >= last else "."))

    def finish(self) -> None:
        """Mark the run as one that has ended."""
        self.checkpoints.finish(self.facts.began)

    def record(self, epoch: int, done: int, has_arrays: bool) -> Config:
        """What a checkpoint of the state as it is now says of itself."""
        session = self.session
        return {
            "format": FORMAT,
            "run": asdict(self.facts),
            "step": session.step,
            "epoch": epoch,
            "done": done,
            "structure": asdict(self.structure),
            "layout": self.layout,
            "seed": session.seed,
            "numbers": session.optimizer.hyper(),
            "stopped": session.model.stop_training,
            "callbacks": self.callbacks.get_state(),
            "has_arrays": has_arrays,
            "data": self.feed.get_state(),
        }


def moment(run: RunFacts) -> str:
    """When a run began, to the second."""
    return run.began.replace("T", " ")[:19]


def tell(text: str) -> None:
    """Print a line, once a job."""
    if jax.process_index() == 0:
        say(text)
