"""Objects that the training loop calls: records, files, stopping, learning rates, progress."""

from jaxcnn.callbacks.base import BaseLogger, Callback, overrides_batch_hooks
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.callbacks.checkpoint import ModelCheckpoint
from jaxcnn.callbacks.history import History
from jaxcnn.callbacks.logging import CSVLogger, LambdaCallback, RemoteMonitor
from jaxcnn.callbacks.logs import Logs
from jaxcnn.callbacks.performance import Performance, Profile
from jaxcnn.callbacks.progress import ProgbarLogger
from jaxcnn.callbacks.schedule import LearningRateScheduler, ReduceLROnPlateau
from jaxcnn.callbacks.stopping import EarlyStopping, TerminateOnNaN
from jaxcnn.callbacks.trackers import MLflowLogger, WandbLogger
from jaxcnn.runtime.lazy import lazy_attributes

# These draw or read models, which stand above this room.
__getattr__ = lazy_attributes(
    __name__,
    {
        "ConfusionMatrix": "jaxcnn.reporting.images",
        "LearningRateFinder": "jaxcnn.reporting.rate_finder",
        "TensorBoard": "jaxcnn.reporting.tensorboard",
        "TrainingCurves": "jaxcnn.reporting.images",
        "WorstMistakes": "jaxcnn.reporting.images",
    },
)

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
    "MLflowLogger",
    "ModelCheckpoint",
    "Performance",
    "Profile",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "TensorBoard",
    "TerminateOnNaN",
    "TrainingCurves",
    "WandbLogger",
    "WorstMistakes",
    "overrides_batch_hooks",
]
