"""The callbacks of one training run, called together."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict, ProgressWatcher, overrides_batch_hooks
from jaxcnn.callbacks.history import History
from jaxcnn.callbacks.logs import Logs
from jaxcnn.callbacks.progress import ProgbarLogger
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.spellings.dialect import chosen, dialect

# Hooks of later Keras versions, which no loop here calls, and what to use instead.
LATER_HOOKS = {
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
    "on_test_begin": "on_epoch_end",
    "on_test_end": "on_epoch_end",
    "on_test_batch_begin": "on_epoch_end",
    "on_test_batch_end": "on_epoch_end",
}


class Told:
    """A list of callbacks that are called one after the other.

    Attributes:
        callbacks: the list.
    """

    callbacks: list[Callback]

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.call("on_train_begin", logs)

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        self.call("on_epoch_begin", logs, epoch)

    def on_batch_begin(self, batch: int, logs: LogDict | None = None) -> None:
        self.call("on_batch_begin", logs, batch)

    def on_batch_end(self, batch: int, logs: LogDict | None = None) -> None:
        self.call("on_batch_end", logs, batch)

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self.call("on_epoch_end", logs, epoch)

    def on_train_end(self, logs: LogDict | None = None) -> None:
        self.call("on_train_end", logs)

    def call(self, hook: str, logs: LogDict | None, *index: int) -> None:
        """Call one hook of every callback; all of them get the same logs, which they may change."""
        shared = {} if logs is None else logs
        for callback in self.callbacks:
            getattr(callback, hook)(*index, shared)


def params_of_program(params: Settings) -> Settings:
    """What callbacks of a program for an old Keras are told about the run: what that one said."""
    if not chosen() or "epochs" not in params:
        return params
    if dialect().of_keras_1:
        names = ("batch_size", "do_validation", "metrics", "nb_epoch", "nb_sample", "verbose")
        return {name: params[name] for name in names if name in params}
    of_arrays = "samples" in params
    length = ("samples", "batch_size") if of_arrays else ("steps",)
    names = ("epochs", "verbose", "do_validation", "metrics", *length)
    told = {name: params[name] for name in names if name in params}
    return {**told, "steps": None} if of_arrays and dialect().since_2_2 else told


class CallbackList(Told):
    """Calls every callback of a run: the progress bar, then the user's in order, then the history.

    The bar comes first, so that the output of other callbacks at the end of an epoch starts on a
    new line.

    Args:
        callbacks: the user's.
        model: the model they act on.
        params: see `Callback.params`; with `verbose` a ProgbarLogger is added, which counts samples
            if there are `samples` in `params`, else steps. `validation_samples` makes it print the
            "Train on ..." line.
        validation_data: list of float arrays (n, ...), see `Callback.validation_data`. Default:
            None.

    Raises:
        TypeError: for a callback that is not a `Callback` object.

    Examples:
        >>> callbacks = jc.callbacks.CallbackList([], model, {"epochs": 1, "verbose": 0})
        >>> callbacks.on_train_begin()

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(
        self,
        callbacks: Sequence[Callback] | None,
        model: Any,
        params: Settings,
        validation_data: Sequence[np.ndarray | None] | None = None,
    ):
        if isinstance(callbacks, Callback):
            raise TypeError(
                f"callbacks must be a list of callbacks; given one {type(callbacks).__name__}: "
                "write callbacks=[...] around it."
            )
        users = list(callbacks or [])
        for callback in users:
            _check(callback)
        bars = [callback for callback in users if isinstance(callback, ProgbarLogger)]
        if params.get("verbose") and not bars:
            bars = [ProgbarLogger("steps" if params.get("samples") is None else "samples")]
        self.history = History()
        everybody: list[Callback] = [*bars, *(c for c in users if c not in bars), self.history]
        first = jax.process_index() == 0
        self.callbacks = [callback for callback in everybody if first or not callback.once_per_job]
        # All of them are asked, so that all processes of a job make the same calls.
        self.needs_batches = any(overrides_batch_hooks(callback) for callback in everybody)
        told = params_of_program(params)
        for callback in self.callbacks:
            ours = is_of_library(type(callback)) or isinstance(callback, ProgressWatcher)
            looks = isinstance(callback, History) or not ours  # what a program looks at
            callback.set_params(told if looks else params)
            callback.set_model(model)
            if callback is not self.history:  # which outlives the data
                callback.validation_data = validation_data
        if dialect().of_keras_1:  # where callbacks read it from the model
            model.validation_data = validation_data

    def on_interruption(self, error: BaseException) -> None:
        """Let every callback close its files; an exception there becomes a note on `error`."""
        for callback in self.callbacks:
            try:
                callback.on_interruption(error)
            except Exception as second:
                error.add_note(
                    f"{type(callback).__name__}.on_interruption failed as well: {second!r}"
                )

    def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
        """Called after each dispatch; see `ProgressWatcher.update`."""
        for callback in self.callbacks:
            if isinstance(callback, ProgressWatcher):
                callback.update(seen, logs_fn)

    def note(self, text: str) -> None:
        """Show a remark such as "compiling..." for a moment, if a terminal shows the bar."""
        for callback in self.callbacks:
            if isinstance(callback, ProgbarLogger):
                callback.note(text)

    def get_state(self) -> dict[str, Config]:
        """The states of the callbacks that have one, as plain JSON values."""
        states = {key: callback.get_state() for key, callback in self._keyed()}
        return {key: state for key, state in states.items() if state}

    def set_state(self, states: Mapping[str, Settings]) -> None:
        """Restore the saved states, after `on_train_begin`; new callbacks keep their first."""
        for key, callback in self._keyed():
            if key in states:
                callback.set_state(states[key])

    def get_arrays(self) -> dict[str, list[np.ndarray]]:
        """The arrays that belong to the states."""
        arrays = {key: callback.get_arrays() for key, callback in self._keyed()}
        return {key: values for key, values in arrays.items() if values}

    def set_arrays(self, arrays: Mapping[str, list[np.ndarray]]) -> None:
        """Restore the saved arrays, after `set_state`."""
        for key, callback in self._keyed():
            if key in arrays:
                callback.set_arrays(list(arrays[key]))

    def call(self, hook: str, logs: LogDict | None, *index: int) -> None:
        super().call(hook, logs if isinstance(logs, Logs) else Logs(logs or {}), *index)

    def _keyed(self) -> Iterator[tuple[str, Callback]]:
        """Each callback with a key for a resumed run: its class and its number within that."""
        counts: dict[str, int] = {}
        for callback in self.callbacks:
            name = type(callback).__name__
            counts[name] = counts.get(name, 0) + 1
            yield f"{name}_{counts[name]}", callback


def _check(callback: object) -> None:
    if not isinstance(callback, Callback):
        given = f"the class {callback.__name__}" if isinstance(callback, type) else repr(callback)
        raise TypeError(
            f"callbacks must be objects of subclasses of jaxcnn.callbacks.Callback, got {given}."
        )
    for later, hook in LATER_HOOKS.items():
        if hasattr(callback, later) and getattr(type(callback), hook) is getattr(Callback, hook):
            message = f"{type(callback).__name__}.{later} is never called; use {hook}."
            warnings.warn(message, RuntimeWarning, stacklevel=3)
