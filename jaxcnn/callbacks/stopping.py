"""Callbacks that end training early."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict, ProgressWatcher
from jaxcnn.callbacks.logs import Monitor, Monitored
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.utils.console import say


class EarlyStopping(Monitored, Callback):
    """Ends training when the monitored value has stopped improving.

    Training ends at the (patience + 1)-th epoch in a row without improvement, as in Keras 2.0.4; in
    programs of Keras 2.2 one epoch earlier, as it did.

    Args:
        monitor: name of the value in the epoch logs. Default: 'val_loss'.
        min_delta: a smaller change than this is no improvement. Default: 0.
        patience: epochs without improvement to tolerate. Default: 0.
        verbose: 1 prints a line when training was ended. Default: 0.
        mode: "min", "max" or "auto" (see `Monitor`). Default: 'auto'.
        baseline: a value that must be beaten for an epoch to count as an improvement. Default:
            None.
        restore_best_weights: restore the weights of the best epoch at the end of training, whatever
            ended it. Default: False.

    Attributes:
        stopped_epoch: the epoch (from 0) at whose end training was stopped, 0 if it was not.
        best: the best value so far.

    Examples:
        >>> stop = jc.callbacks.EarlyStopping("loss", min_delta=10.0, patience=1)
        >>> len(model.fit(x, y, epochs=9, verbose=0, callbacks=[stop]).epoch)
        3

    References:
        - Prechelt, "Early Stopping, But When?", 1998, <https://doi.org/10.1007/3-540-49430-8_3>
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
    ):
        self.monitor = monitor
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self._monitor = Monitor("EarlyStopping", monitor, mode, min_delta)
        # In an old Keras it has the sign that `monitor_op` asks for.
        self.min_delta = self._monitor.margin if chosen() else min_delta
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped = False
        self.stopped_epoch = 0
        self.best = self._monitor.worst if self.baseline is None else self.baseline
        self.best_weights: list[np.ndarray] = []

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self._reset()

    def get_monitor_value(self, logs: LogDict | None) -> float | None:
        """The value by which an epoch is judged; None, with a warning, where the logs have none.

        Args:
            logs: name -> value of an epoch.
        """
        return self._monitor.read(logs, self)

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        current = self.get_monitor_value(logs)
        if current is None:
            return
        if self._monitor.improved(current, self.best):
            self.best = current
            self.wait = 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        if self.wait + dialect().patience_counts >= self.patience:
            self.stopped = True
            self.stopped_epoch = epoch
            self.model.stop_training = True
            self._restore()
        self.wait += 1

    def on_train_end(self, logs: LogDict | None = None) -> None:
        if self.stopped and self.verbose:
            say(f"Epoch {self.stopped_epoch + dialect().first_epoch:05d}: early stopping")
        self._restore()

    def on_interruption(self, error: BaseException) -> None:
        self._restore()

    def _restore(self) -> None:
        if self.best_weights:
            self.model.set_weights(self.best_weights)

    def get_state(self) -> Config:
        return {name: getattr(self, name) for name in ("wait", "stopped", "stopped_epoch", "best")}

    def set_state(self, state: Settings) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def get_arrays(self) -> list[np.ndarray]:
        return list(self.best_weights)

    def set_arrays(self, arrays: list[np.ndarray]) -> None:
        self.best_weights = list(arrays)


class TerminateOnNaN(ProgressWatcher):
    """Ends training when the loss is NaN or infinite.

    Where the loop calls batch hooks, the loss of each batch is checked. Where it does not, this
    callback alone does not make it wait for the device after each batch: a NaN stays in the running
    average, which is checked once a second and at the end of each epoch. In programs of old Keras
    it ends at the batch, as there.

    Examples:
        >>> stop = jc.callbacks.TerminateOnNaN()
        >>> model.fit(x, y, epochs=2, verbose=0, callbacks=[stop]).epoch
        [0, 1]

    References:
        - Chollet et al., "Keras 2.2.4: keras/callbacks.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/callbacks.py>
    """

    @property
    def batch_hooks_optional(self) -> bool:
        """Whether the loop may go on without each batch's loss: not in programs of old Keras."""
        return not chosen()

    def __init__(self) -> None:
        self._message = ""
        self._last_look = 0.0

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self._message = ""
        self._last_look = time.monotonic()

    def on_batch_end(self, batch: int, logs: LogDict | None = None) -> None:
        self._check(logs or {}, f"Batch {batch}")

    def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
        now = time.monotonic()
        if now - self._last_look >= 1.0:
            self._last_look = now
            self._check(
                logs_fn(),
                f"After {seen} {'steps' if self.params.get('samples') is None else 'samples'}",
            )

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self._check(logs or {}, f"Epoch {epoch:05d}")

    def on_train_end(self, logs: LogDict | None = None) -> None:
        if self._message:
            say(self._message)

    def _check(self, logs: Mapping[str, float], moment: str) -> None:
        if not self._message and not math.isfinite(logs.get("loss", 0.0)):
            self._message = f"{moment}: Invalid loss, terminating training"
            self.model.stop_training = True
