"""Keras's `CallbackList`, with which programs drive callbacks in loops of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jaxcnn.callbacks import Callback
from jaxcnn.callbacks.callback_list import Told
from jaxcnn.runtime.types import Settings


class CallbackList(Told):
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

    def set_params(self, params: Settings) -> None:
        """Tell every callback what it can know of the run."""
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Tell every callback the model."""
        for callback in self.callbacks:
            callback.set_model(model)
