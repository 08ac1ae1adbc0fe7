"""Keras's `CallbackList`, with which programs drive callbacks in loops of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jaxcnn.callbacks import Callback
from jaxcnn.callbacks.base import LogDict
from jaxcnn.runtime.types import Settings


class CallbackList:
    """Calls each of a list of callbacks.

    Args:
        callbacks: the list, which may be extended by `append`.
        queue_length: over how many batches Keras watches for slow callbacks; nothing warns here.
    """

    def __init__(self, callbacks: Sequence[Callback] | None = None, queue_length: int = 10) -> None:
        self.callbacks = list(callbacks or [])
        self.queue_length = queue_length

    def append(self, callback: Callback) -> None:
        """Add a callback at the end."""
        self.callbacks.append(callback)

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def set_params(self, params: Settings) -> None:
        """Tell every callback what it can know of the run."""
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Tell every callback the model."""
        for callback in self.callbacks:
            callback.set_model(model)

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.each("on_train_begin", logs)

    def on_train_end(self, logs: LogDict | None = None) -> None:
        self.each("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        self.each("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self.each("on_epoch_end", logs, epoch)

    def on_batch_begin(self, batch: int, logs: LogDict | None = None) -> None:
        self.each("on_batch_begin", logs, batch)

    def on_batch_end(self, batch: int, logs: LogDict | None = None) -> None:
        self.each("on_batch_end", logs, batch)

    def each(self, hook: str, logs: LogDict | None, *index: int) -> None:
        """Call one hook of every callback."""
        shared = {} if logs is None else logs
        for callback in self.callbacks:
            getattr(callback, hook)(*index, shared)
