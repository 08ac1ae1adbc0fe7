"""What every callback is: its attributes, its six hooks, and whether the loop must call it for each
batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np


class Callback:
    """Base class of the objects that the training loop calls at fixed moments.

    A subclass overrides the hooks it needs. They are called in the order `on_train_begin`, then for
    each epoch `on_epoch_begin`, for each batch `on_batch_begin` and `on_batch_end`, `on_epoch_end`,
    and at last `on_train_end`.

    Attributes, set before `on_train_begin` (so a subclass need not call `super().__init__`):
        params: `epochs`, `samples` or `steps` (of one epoch), `batch_size`, `verbose`,
            `do_validation`, `metrics` (the names reported, those of validation included).
        model: the model being trained. `model.stop_training = True` ends training;
            `model.optimizer.lr` is a float.
        validation_data: the validation arrays `[*inputs, *targets, *sample_weights]`, or None.

    `logs` holds, at the end of an epoch, the averages of the loss and metrics over the epoch and
    `val_*` values; at the beginning of a batch `batch` (index) and `size` (number of samples); at
    its end also the loss and metrics.
    """

    once_per_job: ClassVar[bool] = False  # in a job of several processes only the first calls it

    params: Mapping[str, Any] = MappingProxyType({})
    model: Any = None
    validation_data: Any = None

    def set_params(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called once, before the first epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before each epoch; `epoch` counts from 0."""

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before each batch; `batch` counts from 0 within the epoch."""

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after each batch. Overriding it makes the loop wait for the device after every
        batch.
        """

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after each epoch and its validation. What is put into `logs` is seen by the
        callbacks that follow.
        """

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called once, after the last epoch."""

    def on_interruption(self, error: BaseException) -> None:
        """Called instead of `on_train_end` when an error or Ctrl-C ends training; the place to
        close files.
        """

    def get_state(self) -> dict[str, Any]:
        """What the callback has counted so far, as plain JSON values, for resuming training
        exactly.
        """
        return {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Continue from what `get_state` returned; called after `on_train_begin`."""

    def get_arrays(self) -> list[np.ndarray]:
        """The arrays that belong to the state (JSON is no place for them)."""
        return []

    def set_arrays(self, arrays: list[np.ndarray]) -> None:
        """Take back what `get_arrays` returned; called after `set_state`."""


class ProgressWatcher(Callback):
    """A callback that may look at the running averages between the beginning and the end of an
    epoch.
    """

    def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
        """Called after each dispatch: `seen` samples (or steps) of the epoch are done.

        `logs_fn()` returns the running averages. Call it seldom, because fetching them waits for
        the device.
        """
        raise NotImplementedError


BATCH_HOOKS = ("on_batch_begin", "on_batch_end")


def overrides_batch_hooks(callback: Callback) -> bool:
    """Whether the callback defines `on_batch_begin` or `on_batch_end`, in its class or on the
    object itself.

    When no callback does, the loop may run many steps in one dispatch and call no batch hook at
    all. A class that has batch hooks but can do without them sets `batch_hooks_optional = True`.
    """
    if getattr(callback, "batch_hooks_optional", False):
        return False
    return any(
        hook in vars(callback) or getattr(type(callback), hook, None) is not getattr(Callback, hook)
        for hook in BATCH_HOOKS
    )


def reported_names(params: Mapping[str, Any]) -> list[str]:
    """The names that epoch logs will have according to `params`; without validation none begins
    with `val_`.
    """
    names = params.get("metrics") or []
    return [name for name in names if params.get("do_validation") or not name.startswith("val_")]


class BaseLogger(Callback):
    """Averages the values of the batches over an epoch, each batch weighted by its number of
    samples.

    The training loop computes these averages itself; this class serves loops written by hand. It
    reads `size` from the logs of each batch and writes the averages of `params["metrics"]` into the
    logs of the epoch.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.totals: dict[str, float] = {}
        self._resumed = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if not self._resumed:
            self.seen = 0
            self.totals = {}
        self._resumed = False

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        logs = logs or {}
        size = int(logs.get("size", 0))
        self.seen += size
        for name, value in logs.items():
            self.totals[name] = self.totals.get(name, 0.0) + float(value) * size

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is None or not self.seen:
            return
        for name in self.params["metrics"]:
            if name in self.totals:
                logs[name] = self.totals[name] / self.seen
        self.seen = 0
        self.totals = {}

    def get_state(self) -> dict[str, Any]:
        return {"seen": self.seen, "totals": dict(self.totals)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self.seen = state["seen"]
        self.totals = dict(state["totals"])
        self._resumed = True  # the epoch they belong to is begun once more
