"""Objects that the training loop calls at fixed moments: records, files, stopping, learning rates, progress."""

from jaxcnn.callbacks.base import BaseLogger, Callback, overrides_batch_hooks
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.callbacks.checkpoint import ModelCheckpoint
from jaxcnn.callbacks.history import History
from jaxcnn.callbacks.logging import CSVLogger, LambdaCallback, RemoteMonitor
from jaxcnn.callbacks.logs import Logs
from jaxcnn.callbacks.performance import Performance, Profile
from jaxcnn.callbacks.pictures import ConfusionMatrix, TrainingCurves, WorstMistakes
from jaxcnn.callbacks.progress import ProgbarLogger
from jaxcnn.callbacks.rate_finder import LearningRateFinder
from jaxcnn.callbacks.schedule import LearningRateScheduler, ReduceLROnPlateau
from jaxcnn.callbacks.stopping import EarlyStopping, TerminateOnNaN
from jaxcnn.callbacks.tensorboard import TensorBoard

__all__ = [
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "ConfusionMatrix",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateFinder",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "Performance",
    "Profile",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "TensorBoard",
    "TerminateOnNaN",
    "TrainingCurves",
    "WorstMistakes",
    "overrides_batch_hooks",
]
