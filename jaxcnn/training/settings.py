"""The settings of a `fit`, as one value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jaxcnn.training.input.door import FeedSettings
from jaxcnn.training.steps import Augment


@dataclass(frozen=True)
class FitSettings:
    """How `fit` trains; see `Model.fit` for what each of these does.

    Raises:
        ValueError: a value that an argument cannot have.
    """

    feed: FeedSettings
    validation_feed: FeedSettings
    epochs: int = 1
    initial_epoch: int = 0
    verbose: int = 1
    shuffle: bool | str = True
    validation_split: float = 0.0
    validation_freq: int | Collection[int] = 1
    augment: Augment | None = None
    nan: str = "warn"
    checkpoint_dir: str | Path | None = None
    checkpoint_every: int | None = None
    resume: bool | str = "auto"

    def __post_init__(self) -> None:
        if self.nan not in ("warn", "ignore", "raise", "skip", "rollback"):
            raise ValueError(
                f'`nan` is {self.nan!r}; it must be "warn", "ignore", "raise", "skip" or '
                '"rollback".'
            )
        if self.nan == "rollback" and self.checkpoint_dir is None:
            raise ValueError(
                'nan="rollback" goes back to a checkpoint; say where to save them: '
                "`checkpoint_dir`."
            )
        if self.resume not in (True, False, "auto"):
            raise ValueError(f'`resume` is {self.resume!r}; it must be "auto", True or False.')
        if self.checkpoint_dir is None and self.resume is True:
            raise ValueError(
                "`resume=True` goes on with the run in a folder; say in which: `checkpoint_dir`."
            )
        if self.checkpoint_dir is not None and not str(self.checkpoint_dir):
            raise ValueError(
                "`checkpoint_dir` is empty; it must be the path of a folder, or None for no "
                "checkpoints."
            )
        if self.shuffle not in (True, False, "batch"):
            raise ValueError(f'`shuffle` is {self.shuffle!r}; it must be True, False or "batch".')
        for name, value in (("epochs", self.epochs), ("initial_epoch", self.initial_epoch)):
            if not isinstance(value, int | np.integer) or value < 0:
                raise ValueError(f"`{name}` is {value!r}; it must be an integer from 0.")
        frequency = self.validation_freq
        if not isinstance(frequency, Collection) and (
            not isinstance(frequency, int | np.integer) or frequency < 1
        ):
            raise ValueError(
                f"`validation_freq` is {frequency!r}; it must be a positive integer or a list of "
                "epochs."
            )

    def validates_after(self, epoch: int) -> bool:
        """Whether there is a validation after this epoch, counted from 1."""
        if isinstance(self.validation_freq, Collection):
            return epoch in self.validation_freq
        return epoch % self.validation_freq == 0
