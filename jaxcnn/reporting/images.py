"""Callbacks that draw a figure after each epoch: curves, confusions, mistakes."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.runtime.types import ArrayLike, Config, Settings
from jaxcnn.visualization import plot_confusion_matrix, plot_history, plot_worst_mistakes

if TYPE_CHECKING:
    from IPython.display import DisplayHandle


class TrainingCurves(Callback):
    """Draws the training curves so far, with `jaxcnn.visualization.plot_history`.

    Args:
        filepath: the file, in the format of its suffix; never half written. None for the output of
            a notebook's cell, where each epoch replaces the drawing of the one before. Default:
            'training.png'.
        title: a line above the panels. Default: None.

    Raises:
        ImportError: when training begins without a file outside of IPython.

    Examples:
        >>> callback = jc.callbacks.TrainingCurves("training.png", title="Digits")

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    def __init__(
        self,
        filepath: str | os.PathLike[str] | None = "training.png",
        title: str | None = None,
    ):
        self.filepath, self.title = filepath, title
        self.record: dict[str, list[float]] = {}
        self.epochs = 0
        self.output: CellOutput | None = None

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.record, self.epochs = {}, 0
        self.output = CellOutput() if self.filepath is None else None

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self.epochs += 1
        # A value may be reported in some epochs only, as with `validation_freq`.
        for name in {**self.record, **(logs or {})}:
            values = self.record.setdefault(name, [math.nan] * (self.epochs - 1))
            values.append(float((logs or {}).get(name, math.nan)))
        drawn = plot_history(self.record, self.filepath, self.title)
        if self.output is not None:
            self.output.show(drawn)

    def get_state(self) -> Config:
        return {"record": self.record, "epochs": self.epochs}

    def set_state(self, state: Settings) -> None:
        self.record = {name: list(values) for name, values in state["record"].items()}
        self.epochs = state["epochs"]


class CellOutput:
    """A part of the output of a notebook's cell, whose content is replaced.

    Raises:
        ImportError: IPython is not running.
    """

    def __init__(self) -> None:
        if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
            raise ImportError(
                "TrainingCurves(None) draws into the output of a notebook, and this is none; give "
                "it a file."
            )
        self._handle: DisplayHandle | None = None

    def show(self, content: object) -> None:
        """Put this in the place of what was shown before."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display(content, display_id=True)
        else:
            self._handle.update(content)


class ClassifierPicture(Callback):
    """Draws the predictions of a classifier: the base of `ConfusionMatrix` and `WorstMistakes`.

    Args:
        filepath: the file; with placeholders such as `{epoch:02d}`, one file per epoch.
        x, y: inputs and their classes, as integers or one-hot; by default the validation data.
        class_names: by default the integers.

    Raises:
        ValueError: there are no samples, or the model has several inputs or outputs.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
        class_names: Sequence[str] | None = None,
    ):
        if (x is None) != (y is None):
            raise ValueError(
                f"{type(self).__name__}: give both `x` and `y`, or neither for the validation data."
            )
        self.filepath, self.class_names = filepath, class_names
        self.x, self.y = x, y

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        if len(self.model.inputs) != 1 or len(self.model.outputs) != 1:
            raise ValueError(f"{type(self).__name__} needs a model of one input and one output.")
        if self.x is None and self.validation_data is None:
            raise ValueError(
                f"{type(self).__name__} needs samples: give `x` and `y`, or fit validation arrays."
            )

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        x, y = (self.x, self.y) if self.x is not None else (self.validation_data or ())[:2]
        path = os.fspath(self.filepath).format(epoch=epoch, **(logs or {}))
        self._draw(np.asarray(x), np.asarray(y), self.model.predict(x), path)

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        raise NotImplementedError


class ConfusionMatrix(ClassifierPicture):
    """Draws how often each class was predicted as each other class.

    It uses `jaxcnn.visualization.plot_confusion_matrix`; the arguments are those of
    `ClassifierPicture`.

    Args:
        filepath: the file; with placeholders such as `{epoch:02d}`, one file per epoch.
        x: inputs (n, ...) as the model takes them; None for the validation data.
        y: their classes, integers (n,) or one-hot (n, classes); None for the validation data.
        class_names: names of the classes; None for the integers.

    Raises:
        ValueError: only one of `x` and `y` is given.

    Examples:
        >>> callback = jc.callbacks.ConfusionMatrix("confusion.png", x, y, ["cat", "dog"])

    References:
        - Fawcett, "An Introduction to ROC Analysis", 2006,
          <https://doi.org/10.1016/j.patrec.2005.10.010>
    """

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        if probabilities.shape[-1] == 1:
            probabilities = (probabilities > 0.5).astype(int)
        plot_confusion_matrix(y, probabilities, path, self.class_names)


class WorstMistakes(ClassifierPicture):
    """Draws the misclassified images with the least probability of their class.

    It uses `jaxcnn.visualization.plot_worst_mistakes`; the arguments are those of
    `ClassifierPicture`.

    Args:
        filepath: the file; with placeholders such as `{epoch:02d}`, one file per epoch.
        x: images (n, rows, columns, channels); None for the validation data.
        y: their classes, integers (n,) or one-hot (n, classes); None for the validation data.
        class_names: names of the classes; None for the integers.

    Raises:
        ValueError: only one of `x` and `y` is given.

    Examples:
        >>> callback = jc.callbacks.WorstMistakes("mistakes.png", x, y, ["cat", "dog"])
    """

    def _draw(self, x: np.ndarray, y: np.ndarray, probabilities: np.ndarray, path: str) -> None:
        plot_worst_mistakes(x, y, probabilities, path, class_names=self.class_names)
