"""Curves of training runs."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn.visualization import (
    plot_history,
)

RECORD = {
    "loss": [1.0, 0.5, 0.2],
    "acc": [0.5, 0.8, 0.9],
    "val_loss": [0.9, 0.4, 0.6],
    "val_acc": [0.6, 0.85, 0.8],
}


def lines(axes):
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.get_lines()
    }


def test_history_draws_each_quantity_and_marks_the_lowest_loss(tmp_path, drawn):
    path = plot_history(RECORD, tmp_path / "new/curves.png", title="MNIST")
    with Image.open(path) as image:
        assert image.size[0] > 1000
    loss, accuracy = drawn[0].axes
    assert [axes.get_title(loc="left") for axes in (loss, accuracy)] == ["loss", "acc"]
    assert lines(loss)["training"] == ([1, 2, 3], RECORD["loss"])
    assert lines(loss)["validation"] == ([1, 2, 3], RECORD["val_loss"])
    assert lines(loss)["lowest loss, epoch 2: 0.4"] == ([2], [0.4])
    assert lines(accuracy)["lowest loss, epoch 2: 0.85"] == ([2], [0.85])


def test_history_without_validation_and_with_nan(tmp_path, drawn):
    plot_history({"loss": [np.nan, 3.0, 2.0, np.nan]}, tmp_path / "a.png")
    assert lines(drawn[0].axes[0])["lowest loss, epoch 3: 2"] == ([3], [2.0])
    plot_history({"loss": [np.nan]}, tmp_path / "b.png")
    assert (tmp_path / "b.png").exists()


def test_history_of_a_continued_run_counts_on(tmp_path, drawn):
    class History:
        history = {"loss": [2.0, 1.0]}  # noqa: RUF012
        epoch = [5, 6]  # noqa: RUF012

    plot_history(History(), tmp_path / "a.png")
    assert lines(drawn[0].axes[0])["lowest loss, epoch 7: 1"] == ([7], [1.0])


def test_a_record_of_other_steps_says_so(tmp_path, drawn):
    plot_history({"loss": [2.0, 1.0]}, tmp_path / "a.png", step="iteration")
    (axes,) = drawn[0].axes
    assert axes.get_xlabel() == "iteration"
    assert lines(axes)["lowest loss, iteration 2: 1"] == ([2], [1.0])


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
def test_history_in_other_formats(tmp_path, suffix):
    assert plot_history(RECORD, tmp_path / f"a.{suffix}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        ({}, ValueError, "no epochs"),
        ({"loss": []}, ValueError, "no epochs"),
        ({"loss": [1.0], "acc": [1.0, 2.0]}, ValueError, "one number per epoch"),
        ([1.0], TypeError, "a History or a mapping of lists; got list"),
    ],
)
def test_history_refuses(tmp_path, history, error, message):
    with pytest.raises(error, match=message):
        plot_history(history, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
