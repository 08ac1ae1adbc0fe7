"""Callbacks that draw an image after each epoch, each time over the last one: curves, confusions,
mistakes.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jaxcnn.callbacks.base import Callback


class TrainingCurves(Callback):
    """Draws the training curves so far into an image, with `jaxcnn.visualization.plot_history`.

    Args:
        filepath: the image, in the format that its suffix names; it is there whole at any time.
        title: a line above the panels.
    """

    once_per_job = True

    def __init__(self, filepath: str | os.PathLike[str] = "training.png", title: str | None = None):
        self.filepath, self.title = filepath, title
        self.record: dict[str, list[float]] = {}
        self.epochs = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.record, self.epochs = {}, 0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        from jaxcnn.visualization import plot_history

        self.epochs += 1
        for name in [*self.record, *(logs or {})]:
            values = self.record.setdefault(name, [])
            # A value may be reported in some epochs only, as with `validation_freq`.
            values += [math.nan] * (self.epochs - 1 - len(values))
            if len(values) < self.epochs:
                values.append(float((logs or {}).get(name, math.nan)))
        plot_history(self.record, self.filepath, self.title)

    def get_state(self) -> dict[str, Any]:
        return {"record": self.record, "epochs": self.epochs}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.record, self.epochs = (
            {name: list(values) for name, values in state["record"].items()},
            state["epochs"],
        )


class ClassifierPicture(Callback):
    """An image of what a classifier makes of some samples: `ConfusionMatrix` and `WorstMistakes`.

    Args:
        filepath: the image, with places such as `{epoch:02d}` for one an epoch.
        x, y: inputs and their classes, as numbers or one-hot; by default the validation data.
        class_names: by default the numbers.

    Raises:
        ValueError: there are no samples, or the model has several inputs or outputs.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        x: Any = None,
        y: Any = None,
        class_names: Sequence[str] | None = None,
    ):
        if (x is None) != (y is None):
            raise ValueError(
                f"{type(self).__name__}: give both `x` and `y`, or neither for the validation data."
            )
        self.filepath, self.x, self.y, self.class_names = filepath, x, y, class_names

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        if len(self.model.inputs) != 1 or len(self.model.outputs) != 1:
            raise ValueError(f"{type(self).__name__} needs a model of one input and one output.")
        if self.x is None and self.validation_data is None:
            raise ValueError(
                f"{type(self).__name__} needs samples: give `x` and `y`, or fit validation arrays."
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        x, y = (self.x, self.y) if self.x is not None else self.validation_data[:2]
        path = os.fspath(self.filepath).format(epoch=epoch, **(logs or {}))
        self._draw(np.asarray(x), np.asarray(y), self.model.predict(x), path)

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        raise NotImplementedError


class ConfusionMatrix(ClassifierPicture):
    """Draws how often each class was taken for each other, with
    `jaxcnn.visualization.plot_confusion_matrix`.

    The arguments are those of `ClassifierPicture`.
    """

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        from jaxcnn.visualization import plot_confusion_matrix

        if probabilities.shape[-1] == 1:
            probabilities = (probabilities > 0.5).astype(int)
        plot_confusion_matrix(y, probabilities, path, self.class_names)


class WorstMistakes(ClassifierPicture):
    """Draws the wrongly classified images to whose class the model gives the least probability,
    with `jaxcnn.visualization.plot_worst_mistakes`.

    The arguments are those of `ClassifierPicture`.
    """

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        from jaxcnn.visualization import plot_worst_mistakes

        plot_worst_mistakes(x, y, probabilities, path, class_names=self.class_names)
