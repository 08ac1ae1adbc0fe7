"""The pictures are looked at through the drawn figure: what is in it, not how it looks."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.visualization import (
    classification,
    confusion_matrix,
    image_grid,
    images,
    plot_confusion_matrix,
    plot_history,
    plot_worst_mistakes,
)
from jaxcnn.visualization import history as history_module

RECORD = {
    "loss": [1.0, 0.5, 0.2],
    "acc": [0.5, 0.8, 0.9],
    "val_loss": [0.9, 0.4, 0.6],
    "val_acc": [0.6, 0.85, 0.8],
}


@pytest.fixture
def drawn(monkeypatch):
    """Collects every figure that is saved."""
    figures = []
    for module in (history_module, images, classification):

        def save(figure, path, save=module.save):
            figures.append(figure)
            return save(figure, path)

        monkeypatch.setattr(module, "save", save)
    return figures


def lines(axes):
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for line in axes.get_lines()
    }


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


# history
# --------------------------------------------------------------------------------------------------------------


def test_history_draws_each_quantity_and_marks_the_best_epoch(tmp_path, drawn):
    path = plot_history(RECORD, tmp_path / "new/curves.png", title="MNIST")
    with Image.open(path) as picture:
        assert picture.size[0] > 1000
    loss, accuracy = drawn[0].axes
    assert [axes.get_title(loc="left") for axes in (loss, accuracy)] == ["loss", "acc"]
    assert lines(loss)["training"] == ([1, 2, 3], RECORD["loss"])
    assert lines(loss)["validation"] == ([1, 2, 3], RECORD["val_loss"])
    assert lines(loss)["best epoch 2: 0.4"] == ([2], [0.4])
    assert lines(accuracy)["best epoch 2: 0.85"] == ([2], [0.85])


def test_history_without_validation_and_with_nan(tmp_path, drawn):
    plot_history({"loss": [np.nan, 3.0, 2.0, np.nan]}, tmp_path / "a.png")
    assert lines(drawn[0].axes[0])["best epoch 3: 2"] == ([3], [2.0])
    plot_history({"loss": [np.nan]}, tmp_path / "b.png")
    assert (tmp_path / "b.png").exists()


def test_history_of_a_continued_run_counts_on(tmp_path, drawn):
    class History:
        history = {"loss": [2.0, 1.0]}  # noqa: RUF012
        epoch = [5, 6]  # noqa: RUF012

    plot_history(History(), tmp_path / "a.png")
    assert lines(drawn[0].axes[0])["best epoch 7: 1"] == ([7], [1.0])


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


# images
# ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 8, 6), (5, 8, 6, 1), (5, 8, 6, 3)])
def test_grid_shows_every_image_with_its_title(tmp_path, drawn, shape):
    pictures = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    image_grid(pictures, tmp_path / "a.png", titles=list("abcde"), columns=3)
    assert titles(drawn[0]) == list("abcde")
    for axes, picture in zip(drawn[0].axes, pictures, strict=True):
        np.testing.assert_allclose(axes.get_images()[0].get_array(), np.squeeze(picture) / 255)


def test_grid_reads_channels_first_where_that_is_set(tmp_path, drawn):
    pictures = np.random.default_rng(0).random((2, 3, 8, 6))
    config.set_image_data_format("channels_first")
    try:
        image_grid(pictures, tmp_path / "a.png")
    finally:
        config.reset()
    np.testing.assert_allclose(
        drawn[0].axes[1].get_images()[0].get_array(), pictures[1].transpose(1, 2, 0), rtol=1e-6
    )


def test_grid_stretches_fractions_outside_0_to_1(tmp_path, drawn):
    image_grid(np.array([[[-1.0, 0.0], [1.0, 3.0]]]), tmp_path / "a.png")
    np.testing.assert_allclose(drawn[0].axes[0].get_images()[0].get_array(), [[0, 0.25], [0.5, 1]])


@pytest.mark.parametrize("shape", [(28, 28), (2, 8, 8, 2), (0, 8, 8), (2, 8, 8, 3, 1)])
def test_grid_refuses_other_shapes(tmp_path, shape):
    with pytest.raises(ValueError, match=r"expected images \(n, height, width\)"):
        image_grid(np.zeros(shape), tmp_path / "a.png")


def test_grid_refuses_another_number_of_titles(tmp_path):
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        image_grid(np.zeros((2, 4, 4)), tmp_path / "a.png", titles=["a"])


# classification
# -------------------------------------------------------------------------------------------------------


def test_worst_mistakes_come_first(tmp_path, drawn):
    probabilities = np.array(
        [[0.9, 0.1, 0], [0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.99, 0, 0.01], [0, 0, 1]]
    )
    truth = np.array([0, 1, 0, 2, 2])
    x = np.zeros((5, 4, 4), np.uint8)
    worst = plot_worst_mistakes(x, truth, probabilities, tmp_path / "a.png")
    assert worst.tolist() == [3, 1, 2]
    assert titles(drawn[0]) == ["2 as 0, 99%", "1 as 0, 60%", "0 as 1, 50%"]
    assert drawn[0].get_suptitle() == "3 of 5 wrong (60.00%): the worst mistakes"
    for labels in (truth[:, None], np.eye(3)[truth]):
        worst = plot_worst_mistakes(
            x, labels, probabilities, tmp_path / "b.png", 2, ["ant", "bird", "cat"]
        )
        assert worst.tolist() == [3, 1]
        assert titles(drawn[-1]) == ["cat\nas ant, 99%", "bird\nas ant, 60%"]


def test_worst_mistakes_of_a_single_output(tmp_path, drawn):
    worst = plot_worst_mistakes(
        np.zeros((3, 4, 4)), [1, 0, 1], [[0.2], [0.3], [0.4]], tmp_path / "a.png"
    )
    assert worst.tolist() == [0, 2]
    assert titles(drawn[0]) == ["1 as 0, 80%", "1 as 0, 60%"]


def test_no_mistake_is_a_picture_too(tmp_path, drawn):
    assert (
        plot_worst_mistakes(np.zeros((2, 4, 4)), [0, 1], np.eye(2), tmp_path / "a.png").tolist()
        == []
    )
    assert drawn[0].get_suptitle() == "0 of 2 wrong"


@pytest.mark.parametrize(
    ("x", "truth", "probabilities", "names", "message"),
    [
        (3, [0, 1], np.eye(2), None, "as many pictures as true classes"),
        (2, [0, 1, 1], np.eye(2), None, "as many pictures as true classes"),
        (2, [0, 1], [0.1, 0.2], None, "as many pictures as true classes"),
        (2, [0, 2], np.eye(2), None, "classes from 0 to 1; got 0 to 2"),
        (2, [0, 1], np.eye(2), ["a"], "1 class names for 2 classes"),
    ],
)
def test_worst_mistakes_refuses(tmp_path, x, truth, probabilities, names, message):
    with pytest.raises(ValueError, match=message):
        plot_worst_mistakes(
            np.zeros((x, 4, 4)), truth, probabilities, tmp_path / "a.png", class_names=names
        )


def test_confusion_matrix_counts():
    expected = [[1, 1, 0], [0, 2, 0], [1, 0, 0]]
    np.testing.assert_array_equal(confusion_matrix([0, 0, 1, 1, 2], [0, 1, 1, 1, 0]), expected)
    np.testing.assert_array_equal(
        confusion_matrix([[0], [0], [1], [1], [2]], np.eye(3)[[0, 1, 1, 1, 0]]), expected
    )
    assert confusion_matrix([0], [1], 4).shape == (4, 4)


def test_confusion_matrix_picture(tmp_path, drawn):
    truth, guess = np.repeat(np.arange(3), 10), np.repeat(np.arange(3), 10)
    guess[:2] = 2
    matrix = plot_confusion_matrix(truth, guess, tmp_path / "a.png", ["cat", "dog", "horse"])
    assert matrix.tolist() == [[8, 0, 2], [0, 10, 0], [0, 0, 10]]
    axes = drawn[0].axes[0]
    assert [text.get_text() for text in axes.texts] == ["8", "2", "10", "10"]
    assert axes.get_title(loc="left") == "30 samples, 93.33% right"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "horse"]


def test_confusion_matrix_of_many_classes(tmp_path, drawn):
    labels = np.arange(100)
    plot_confusion_matrix(labels, labels, tmp_path / "a.png")
    assert list(drawn[0].axes[0].texts) == []


@pytest.mark.parametrize(
    ("truth", "guess", "classes", "message"),
    [
        ([0, 1], [0], None, "2 true and 1 predicted"),
        ([0, 3], [0, 1], 3, "classes from 0 to 2"),
        ([0, -1], [0, 1], None, "classes from 0 to 1"),
        ([], [], None, "at least one"),
    ],
)
def test_confusion_matrix_refuses(truth, guess, classes, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(truth, guess, classes)


def test_nothing_touches_pyplot_and_importing_is_free_of_matplotlib(tmp_path):
    code = (
        "import sys, jaxcnn.visualization as v\n"
        "assert 'matplotlib' not in sys.modules\n"
        f"v.plot_history({{'loss': [2, 1]}}, {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
