"""Objects that the training loop calls at fixed moments: records, files, stopping, learning rates, progress."""

from .base import BaseLogger, Callback, overrides_batch_hooks
from .callback_list import CallbackList
from .checkpoint import ModelCheckpoint
from .history import History
from .logging import CSVLogger, LambdaCallback, RemoteMonitor
from .logs import Logs
from .progress import ProgbarLogger
from .schedule import LearningRateScheduler, ReduceLROnPlateau
from .stopping import EarlyStopping, TerminateOnNaN
from .tensorboard import TensorBoard

__all__ = [
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "TensorBoard",
    "TerminateOnNaN",
    "overrides_batch_hooks",
]
