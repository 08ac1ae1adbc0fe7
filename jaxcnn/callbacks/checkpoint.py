"""The callback that saves the model while it trains."""

from __future__ import annotations

import math
import os

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.callbacks.logs import Better, Logs, Monitor
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.utils.console import say


@old_spellings
class ModelCheckpoint(Callback):
    """Saves the model, or its weights, at the end of epochs.

    Args:
        filepath: file to write. `{epoch}` (from 0, as in Keras 2.0.4; from 1 for programs of Keras
            2.2) and the names in the logs are filled in, as in
            `"weights.{epoch:02d}-{val_loss:.2f}.hdf5"`. Missing folders are made.
        monitor: name of the value by which an epoch is the best. Default: 'val_loss'.
        verbose: 1 prints a line about each decision. Default: 0.
        save_best_only: save only when the monitored value is the best so far. Default: False.
        save_weights_only: call `model.save_weights` instead of `model.save`. Default: False.
        mode: "min", "max" or "auto" (see `Monitor`). Default: 'auto'.
        period: epochs from one save to the next. Default: 1.
        save_freq: the later word for both: "epoch", or save after so many batches. Default:
            'epoch'.

    Raises:
        ValueError: another `save_freq`; when saving: `filepath` has a placeholder that the logs do
            not fill.

    Examples:
        >>> best = jc.callbacks.ModelCheckpoint("model-{epoch}.h5", "loss", save_best_only=True)
        >>> history = model.fit(x, y, epochs=1, verbose=0, callbacks=[best])
        >>> jc.models.load_model("model-0.h5").input_shape
        (None, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        period: int = 1,
        save_freq: str | int = "epoch",
    ):
        self.filepath = os.fspath(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.period = period
        self.mode = mode
        self.save_freq = save_freq
        if save_freq != "epoch":
            if not isinstance(save_freq, int) or save_freq < 1:
                raise ValueError(
                    f"ModelCheckpoint: save_freq is 'epoch' or a number of batches; got "
                    f"{save_freq!r}."
                )
            self.on_batch_end = self._count_batch  # type: ignore[method-assign]
        self.epoch = self.batches_since_last_save = 0
        self.epochs_since_last_save = 0
        self._monitor = Monitor("ModelCheckpoint", monitor, mode) if save_best_only else None
        self.best = self._monitor.worst if self._monitor else math.inf

    @property
    def monitor_op(self) -> Better:
        """What says whether a value is better than another."""
        return (self._monitor or Monitor("ModelCheckpoint", self.monitor, self.mode)).better

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        self.epoch = epoch

    def _count_batch(self, batch: int, logs: LogDict | None = None) -> None:
        self.batches_since_last_save += 1
        if self.batches_since_last_save >= int(self.save_freq):
            self.batches_since_last_save = 0
            self._consider(self.epoch, logs)

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self.epochs_since_last_save += 1
        if self.save_freq == "epoch" and self.epochs_since_last_save >= self.period:
            self.epochs_since_last_save = 0
            self._consider(epoch, logs)

    def _consider(self, epoch: int, logs: LogDict | None) -> None:
        """Save the model now, unless the value that these logs have is not the best."""
        epoch += dialect().first_epoch
        path = self._path(epoch, logs or {})
        if self._monitor is None:
            self._say(f"Epoch {epoch:05d}: saving model to {path}")
            self._save(path)
            return
        current = self._monitor.read(logs, self)
        if current is None:
            return
        if not self._monitor.improved(current, self.best):
            since = f" from {self.best:0.5f}" if dialect().first_epoch else ""
            self._say(f"Epoch {epoch:05d}: {self.monitor} did not improve{since}")
            return
        change = f"{self.monitor} improved from {self.best:0.5f} to {current:0.5f}"
        self._say(f"Epoch {epoch:05d}: {change}, saving model to {path}")
        self._save(path)
        self.best = current

    def _path(self, epoch: int, logs: LogDict) -> str:
        values = Logs({**logs, "epoch": epoch})
        try:
            return self.filepath.format_map(values)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"ModelCheckpoint cannot fill in the file name {self.filepath!r} ({error}). "
                f"Placeholders can be: {', '.join('{' + name + '}' for name in values)}."
            ) from error

    def _save(self, path: str) -> None:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _say(self, text: str) -> None:
        if self.verbose:
            say("\n" + text if dialect().first_epoch else text)

    def get_state(self) -> Config:
        return {"epochs_since_last_save": self.epochs_since_last_save, "best": self.best}

    def set_state(self, state: Settings) -> None:
        self.epochs_since_last_save = state["epochs_since_last_save"]
        self.best = state["best"]
