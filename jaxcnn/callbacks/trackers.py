"""Callbacks that record a training run in Weights & Biases or MLflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.utils.packages import installed

# The values of the logs that a tracker knows as numbers.
Numbers = dict[str, float]


class Tracker(Callback):
    """A run of a tracking service: its settings once, the logs after each epoch, its end.

    A run that is open already is used and stays open; one that the callback opens is closed when
    training ends, and a resumed training continues it.
    """

    once_per_job = True

    def __init__(self) -> None:
        self.run: Any = None  # of the service
        self.run_id: str | None = None
        self.opened = False

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.run, self.run_id, self.opened = None, None, False

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        if self.run is None:  # not before: a resumed training knows its run only now
            self.begin()
        self.record(epoch, {n: float(v) for n, v in (logs or {}).items() if np.ndim(v) == 0})

    def on_train_end(self, logs: LogDict | None = None) -> None:
        if self.opened:
            self.end("FINISHED")

    def on_interruption(self, error: BaseException) -> None:
        if self.opened:
            self.end("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")

    def get_state(self) -> Config:
        return {"run": self.run_id if self.opened else None}

    def set_state(self, state: Settings) -> None:
        self.run_id = state["run"]

    def settings(self) -> Config:
        """What is recorded of the training: its sizes and the arguments of the optimizer."""
        optimizer = self.model.optimizer
        known = {n: v for n, v in self.params.items() if isinstance(v, int | float)}
        arguments = optimizer.shown_arguments() if hasattr(optimizer, "shown_arguments") else {}
        return {
            **known,
            "parameters": self.model.count_params(),
            "optimizer": type(optimizer).__name__,
            **{f"optimizer.{name}": value for name, value in arguments.items()},
        }

    def begin(self) -> None:
        """Open the run, or take the open one, and record the settings."""
        raise NotImplementedError

    def record(self, epoch: int, numbers: Numbers) -> None:
        """Record the logs of an epoch."""
        raise NotImplementedError

    def end(self, status: str) -> None:
        """Close the run: FINISHED, KILLED or FAILED."""
        raise NotImplementedError


class WandbLogger(Tracker):
    """Records the settings and the logs of every epoch in Weights & Biases.

    A run that `wandb.init` opened before is used and stays open. Without one the callback opens
    and closes its own; a resumed training continues that.

    Args:
        **options: of `wandb.init`, for a run of its own: `project`, `name`, `mode="offline"`, ...

    Raises:
        ImportError: the package wandb is missing.

    Examples:
        >>> jc.callbacks.WandbLogger(project="digits", mode="offline")  # needs wandb

    References:
        - Biewald et al., "Weights & Biases 0.19.0: wandb/sdk/wandb_run.py", 2024,
          <https://github.com/wandb/wandb/blob/v0.19.0/wandb/sdk/wandb_run.py>
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.wandb = installed("wandb", "WandbLogger")
        self.options = options

    def begin(self) -> None:
        self.opened = self.wandb.run is None
        if self.opened:
            again = {"id": self.run_id, "resume": "allow"} if self.run_id else {}
            self.run = self.wandb.init(**{**self.options, **again})
        else:
            self.run = self.wandb.run
        self.run_id = self.run.id
        self.run.config.update(self.settings(), allow_val_change=True)

    def record(self, epoch: int, numbers: Numbers) -> None:
        self.run.log({"epoch": epoch + 1, **numbers})

    def end(self, status: str) -> None:
        self.run.finish(exit_code=0 if status == "FINISHED" else 1)


class MLflowLogger(Tracker):
    """Records the settings and the logs of every epoch in MLflow.

    A run that `mlflow.start_run` opened before is used and stays open. Without one the callback
    opens and closes its own; a resumed training continues that. Where it is recorded is what
    `mlflow.set_tracking_uri` and `mlflow.set_experiment` say.

    Args:
        **options: of `mlflow.start_run`, for a run of its own: `run_name`, `tags`, ...

    Raises:
        ImportError: the package mlflow is missing.

    Examples:
        >>> jc.callbacks.MLflowLogger(run_name="first")  # needs mlflow

    References:
        - Zaharia et al., "MLflow 2.20.0: mlflow/tracking/fluent.py", 2025,
          <https://github.com/mlflow/mlflow/blob/v2.20.0/mlflow/tracking/fluent.py>
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.mlflow = installed("mlflow", "MLflowLogger")
        self.options = options

    def begin(self) -> None:
        self.opened = self.mlflow.active_run() is None
        if self.opened:
            again = {"run_id": self.run_id} if self.run_id else {}
            self.run = self.mlflow.start_run(**{**self.options, **again})
        else:
            self.run = self.mlflow.active_run()
        if self.run_id is None:  # a setting of MLflow never changes
            self.mlflow.log_params(self.settings())
        self.run_id = self.run.info.run_id

    def record(self, epoch: int, numbers: Numbers) -> None:
        self.mlflow.log_metrics(numbers, step=epoch + 1)

    def end(self, status: str) -> None:
        self.mlflow.end_run(status)
