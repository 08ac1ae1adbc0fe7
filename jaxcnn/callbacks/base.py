"""The base class of callbacks: attributes, hooks, and whether the loop must call it every batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias

import numpy as np

from jaxcnn.runtime.types import Config, Settings
from jaxcnn.spellings.keywords import Suggesting

# Values that training reports, by name.
LogDict: TypeAlias = dict[str, Any]


class Callback(Suggesting):
    """Base class of the objects that the training loop calls at fixed moments.

    A subclass overrides the hooks it needs. They are called in the order `on_train_begin`, then for
    each epoch `on_epoch_begin`, for each batch `on_batch_begin` and `on_batch_end`, `on_epoch_end`,
    and finally `on_train_end`.

    Attributes, set before `on_train_begin` (so a subclass need not call `super().__init__`):
        params: `epochs`, `samples` or `steps` (of one epoch), `batch_size`, `verbose`,
            `do_validation`, `metrics` (the names reported, those of validation included).
        model: the model being trained. `model.stop_training = True` ends training;
            `model.optimizer.lr` is a float.
        validation_data: the validation arrays `[*inputs, *targets, *sample_weights]`, or None.

    `logs` holds, at the end of an epoch, the averages of the loss and metrics over the epoch and
    `val_*` values; at the beginning of a batch `batch` (index) and `size` (number of samples); at
    its end also the loss and metrics.

    Examples:
        >>> class Counter(jc.callbacks.Callback):
        ...     epochs = 0
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         self.epochs += 1
        >>> counter = Counter()
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[counter])
        >>> counter.epochs
        2

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job: ClassVar[bool] = False  # in a job of several processes only the first calls it

    params: Settings = MappingProxyType({})
    model: Any = None
    validation_data: Sequence[np.ndarray | None] | None = None

    def set_params(self, params: Settings) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        """Called once, before the first epoch.

        Args:
            logs: nothing, as in Keras. Default: None.
        """

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        """Called before each epoch; `epoch` counts from 0.

        Args:
            epoch: its number, from 0.
            logs: nothing, as in Keras. Default: None.
        """

    def on_batch_begin(self, batch: int, logs: LogDict | None = None) -> None:
        """Called before each batch; `batch` counts from 0 within the epoch.

        Args:
            batch: its number within the epoch, from 0.
            logs: 'batch' and 'size' by name. Default: None.
        """

    def on_batch_end(self, batch: int, logs: LogDict | None = None) -> None:
        """Called after each batch; overriding it makes the loop wait for the device every time.

        Args:
            batch: its number within the epoch, from 0.
            logs: 'batch', 'size', the loss and the metrics of the batch by name, as numbers.
                Default: None.
        """

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        """Called after each epoch and its validation.

        Later callbacks see the values that earlier ones put into `logs`.

        Args:
            epoch: its number, from 0.
            logs: the loss and the metrics of the epoch by name, those of the validation after
                'val_'. Default: None.
        """

    def on_train_end(self, logs: LogDict | None = None) -> None:
        """Called once, after the last epoch.

        Args:
            logs: nothing, as in Keras. Default: None.
        """

    def on_interruption(self, error: BaseException) -> None:
        """Called instead of `on_train_end` when an error or Ctrl-C ends training; closes files.

        Args:
            error: what ended the training.
        """

    def get_state(self) -> Config:
        """The state from which a resumed run continues exactly, as plain JSON values."""
        return {}

    def set_state(self, state: Settings) -> None:
        """Continue from what `get_state` returned; called after `on_train_begin`.

        Args:
            state: what `get_state` returned.
        """

    def get_arrays(self) -> list[np.ndarray]:
        """The arrays that belong to the state."""
        return []

    def set_arrays(self, arrays: list[np.ndarray]) -> None:
        """Restore the arrays that `get_arrays` returned; called after `set_state`.

        Args:
            arrays: what `get_arrays` returned.
        """


class ProgressWatcher(Callback):
    """A callback that may look at the running averages within an epoch."""

    def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
        """Called after each dispatch: `seen` samples (or steps) of the epoch are done.

        `logs_fn()` returns the running averages. Call it seldom, because fetching them waits for
        the device.
        """
        raise NotImplementedError


BATCH_HOOKS = ("on_batch_begin", "on_batch_end")


def overrides_batch_hooks(callback: Callback) -> bool:
    """Whether the callback, its class or the object, defines `on_batch_begin` or `on_batch_end`.

    When no callback does, the loop may run many steps in one dispatch and call no batch hook at
    all. A class that has batch hooks but can do without them sets `batch_hooks_optional = True`.

    Args:
        callback: the callback.

    Examples:
        >>> jc.callbacks.overrides_batch_hooks(jc.callbacks.Callback())
        False
    """
    if getattr(callback, "batch_hooks_optional", False):
        return False
    return any(
        hook in vars(callback) or getattr(type(callback), hook, None) is not getattr(Callback, hook)
        for hook in BATCH_HOOKS
    )


def reported_names(params: Settings) -> list[str]:
    """The names that epoch logs will have, by `params`; without validation none with `val_`."""
    names = params.get("metrics") or []
    return [name for name in names if params.get("do_validation") or not name.startswith("val_")]


class BaseLogger(Callback):
    """Averages the values of the batches over an epoch, weighted by their numbers of samples.

    The training loop computes these averages itself; this class serves loops written by hand. It
    reads `size` from the logs of each batch and writes the averages of `params["metrics"]` into the
    logs of the epoch.

    Args:
        stateful_metrics: names of values that are averages already: the last of an epoch counts.
            Default: None.

    Examples:
        >>> issubclass(jc.callbacks.BaseLogger, jc.callbacks.Callback)
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.totals: dict[str, float] = {}
        self._resumed = False

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        if not self._resumed:
            self.seen = 0
            self.totals = {}
        self._resumed = False

    def on_batch_end(self, batch: int, logs: LogDict | None = None) -> None:
        logs = logs or {}
        size = int(logs.get("size", 0))
        self.seen += size
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = float(value)
            else:
                self.totals[name] = self.totals.get(name, 0.0) + float(value) * size

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        if logs is None or not self.seen:
            return
        for name in self.params["metrics"]:
            if name in self.totals:
                samples = 1 if name in self.stateful_metrics else self.seen
                logs[name] = self.totals[name] / samples
        self.seen = 0
        self.totals = {}

    def get_state(self) -> Config:
        return {"seen": self.seen, "totals": dict(self.totals)}

    def set_state(self, state: Settings) -> None:
        self.seen = state["seen"]
        self.totals = dict(state["totals"])
        self._resumed = True  # their epoch begins again
