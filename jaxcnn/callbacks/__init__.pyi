"""Objects that the training loop calls: records, files, stopping, learning rates, progress."""

from jaxcnn.callbacks.base import BaseLogger as BaseLogger
from jaxcnn.callbacks.base import Callback as Callback
from jaxcnn.callbacks.base import overrides_batch_hooks as overrides_batch_hooks
from jaxcnn.callbacks.callback_list import CallbackList as CallbackList
from jaxcnn.callbacks.checkpoint import ModelCheckpoint as ModelCheckpoint
from jaxcnn.callbacks.history import History as History
from jaxcnn.callbacks.logging import CSVLogger as CSVLogger
from jaxcnn.callbacks.logging import LambdaCallback as LambdaCallback
from jaxcnn.callbacks.logging import RemoteMonitor as RemoteMonitor
from jaxcnn.callbacks.logs import Logs as Logs
from jaxcnn.callbacks.performance import Performance as Performance
from jaxcnn.callbacks.performance import Profile as Profile
from jaxcnn.callbacks.progress import ProgbarLogger as ProgbarLogger
from jaxcnn.callbacks.schedule import LearningRateScheduler as LearningRateScheduler
from jaxcnn.callbacks.schedule import ReduceLROnPlateau as ReduceLROnPlateau
from jaxcnn.callbacks.stopping import EarlyStopping as EarlyStopping
from jaxcnn.callbacks.stopping import TerminateOnNaN as TerminateOnNaN
from jaxcnn.callbacks.trackers import MLflowLogger as MLflowLogger
from jaxcnn.callbacks.trackers import WandbLogger as WandbLogger
from jaxcnn.reporting.images import ConfusionMatrix as ConfusionMatrix
from jaxcnn.reporting.images import TrainingCurves as TrainingCurves
from jaxcnn.reporting.images import WorstMistakes as WorstMistakes
from jaxcnn.reporting.rate_finder import LearningRateFinder as LearningRateFinder
from jaxcnn.reporting.tensorboard import TensorBoard as TensorBoard

__all__ = [
    "BaseLogger", "CSVLogger", "Callback", "CallbackList", "ConfusionMatrix", "EarlyStopping",
    "History", "LambdaCallback", "LearningRateFinder", "LearningRateScheduler", "Logs",
    "MLflowLogger", "ModelCheckpoint", "Performance", "Profile", "ProgbarLogger",
    "ReduceLROnPlateau", "RemoteMonitor", "TensorBoard", "TerminateOnNaN", "TrainingCurves",
    "WandbLogger", "WorstMistakes", "overrides_batch_hooks",
]
