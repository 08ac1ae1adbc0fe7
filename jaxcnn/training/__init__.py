"""How a network learns: pure steps over a `TrainState`, and the loop behind `fit`."""

from jaxcnn.training.fitting import NonFiniteLossError
from jaxcnn.training.objective import Objective, OutputObjective
from jaxcnn.training.state import TrainState, init_state
from jaxcnn.training.steps import Batch, eval_step, predict_step, train_step

__all__ = [
    "Batch",
    "NonFiniteLossError",
    "Objective",
    "OutputObjective",
    "TrainState",
    "eval_step",
    "init_state",
    "predict_step",
    "train_step",
]
