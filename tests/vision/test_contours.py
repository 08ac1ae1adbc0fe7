"""Outlines of shapes by OpenCV, and what to do without it."""

import sys

import cv2
import numpy as np
import pytest

from jaxcnn import vision


def mask():
    """A rectangle with a hole, and a disc in the hole."""
    image = np.zeros((60, 80), np.uint8)
    cv2.rectangle(image, (5, 5), (60, 50), 1, -1)
    cv2.rectangle(image, (15, 15), (50, 40), 0, -1)
    cv2.circle(image, (30, 28), 6, 1, -1)
    return image.astype(bool)


def test_contours_of_all_modes():
    outer, _ = vision.find_contours(mask(), "external")
    assert len(outer) == 1
    np.testing.assert_array_equal(np.sort(outer[0], axis=0), [[5, 5], [5, 5], [60, 50], [60, 50]])
    contours, levels = vision.find_contours(mask())
    assert len(contours) == 3 and levels.shape == (3, 4)
    parents = levels[:, 3]
    assert sorted(parents) == [-1, 0, 1]  # the disc in the hole in the rectangle
    for mode in ("list", "ccomp"):
        assert len(vision.find_contours(mask(), mode)[0]) == 3


def test_contours_of_all_methods():
    sizes = {
        method: len(vision.find_contours(mask(), "external", method)[0][0])
        for method in vision.contours.METHODS
    }
    assert sizes["simple"] == 4 and sizes["none"] == 2 * (55 + 45)
    whole = vision.find_contours(mask(), "external", "none")[0][0]
    steps = np.abs(np.diff(np.concatenate([whole, whole[:1]]), axis=0)).max(1)
    np.testing.assert_array_equal(steps, 1)  # each point is a neighbour of the one before


def test_nothing_has_no_contours():
    contours, levels = vision.find_contours(np.zeros((5, 5), bool))
    assert contours == [] and levels.shape == (0, 4)


def test_contours_are_drawn_on_a_copy():
    image = np.zeros((60, 80, 3), np.uint8)
    contours, _ = vision.find_contours(mask(), "external")
    actual = vision.draw_contours(image, contours, (0, 255, 0), 1)
    assert not image.any()
    assert (actual[5, 5:61] == (0, 255, 0)).all() and not actual[8, 8].any()
    assert (vision.draw_contours(image, contours, (1, 2, 3), -1)[8, 8] == (1, 2, 3)).all()


def test_contours_refuse():
    with pytest.raises(ValueError, match="mask must be bool"):
        vision.find_contours(mask().astype(np.uint8))
    with pytest.raises(ValueError, match="`mode` is 'trees'; it must be one of external"):
        vision.find_contours(mask(), "trees")
    with pytest.raises(ValueError, match="`method` is 'all'"):
        vision.find_contours(mask(), method="all")
    with pytest.raises(ValueError, match="uint8"):
        vision.draw_contours(np.zeros((5, 5)), [])


def test_without_opencv(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(ImportError, match='pip install "opencv-python-headless<5"'):
        vision.find_contours(mask())
    with pytest.raises(ImportError, match='pip install "opencv-python-headless<5"'):
        vision.write_video(tmp_path / "a.avi", [np.zeros((8, 8, 3), np.uint8)])
