"""Objects that the training loop calls at fixed moments: records, files, stopping, learning rates, progress."""

from jaxcnn.callbacks.base import BaseLogger, Callback, overrides_batch_hooks
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.callbacks.checkpoint import ModelCheckpoint
from jaxcnn.callbacks.history import History
from jaxcnn.callbacks.logging import CSVLogger, LambdaCallback, RemoteMonitor
from jaxcnn.callbacks.logs import Logs
from jaxcnn.callbacks.progress import ProgbarLogger
from jaxcnn.callbacks.schedule import LearningRateScheduler, ReduceLROnPlateau
from jaxcnn.callbacks.stopping import EarlyStopping, TerminateOnNaN
from jaxcnn.callbacks.tensorboard import TensorBoard

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
