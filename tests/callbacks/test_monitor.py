"""Which way is better, and what happens when the watched value is not there."""

import warnings

import pytest

from jaxcnn import callbacks as cb
from jaxcnn.callbacks.logs import Monitor


@pytest.mark.parametrize(
    ("name", "mode", "expected"),
    [
        ("val_loss", "auto", "min"),
        ("val_acc", "auto", "max"),
        ("categorical_accuracy", "auto", "max"),
        ("fmeasure", "auto", "max"),
        ("val_loss", "max", "max"),
        ("acc", "min", "min"),
    ],
)
def test_direction(name, mode, expected):
    monitor = Monitor("Test", name, mode)
    assert monitor.mode == expected
    assert monitor.improved(1.0, monitor.worst)
    assert monitor.improved(0.4, 0.5) == (expected == "min")
    assert not monitor.improved(float("nan"), monitor.worst)


def test_min_delta_must_be_exceeded():
    assert not Monitor("Test", "loss", "min", 0.25).improved(0.75, 1.0)
    assert Monitor("Test", "loss", "min", 0.25).improved(0.74, 1.0)
    assert not Monitor("Test", "acc", "max", 0.25).improved(1.25, 1.0)


def test_an_unknown_mode_warns_and_counts_as_auto():
    with pytest.warns(RuntimeWarning, match="EarlyStopping: mode 'maximum' is unknown"):
        assert cb.EarlyStopping("val_acc", mode="maximum")._monitor.mode == "max"


def test_auto_on_a_score_warns_that_smaller_counts_as_better():
    """One book monitors val_dice_coef, where Keras's "auto" keeps the worst model."""
    with pytest.warns(RuntimeWarning, match="mode='auto' takes a smaller val_dice_coef as better"):
        cb.ModelCheckpoint("x.h5", monitor="val_dice_coef", save_best_only=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cb.ModelCheckpoint("x.h5", monitor="val_dice_coef", save_best_only=True, mode="max")
        cb.ModelCheckpoint("x.h5", monitor="val_dice_coef")


CALLBACKS = {
    "EarlyStopping": lambda name: cb.EarlyStopping(monitor=name, patience=9),
    "ModelCheckpoint": lambda name: cb.ModelCheckpoint("x.h5", monitor=name, save_best_only=True),
    "ReduceLROnPlateau": lambda name: cb.ReduceLROnPlateau(monitor=name),
}


@pytest.mark.parametrize("owner", CALLBACKS)
def test_an_absent_monitor_warns_once_and_names_the_nearest(owner, fit, model):
    with pytest.warns(RuntimeWarning) as caught:
        fit([CALLBACKS[owner]("los")], [{"loss": 1.0, "acc": 0.5}] * 3)
    assert len(caught) == 1
    text = str(caught[0].message)
    assert text.startswith(f"{owner} watches 'los', which is not reported. Available: loss, acc")
    assert text.endswith(" Did you mean 'loss'?")
    assert not model.stop_training and not model.saved


def test_an_absent_validation_value_says_what_it_needs(fit):
    with pytest.warns(
        RuntimeWarning, match="val_ values need validation_data or validation_split in fit"
    ):
        fit([cb.EarlyStopping()], [{"loss": 1.0}], metrics=["loss", "val_loss"])


def test_epochs_without_validation_are_passed_over_in_silence(fit, model):
    logs = [{"loss": 1.0}, {"loss": 1.0, "val_loss": 1.0}] * 3
    stopping = cb.EarlyStopping(patience=1)
    fit([stopping], logs, metrics=["loss", "val_loss"], do_validation=True)
    assert stopping.stopped_epoch == 5


@pytest.mark.parametrize(
    ("watched", "reported"), [("val_acc", "val_accuracy"), ("val_accuracy", "val_acc")]
)
def test_monitors_answer_to_both_spellings(watched, reported, fit, model):
    checkpoint = cb.ModelCheckpoint("x.h5", monitor=watched, save_best_only=True)
    fit([checkpoint], [{reported: value} for value in (0.5, 0.75, 0.25)])
    assert len(model.saved) == 2 and checkpoint.best == 0.75
