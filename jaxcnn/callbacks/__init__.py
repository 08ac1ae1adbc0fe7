"""Objects that the training loop calls at fixed moments: records, files, stopping, learning rates, progress."""

from .base import BaseLogger, Callback, overrides_batch_hooks
from .callback_list import CallbackList
from .history import History
from .logs import Logs
from .progress import ProgbarLogger

__all__ = [
    "BaseLogger",
    "Callback",
    "CallbackList",
    "History",
    "Logs",
    "ProgbarLogger",
    "overrides_batch_hooks",
]
