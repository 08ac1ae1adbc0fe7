"""EarlyStopping in its Keras 2.0.4 counting, and TerminateOnNaN."""

import json
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from jaxcnn import callbacks as cb
from jaxcnn.callbacks import stopping
from jaxcnn.spellings.dialect import speaking


def losses(*values):
    return [{"loss": value} for value in values]


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_stops_on_the_bad_epoch_after_patience(patience, fit):
    history = fit([cb.EarlyStopping("loss", patience=patience)], losses(1.0, *[2.0] * 9))
    assert len(history.epoch) == 1 + patience + 1


def test_an_improvement_starts_the_count_anew(fit):
    history = fit([cb.EarlyStopping("loss", patience=1)], losses(5, 6, 4, 6, 6, 6, 6))
    assert history.epoch == [0, 1, 2, 3, 4]


def test_min_delta(fit):
    history = fit([cb.EarlyStopping("loss", min_delta=0.5)], losses(5.0, 4.0, 3.75, 1.0))
    assert history.epoch == [0, 1, 2]


def test_baseline_counts_worse_epochs_as_bad(fit):
    history = fit([cb.EarlyStopping("loss", patience=1, baseline=0.5)], losses(5, 4, 3, 2))
    assert history.epoch == [0, 1]
    history = fit([cb.EarlyStopping("loss", patience=1, baseline=6)], losses(5, 4, 3, 2))
    assert history.epoch == [0, 1, 2, 3]


def test_message_has_the_epoch_from_zero(fit, capsys):
    fit([cb.EarlyStopping("loss", verbose=1)], losses(1.0, 2.0, 3.0))
    assert capsys.readouterr().out == "Epoch 00001: early stopping\n"
    fit([cb.EarlyStopping("loss", verbose=1)], losses(1.0, 0.5))
    assert capsys.readouterr().out == ""


def test_programs_of_2_2_stop_at_the_end_of_patience(fit, capsys):
    with speaking("2.2"):
        history = fit([cb.EarlyStopping("loss", patience=2, verbose=1)], losses(1, *[2] * 9))
    assert history.epoch == [0, 1, 2]
    assert capsys.readouterr().out == "Epoch 00003: early stopping\n"


def test_nan_never_improves(fit):
    early = cb.EarlyStopping("loss", verbose=1)
    assert fit([early], losses(math.nan, 1.0)).epoch == [0]


@pytest.mark.parametrize(
    "values", [(3.0, 1.0, 2.0, 2.0, 2.0), (3.0, 1.0, 2.0)], ids=["stopped", "ran out of epochs"]
)
def test_best_weights_come_back(values, fit, model):
    fit([cb.EarlyStopping("loss", patience=2, restore_best_weights=True)], losses(*values))
    assert model.weights[0].tolist() == [2.0, 2.0]


def test_without_restoring_the_last_weights_stay(fit, model):
    fit([cb.EarlyStopping("loss", patience=1)], losses(1.0, 2.0, 2.0))
    assert model.weights[0].tolist() == [3.0, 3.0]


def test_an_object_can_be_used_again(fit):
    early = cb.EarlyStopping("loss")
    for _ in range(2):
        assert fit([early], losses(1.0, 2.0, 2.0)).epoch == [0, 1]
    assert fit([early], losses(2.0, 1.0)).epoch == [0, 1] and early.stopped_epoch == 0


def test_resuming_continues_the_count_and_keeps_the_best_weights(fit, model):
    values = [3.0, 1.0, 2.0, 2.0, 2.0, 2.0]

    def early():
        return cb.EarlyStopping("loss", patience=2, restore_best_weights=True)

    fit([early()], losses(*values[:3]))
    states, arrays = json.loads(json.dumps(fit.states[0])), fit.states[1]
    history = fit([early()], losses(*values[3:]), initial_epoch=3, states=(states, arrays))
    assert history.epoch == [0, 1, 2, 3, 4]
    assert model.weights[0].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_terminate_on_nan_at_the_end_of_an_epoch(bad, fit, capsys):
    assert fit([cb.TerminateOnNaN()], losses(1.0, bad, 1.0)).epoch == [0, 1]
    assert capsys.readouterr().out == "Epoch 00001: Invalid loss, terminating training\n"


def test_terminate_on_nan_does_not_force_batch_calls_but_uses_them(fit, capsys):
    assert not cb.overrides_batch_hooks(cb.TerminateOnNaN())
    fit([cb.TerminateOnNaN(), cb.BaseLogger()], losses(math.nan, 1.0))
    assert capsys.readouterr().out == "Batch 0: Invalid loss, terminating training\n"


def test_terminate_on_nan_looks_once_a_second_within_an_epoch(model, monkeypatch, capsys):
    now, fetched = [0.0], []
    monkeypatch.setattr(stopping, "time", SimpleNamespace(monotonic=lambda: now[0]))
    guard = cb.TerminateOnNaN()
    guard.set_model(model)
    guard.set_params({"steps": 100})
    guard.on_train_begin()
    for step in range(100):
        now[0] += 0.1
        guard.update(
            step, lambda: fetched.append(1) or {"loss": math.nan if len(fetched) > 3 else 1.0}
        )
    assert len(fetched) in (9, 10)
    assert model.stop_training
    guard.on_train_end()
    assert re.fullmatch(
        r"After (39|40|41) steps: Invalid loss, terminating training\n", capsys.readouterr().out
    )


def test_logs_without_a_loss_are_fine(fit, model):
    fit([cb.TerminateOnNaN()], [{"acc": 1.0}])
    assert not model.stop_training


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_terminate_on_nan_ends_the_epoch_of_a_program(version):
    """As in Keras 2.0.7 and 2.2.4, which leave the validation out, too; 2.0.4 has no such class."""
    from jaxcnn.layers import Dense
    from jaxcnn.models import Sequential

    x, y = np.ones((20, 2), "float32"), np.ones((20, 1), "float32")
    held_out = x.copy(), y
    x[8:12] = 3e38
    with speaking(version):
        model = Sequential([Dense(1, input_dim=2, kernel_initializer="ones")])
        model.compile("sgd", "mse")
        batches = []
        seen = cb.LambdaCallback(on_batch_end=lambda batch, logs: batches.append(batch))
        with pytest.warns(RuntimeWarning, match="The loss of epoch 1 is inf"):
            history = model.fit(
                x,
                y,
                batch_size=4,
                epochs=3,
                callbacks=[cb.TerminateOnNaN(), seen],
                verbose=0,
                shuffle=False,
                validation_data=held_out,
            )
    assert batches == [0, 1, 2] and history.history == {"loss": [math.inf]}
