"""Callbacks that change the learning rate between epochs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.callbacks.logs import Monitor, Monitored
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import dialect
from jaxcnn.utils.console import say


def rated_optimizer(callback: Callback) -> Any:
    """The optimizer of the callback's model.

    Raises:
        ValueError: it has no learning rate.
    """
    optimizer = callback.model.optimizer
    if not hasattr(optimizer, "lr"):
        raise ValueError(
            f"{type(callback).__name__} needs an optimizer with a learning rate `lr`, got "
            f"{type(optimizer).__name__}."
        )
    return optimizer


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    Args:
        schedule: called as `schedule(epoch)` with the epoch from 0, or as `schedule(epoch, lr)`
            with the current learning rate too if it cannot be called with the epoch alone (in
            programs for Keras 2.2 if it can be called so); returns the new learning rate, a float.
        verbose: 1 prints each new learning rate. Default: 0.

    Raises:
        ValueError: the schedule returns something else, or the optimizer has no `lr`.

    Examples:
        >>> schedule = jc.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch)
        >>> history = model.fit(x, y, epochs=3, verbose=0, callbacks=[schedule])
        >>> model.optimizer.lr
        0.025

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        self.schedule = schedule
        self.verbose = verbose
        self._wants_rate = _takes_rate(schedule)
        self._scheduled: int | None = None

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self._scheduled = None

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        if epoch == self._scheduled:
            return  # a resumed run begins it again, and a factor must not act twice
        self._scheduled = epoch
        optimizer = rated_optimizer(self)
        lr = self.schedule(epoch, optimizer.lr) if self._wants_rate else self.schedule(epoch)
        if not _is_float(lr):
            raise ValueError(
                f"LearningRateScheduler: the schedule must return a float, got {lr!r} at epoch "
                f"{epoch}; write float(...) around it if it is a number."
            )
        optimizer.lr = float(lr)
        if self.verbose:
            number = epoch + dialect().first_epoch
            line = "\n" if number > epoch else ""
            say(
                f"{line}Epoch {number:05d}: LearningRateScheduler setting learning rate to "
                f"{optimizer.lr}."
            )

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        if logs is not None and dialect().rates_are_told:
            logs["lr"] = np.float32(rated_optimizer(self).lr)

    def get_state(self) -> Config:
        return {"scheduled": self._scheduled}

    def set_state(self, state: Settings) -> None:
        self._scheduled = state["scheduled"]


def _takes_rate(schedule: Callable[..., float]) -> bool:
    """Whether it is given the rate: where it cannot do without, in Keras 2.2 wherever it can be.

    Else a second parameter with a default is its constant.
    """
    told = dialect().rates_are_told
    try:
        inspect.signature(schedule).bind(*((0, 0.0) if told else (0,)))
    except TypeError:
        return not told
    except ValueError:  # a built-in function without a signature
        return False
    return told


def _is_float(value: Any) -> bool:
    """A Python float, or a floating-point scalar of NumPy or JAX (as optax schedules return)."""
    if isinstance(value, float):
        return True
    dtype = getattr(value, "dtype", None)
    return dtype is not None and np.ndim(value) == 0 and np.issubdtype(dtype, np.floating)


class ReduceLROnPlateau(Monitored, Callback):
    """Multiplies the learning rate by `factor` when the monitored value has stopped improving.

    The rate falls at the (patience + 1)-th epoch in a row without improvement, as in Keras 2.0.4,
    and from then on after every `patience` such epochs, which in programs of Keras 2.2 holds for
    the first time, too. The rate in force during each epoch is put into the logs as `lr`.

    Args:
        monitor: name of the value in the epoch logs. Default: 'val_loss'.
        factor: new rate = rate * factor; below 1. Default: 0.1.
        patience: epochs without improvement to tolerate. Default: 10.
        verbose: 1 prints each new rate. Default: 0.
        mode: "min", "max" or "auto" (see `Monitor`). Default: 'auto'.
        epsilon: a smaller change than this is no improvement. Default: 0.0001.
        cooldown: epochs to wait after a reduction before counting again. Default: 0.
        min_lr: the rate never falls below this. Default: 0.
        min_delta: the later spelling of `epsilon`. Default: None.

    Raises:
        ValueError: a factor of 1 or more, or both `epsilon` and `min_delta`.

    Examples:
        >>> slower = jc.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=10.0)
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[slower])
        >>> len(history.history["lr"])
        2

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        epsilon: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
        min_delta: float | None = None,
    ):
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0, got {factor}.")
        if min_delta is not None:
            if epsilon != 1e-4:
                raise ValueError(
                    "ReduceLROnPlateau: epsilon and min_delta are the same argument; give one of "
                    "them."
                )
            epsilon = min_delta
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.min_delta = epsilon
        if not dialect().patience_counts:
            self.epsilon = epsilon
        elif min_delta is None and epsilon != 1e-4:
            warn_user(
                "ReduceLROnPlateau: the `epsilon` argument is deprecated and will be removed; "
                "write `min_delta`."
            )
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.mode = mode
        self._monitor = Monitor("ReduceLROnPlateau", monitor, mode, epsilon)
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.cooldown_counter = 0
        self.best = self._monitor.worst

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self._reset()

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        optimizer = rated_optimizer(self)
        rate = float(np.asarray(optimizer.lr))
        if logs is not None:
            logs["lr"] = rate
        current = self._monitor.read(logs, self)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._monitor.improved(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            late = not dialect().patience_counts
            self.wait += not late
            if self.wait >= self.patience and rate > self.min_lr * (1 + 1e-4):
                # Keras keeps the rate as float32, and so shows 0.05000000074505806.
                lower = max(float(np.float32(rate)) * self.factor, float(self.min_lr))
                optimizer.lr = lower
                if self.verbose:
                    subject = "" if late else "ReduceLROnPlateau "
                    number = epoch + dialect().first_epoch
                    say(f"\nEpoch {number:05d}: {subject}reducing learning rate to {lower}.")
                self.cooldown_counter = self.cooldown
                self.wait = 0
            self.wait += late

    def in_cooldown(self) -> bool:
        """Whether the epochs to wait after a reduction are not over."""
        return self.cooldown_counter > 0

    def get_state(self) -> Config:
        return {"wait": self.wait, "cooldown_counter": self.cooldown_counter, "best": self.best}

    def set_state(self, state: Settings) -> None:
        for name, value in state.items():
            setattr(self, name, value)
