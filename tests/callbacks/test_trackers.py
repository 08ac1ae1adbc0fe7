"""Training recorded in Weights & Biases and MLflow, by their packages, without a network."""

import os
import signal

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.callbacks import Callback, LambdaCallback, MLflowLogger, WandbLogger
from jaxcnn.layers import Dense

X = np.random.default_rng(0).random((8, 3), np.float32)
Y = X.sum(axis=1)


def network():
    model = jc.Sequential([Dense(1, input_shape=(3,))])
    model.compile(jc.optimizers.SGD(0.1, momentum=0.5), "mse", metrics=["mae"])
    return model


class Stop(Callback):
    """Presses Ctrl-C after some epochs."""

    def __init__(self, epochs):
        self.left = epochs

    def on_epoch_end(self, epoch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def mlflow(tmp_path, monkeypatch):
    module = pytest.importorskip("mlflow", reason="needs mlflow: pip install mlflow-skinny")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    module.set_tracking_uri((tmp_path / "mlruns").as_uri())
    module.set_experiment("digits")
    yield module
    if module.active_run():
        module.end_run()


def test_mlflow_has_settings_and_every_epoch(mlflow):
    history = network().fit(X, Y, epochs=3, verbose=0, callbacks=[MLflowLogger(run_name="first")])
    (run,) = mlflow.MlflowClient().search_runs([experiment(mlflow)])
    assert run.info.run_name == "first" and run.info.status == "FINISHED"
    assert run.data.params["optimizer"] == "SGD" and run.data.params["optimizer.momentum"] == "0.5"
    assert run.data.params["epochs"] == "3" and run.data.params["parameters"] == "4"
    steps = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [m.step for m in steps] == [1, 2, 3]
    np.testing.assert_allclose([m.value for m in steps], history.history["loss"])
    assert mlflow.active_run() is None


def test_an_open_run_of_mlflow_stays_open(mlflow):
    with mlflow.start_run(run_name="mine") as run:
        network().fit(X, Y, epochs=1, verbose=0, callbacks=[MLflowLogger()])
        assert mlflow.active_run().info.run_id == run.info.run_id
    (only,) = mlflow.MlflowClient().search_runs([experiment(mlflow)])
    assert sorted(only.data.metrics) == ["loss", "mean_absolute_error"]


def test_a_resumed_training_continues_its_run_of_mlflow(mlflow, tmp_path):
    def train(*more):
        return network().fit(
            X, Y, epochs=4, verbose=0, checkpoint_dir=tmp_path / "state", resume=True,
            callbacks=[MLflowLogger(), *more],
        )  # fmt: skip

    with pytest.raises(KeyboardInterrupt):
        train(Stop(2))
    (run,) = mlflow.MlflowClient().search_runs([experiment(mlflow)])
    assert run.info.status == "KILLED"
    train()
    (run,) = mlflow.MlflowClient().search_runs([experiment(mlflow)])
    assert run.info.status == "FINISHED"
    steps = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [m.step for m in steps] == [1, 2, 3, 4]


def experiment(mlflow):
    return mlflow.get_experiment_by_name("digits").experiment_id


@pytest.fixture
def wandb(tmp_path, monkeypatch):
    module = pytest.importorskip("wandb", reason="needs wandb: pip install wandb")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    yield module
    if module.run:
        module.finish()


def test_wandb_has_settings_and_every_epoch(wandb, tmp_path):
    logger = WandbLogger(project="digits", name="first")
    seen = LambdaCallback(on_train_end=lambda logs: rows.append(rows_of(logger.run)))
    rows = []
    history = network().fit(X, Y, epochs=3, verbose=0, callbacks=[seen, logger])
    assert wandb.run is None and logger.run.name == "first" and logger.run.project == "digits"
    assert logger.run.config["optimizer"] == "SGD"
    assert logger.run.config["optimizer.momentum"] == 0.5
    assert rows == [(3, {"epoch": 3, "loss": pytest.approx(history.history["loss"][-1])})]
    assert len(list(tmp_path.glob("wandb/offline-run-*/*.wandb"))) == 1


def test_an_open_run_of_wandb_stays_open(wandb):
    mine = wandb.init(project="digits")
    logger = WandbLogger()
    network().fit(X, Y, epochs=1, verbose=0, callbacks=[logger])
    assert wandb.run is mine and logger.run is mine
    count, last = rows_of(mine)
    assert (count, last["epoch"]) == (1, 1)


def rows_of(run):
    """How many rows a run has, and the last one."""
    return run.step, {name: run.summary[name] for name in ("epoch", "loss")}


@pytest.mark.parametrize(("logger", "package"), [(WandbLogger, "wandb"), (MLflowLogger, "mlflow")])
def test_without_the_package_it_says_how_to_get_it(logger, package, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(ImportError, match=f"{logger.__name__} needs .*: pip install {package}"):
        logger()
