"""LearningRateScheduler and ReduceLROnPlateau."""

import json
import math
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import callbacks as cb
from jaxcnn.spellings.dialect import speaking


def losses(*values):
    return [{"loss": value} for value in values]


def test_step_decay_of_the_notes(fit):
    def step_decay(epoch):
        return 0.1 * math.pow(0.5, math.floor((1 + epoch) / 10.0))

    fit([cb.LearningRateScheduler(step_decay)], losses(*range(12)))
    assert fit.rates == [0.1] * 9 + [0.05] * 3


def test_a_schedule_of_the_present_rate(fit):
    fit([cb.LearningRateScheduler(lambda epoch, lr: lr / 2)], losses(1, 1, 1))
    assert fit.rates == [0.05, 0.025, 0.0125]


def test_a_default_of_the_schedule_is_left_alone(fit):
    def schedule(epoch, lr=1.0):
        return lr / (epoch + 1)

    fit([cb.LearningRateScheduler(schedule)], losses(1, 1))
    assert fit.rates == [1.0, 0.5]


def test_keras_2_2_gives_and_reports_the_rate(fit):
    def schedule(epoch, lr=1.0):
        return lr / (epoch + 1)

    with speaking("2.2"):
        callback = cb.LearningRateScheduler(schedule)
        fit([callback], losses(1, 1, 1))
        logs = {}
        callback.on_epoch_end(0, logs)
    assert fit.rates == pytest.approx([0.1, 0.05, 0.05 / 3])
    assert logs == {"lr": pytest.approx(0.05 / 3)}


@pytest.mark.parametrize(
    "rate", [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5), jnp.asarray(0.5)]
)
def test_floats_of_all_kinds(rate, fit, model):
    fit([cb.LearningRateScheduler(lambda epoch: rate)], losses(1))
    assert type(model.optimizer.lr) is float and model.optimizer.lr == 0.5


@pytest.mark.parametrize("wrong", [None, 1, "0.1", [0.1], np.array([0.1]), np.int32(1)])
def test_anything_else_is_refused(wrong, fit):
    with pytest.raises(ValueError, match="the schedule must return a float, got"):
        fit([cb.LearningRateScheduler(lambda epoch: wrong)], losses(1))


def test_a_type_error_inside_the_schedule_is_not_hidden(fit):
    with pytest.raises(TypeError, match="unsupported operand"):
        fit([cb.LearningRateScheduler(lambda epoch: epoch + "x")], losses(1))


def test_verbose_schedule(fit, capsys):
    fit([cb.LearningRateScheduler(lambda epoch: 0.25, verbose=1)], losses(1))
    assert (
        capsys.readouterr().out
        == "Epoch 00000: LearningRateScheduler setting learning rate to 0.25.\n"
    )


@pytest.mark.parametrize(
    "callback", [cb.LearningRateScheduler(lambda epoch: 0.1), cb.ReduceLROnPlateau("loss")]
)
def test_an_optimizer_without_a_rate(callback, fit, model):
    model.optimizer = object()
    run = cb.CallbackList([callback], model, {"metrics": []})
    with pytest.raises(
        ValueError, match="needs an optimizer with a learning rate `lr`, got object"
    ):
        run.on_epoch_begin(0)
        run.on_epoch_end(0, {"loss": 1.0})


def test_a_schedule_does_not_act_twice_on_an_epoch_that_is_resumed(model):
    def begin(state, epoch):
        scheduler = cb.LearningRateScheduler(lambda epoch, lr: lr / 2)
        scheduler.set_model(model)
        scheduler.on_train_begin()
        if state:
            scheduler.set_state(json.loads(json.dumps(state)))
        scheduler.on_epoch_begin(epoch)
        return scheduler.get_state()

    state = begin(None, 3)
    begin(state, 3)
    assert model.optimizer.lr == 0.05
    begin(state, 4)
    assert model.optimizer.lr == 0.025


def test_texts_and_patience_of_programs_of_2_2(fit, capsys):
    with speaking("2.2"):
        plateau = cb.ReduceLROnPlateau("loss", factor=0.5, patience=2, verbose=1)
        fit([plateau], [{"loss": 1.0}] * 5)
        fit([cb.LearningRateScheduler(lambda epoch: 0.5, verbose=1)], [{"loss": 1.0}])
    assert capsys.readouterr().out == (
        "\nEpoch 00003: ReduceLROnPlateau reducing learning rate to 0.05000000074505806.\n"
        "\nEpoch 00005: ReduceLROnPlateau reducing learning rate to 0.02500000037252903.\n"
        "\nEpoch 00001: LearningRateScheduler setting learning rate to 0.5.\n"
    )


