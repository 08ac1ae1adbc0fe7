"""How a network learns: pure steps over a `TrainState`, and the loop of `fit`."""

from jaxcnn.training.nan_policy import NonFiniteLossError
from jaxcnn.training.objective import Objective, OutputObjective
from jaxcnn.training.state import TrainState, init_state
from jaxcnn.training.steps import Batch, eval_step, predict_step, train_step
from jaxcnn.training.transfer import cached_features, freeze, unfreeze

__all__ = [
    "Batch",
    "NonFiniteLossError",
    "Objective",
    "OutputObjective",
    "TrainState",
    "cached_features",
    "eval_step",
    "freeze",
    "init_state",
    "predict_step",
    "train_step",
    "unfreeze",
]
