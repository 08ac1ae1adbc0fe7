"""The worst mistakes and the confusion matrix."""

import numpy as np
import pytest

from jaxcnn.visualization import (
    confusion_matrix,
    plot_confusion_matrix,
    plot_worst_mistakes,
)

from .conftest import titles


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


def test_no_mistake_is_an_image_too(tmp_path, drawn):
    assert (
        plot_worst_mistakes(np.zeros((2, 4, 4)), [0, 1], np.eye(2), tmp_path / "a.png").tolist()
        == []
    )
    assert drawn[0].get_suptitle() == "0 of 2 wrong"


@pytest.mark.parametrize(
    ("x", "truth", "probabilities", "names", "message"),
    [
        (3, [0, 1], np.eye(2), None, "as many images as true classes"),
        (2, [0, 1, 1], np.eye(2), None, "as many images as true classes"),
        (2, [0, 1], [0.1, 0.2], None, "as many images as true classes"),
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


def test_confusion_matrix_image(tmp_path, drawn):
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