def test_plateau_waits_patience_epochs_and_then_reduces_again(fit):
    history = fit([cb.ReduceLROnPlateau("loss", factor=0.5, patience=2)], losses(*[1.0] * 9))
    # Bad epochs begin at 1; the third of them (epoch 3) reduces, and from then on every second one.
    expected = [0.1] * 4 + [0.05] * 2 + [0.025] * 2 + [0.0125]
    assert history.history["lr"] == pytest.approx(expected)
    assert history.history["learning_rate"] is history.history["lr"]
    assert fit.rates == history.history["lr"]


def test_cooldown(fit):
    fit([cb.ReduceLROnPlateau("loss", factor=0.5, patience=0, cooldown=3)], losses(*[1.0] * 7))
    assert fit.rates == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025])


@pytest.mark.parametrize("argument", ["epsilon", "min_delta"])
def test_epsilon_and_its_later_spelling(argument, fit):
    fit(
        [cb.ReduceLROnPlateau("loss", factor=0.5, patience=0, **{argument: 0.5})],
        losses(2.0, 1.75, 1.0, 0.75),
    )
    assert fit.rates == pytest.approx([0.1, 0.1, 0.05, 0.05])


def test_epsilon_given_twice():
    with pytest.raises(ValueError, match="the same argument"):
        cb.ReduceLROnPlateau(epsilon=0.5, min_delta=0.5)


def test_the_rate_never_falls_below_its_floor(fit, model):
    fit([cb.ReduceLROnPlateau("loss", factor=0.1, patience=0, min_lr=0.02)], losses(*[1.0] * 6))
    assert model.optimizer.lr == 0.02


def test_plateau_of_an_accuracy(fit):
    fit(
        [cb.ReduceLROnPlateau("acc", factor=0.5, patience=0)],
        [{"acc": v} for v in (0.1, 0.2, 0.1, 0.3)],
    )
    assert fit.rates == pytest.approx([0.1, 0.1, 0.1, 0.05])


@pytest.mark.parametrize("factor", [1.0, 2])
def test_a_factor_of_one_or_more(factor):
    with pytest.raises(ValueError, match="does not support a factor >= 1"):
        cb.ReduceLROnPlateau(factor=factor)


def test_plateau_message(fit, capsys):
    fit([cb.ReduceLROnPlateau("loss", factor=0.5, patience=0, verbose=1)], losses(1, 1))
    assert (
        capsys.readouterr().out == "\nEpoch 00001: reducing learning rate to 0.05000000074505806.\n"
    )


def test_resuming_a_plateau(fit, model):
    def plateau():
        return cb.ReduceLROnPlateau("loss", factor=0.5, patience=2, cooldown=1)

    whole = fit([plateau()], losses(*[1.0] * 10)).history["lr"]
    model.optimizer.lr = 0.1
    fit([plateau()], losses(*[1.0] * 4))
    states = json.loads(json.dumps(fit.states[0])), {}
    assert (
        fit([plateau()], losses(*[1.0] * 6), initial_epoch=4, states=states).history["lr"] == whole
    )


def test_a_rate_at_its_least_is_not_reduced_again(fit, model, capsys):
    plateau = cb.ReduceLROnPlateau("loss", 0.5, patience=0, verbose=1, min_lr=0.05)
    fit([plateau], [{"loss": 1.0}] * 6)
    assert model.optimizer.lr == pytest.approx(0.05)
    assert capsys.readouterr().out.count("reducing learning rate") == 1


def test_a_rate_that_is_a_variable_and_the_later_name_of_epsilon():
    with speaking("2.2"):
        plateau = cb.ReduceLROnPlateau(patience=2)
        plateau.set_model(SimpleNamespace(optimizer=SimpleNamespace(lr=K.variable(1.0))))
        for epoch, loss in enumerate([0.086, 0.1096, 0.104]):
            plateau.on_epoch_end(epoch, {"val_loss": loss})
        assert plateau.model.optimizer.lr == pytest.approx(0.1)
        with pytest.warns(UserWarning, match="`epsilon` argument is deprecated"):
            later = cb.ReduceLROnPlateau(epsilon=1e-13)
        assert later.min_delta == 1e-13 and not hasattr(later, "epsilon")
