"""How fast an epoch was, in the logs, and a profile of chosen steps."""

import csv
import time

import numpy as np
import pytest

from jaxcnn.callbacks import CSVLogger, Performance, Profile
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

X = np.random.default_rng(0).normal(size=(64, 8)).astype("float32")


def network():
    model = Sequential([Dense(16, input_shape=(8,)), Dense(1)])
    model.compile("sgd", "mse")
    return model


def fit(*callbacks, **arguments):
    how = {"epochs": 1, "batch_size": 16, "verbose": 0, **arguments}
    return network().fit(X, X[:, :1], callbacks=list(callbacks), **how).history


def test_the_parts_of_a_step_add_up_and_are_recorded(tmp_path):
    history = fit(Performance(), CSVLogger(tmp_path / "log.csv"), epochs=2)
    for step, *parts in zip(
        *(history[f"{n}_ms"] for n in ("step", "input", "device", "host")), strict=True
    ):
        assert step == pytest.approx(sum(parts)) and min(parts) >= 0
    assert history["samples_per_second"][1] == pytest.approx(16e3 / history["step_ms"][1])
    assert "flops_utilization" not in history
    with open(tmp_path / "log.csv") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["step_ms"]) == history["step_ms"][1]


@pytest.mark.parametrize("batches", [False, True])
def test_slow_data_shows_as_input(batches):
    def slow():
        while True:
            time.sleep(0.05)
            yield X[:16], X[:16, :1]

    class EachBatch(Performance):
        def on_batch_end(self, batch, logs=None):
            pass

    callback = EachBatch() if batches else Performance()
    how = {"steps_per_epoch": 6, "epochs": 2, "max_queue_size": 1, "verbose": 0}
    history = network().fit(slow(), callbacks=[callback], **how).history
    assert history["input_ms"][1] > 25
    assert history["samples_per_second"][1] < 16 / 0.025


def test_utilization_is_operations_over_time():
    history = fit(Performance(peak_flops=1e9))
    # the forward pass and two such products for the gradients of each layer but the first, which
    # has one
    expected = 2 * 16 * (2 * 8 * 16 + 3 * 16 * 1)
    found = history["flops_utilization"][0] * history["step_ms"][0] / 1e3 * 1e9
    assert expected < found < 2 * expected
    with pytest.raises(ValueError, match="`peak_flops` is 0"):
        Performance(peak_flops=0)


def test_chosen_steps_are_profiled(tmp_path):
    fit(Profile(steps=(1, 2), log_dir=tmp_path))
    assert list(tmp_path.glob("plugins/profile/*/*.xplane.pb"))


def test_a_profile_ends_with_the_training(tmp_path):
    fit(Profile(steps=(3, 100), log_dir=tmp_path))
    assert list(tmp_path.glob("plugins/profile/*/*.xplane.pb"))
    with pytest.warns(RuntimeWarning, match="training had 4 steps, and step 10 was"):
        fit(Profile(log_dir=tmp_path))
    with pytest.raises(ValueError, match="first and the last step"):
        Profile(steps=(5, 2))
