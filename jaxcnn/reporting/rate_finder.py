"""Finding a learning rate by trying many."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.callbacks.base import Callback
from jaxcnn.callbacks.schedule import rated_optimizer

SMOOTHING = 0.9  # share of the past in the running average of the loss
SETTLED = 10  # batches until the average is one of many
HOPELESS = 4.0  # training stops when the smoothed loss is so many times its least


class LearningRateFinder(Callback):
    """Raises the learning rate from batch to batch, and records what the loss does (the learning
    rate range test of Smith, Cyclical Learning Rates for Training Neural Networks, 2017).

    It ends the training when the loss runs away, and puts weights, optimizer and learning rate back
    to what they were, so that the model can be trained with a better rate:

        finder = LearningRateFinder()
        model.fit(x, y, callbacks=[finder])
        finder.plot("rates.png")
        model.optimizer.lr = finder.suggestion

    Args:
        start: the first rate. Default: 1e-06.
        end: the last rate. Default: 1.0.
        steps: batches between them; by default all that the `fit` has.

    Attributes:
        rates: tried, one a batch.
        losses: the smoothed loss after each.

    Raises:
        ValueError: rates that do not rise, or a number of batches that is not known.

    Examples:
        >>> finder = jc.callbacks.LearningRateFinder(1e-4, 1e-2, steps=5)
        >>> history = model.fit(x, y, batch_size=1, epochs=2, verbose=0, callbacks=[finder])
        >>> len(finder.rates)
        5

    References:
        - Smith, "Cyclical Learning Rates for Training Neural Networks", 2017,
          <https://arxiv.org/abs/1506.01186>
    """

    def __init__(self, start: float = 1e-6, end: float = 1.0, steps: int | None = None):
        if not 0 < start < end:
            raise ValueError(
                f"LearningRateFinder: the rate must rise from above 0, given {start} to {end}."
            )
        self.start, self.end, self.steps = start, end, steps
        self.rates: list[float] = []
        self.losses: list[float] = []
        self._before: Any = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        optimizer = rated_optimizer(self)
        known = self.params.get("steps")
        if self.steps is None and known is None:
            raise ValueError(
                "LearningRateFinder: the length of an epoch is not known; say how many `steps` to "
                "take."
            )
        self._total = self.steps or known * self.params["epochs"]
        self.rates, self.losses, self._average = [], [], 0.0
        self._before = (
            optimizer.lr,
            self.model.get_weights(),
            self.model.opt_state,
            self.model.program.step,
        )

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        share = len(self.rates) / max(1, self._total - 1)
        self.model.optimizer.lr = self.start * (self.end / self.start) ** min(share, 1.0)

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if len(self.rates) == self._total or self.model.stop_training:
            return
        loss = float((logs or {})["loss"])
        self._average = SMOOTHING * self._average + (1 - SMOOTHING) * loss
        smoothed = self._average / (1 - SMOOTHING ** (len(self.losses) + 1))
        if not math.isfinite(loss) or (self.losses and smoothed > HOPELESS * min(self.losses)):
            self.model.stop_training = True
            return
        self.rates.append(float(self.model.optimizer.lr))
        self.losses.append(smoothed)
        if len(self.rates) == self._total:
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._restore()

    def on_interruption(self, error: BaseException) -> None:
        self._restore()

    def _restore(self) -> None:
        if self._before is not None:
            model = self.model
            model.optimizer.lr, weights, opt_state, step = self._before
            # First, because it takes over what the training has left, optimizer and all.
            model.set_weights(weights)
            model.program.opt_state, model.program.step = opt_state, step
            self._before = None

    @property
    def suggestion(self) -> float:
        """A tenth of the rate at which the smoothed loss was least, the first few not counted, in
        which the average is not smooth yet; raises ValueError when no rate was tried.
        """
        if not self.rates:
            raise ValueError(
                "LearningRateFinder has tried no rate yet: give it to fit as a callback first."
            )
        first = SETTLED if len(self.losses) > 2 * SETTLED else 0
        return self.rates[first + int(np.argmin(self.losses[first:]))] / 10

    def plot(self, path: str | os.PathLike[str]) -> Path:
        """Draw the smoothed loss over the rates, and the suggestion."""
        from jaxcnn.visualization.figure import BLUE, INK, new_figure, plain_axes, save

        figure = new_figure(5.5, 3.6)
        axes = figure.add_subplot()
        plain_axes(axes)
        axes.plot(self.rates, self.losses, color=BLUE)
        axes.axvline(
            self.suggestion, color=INK, linewidth=1, linestyle=":", label=f"{self.suggestion:.2g}"
        )
        axes.set(xscale="log", xlabel="learning rate", ylabel="smoothed loss")
        axes.legend(edgecolor="none", title="suggestion")
        return save(figure, path)
