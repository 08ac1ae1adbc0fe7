"""Contours, and videos written, taken apart and named; all of it with OpenCV."""

import sys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn import vision
from jaxcnn.datasets.frames import read_frames


def mask():
    """A rectangle with a hole, and a disc in the hole."""
    picture = np.zeros((60, 80), np.uint8)
    cv2.rectangle(picture, (5, 5), (60, 50), 1, -1)
    cv2.rectangle(picture, (15, 15), (50, 40), 0, -1)
    cv2.circle(picture, (30, 28), 6, 1, -1)
    return picture.astype(bool)


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
    picture = np.zeros((60, 80, 3), np.uint8)
    contours, _ = vision.find_contours(mask(), "external")
    found = vision.draw_contours(picture, contours, (0, 255, 0), 1)
    assert not picture.any()
    assert (found[5, 5:61] == (0, 255, 0)).all() and not found[8, 8].any()
    assert (vision.draw_contours(picture, contours, (1, 2, 3), -1)[8, 8] == (1, 2, 3)).all()


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
    with pytest.raises(ImportError, match=r'pip install "jaxcnn\[vision\]"'):
        vision.find_contours(mask())
    with pytest.raises(ImportError, match=r'pip install "jaxcnn\[vision\]"'):
        vision.write_video(tmp_path / "a.avi", frames(2))


def frames(n, shape=(48, 64)):
    """Flat frames, each of its own colour."""
    return [np.full((*shape, 3), (8 * i, 255 - 8 * i, 100), np.uint8) for i in range(n)]


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
def test_videos_are_read_as_they_were_written(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    assert vision.write_video(path, frames(12)) == 12
    found = list(read_frames(path))
    assert len(found) == 12 and found[0].shape == (48, 64, 3)
    for before, after in zip(frames(12), found, strict=True):
        assert np.abs(before.astype(int) - after).mean() < 6  # they are compressed
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([], "no frames"),
        ([*frames(2), np.zeros((10, 10, 3), np.uint8)], "frame 2 is uint8"),
        ([*frames(1), np.zeros((48, 64, 3))], "frame 1 is float64"),
    ],
)
def test_bad_frames_leave_no_file(tmp_path, bad, message):
    with pytest.raises(ValueError, match=message):
        vision.write_video(tmp_path / "a.avi", bad)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"\.mp4 or \.avi"):
        vision.write_video(tmp_path / "a.gif", frames(2))


def test_frames_are_saved_under_their_numbers(tmp_path):
    vision.write_video(tmp_path / "a.avi", frames(30))
    found = vision.save_frames(tmp_path / "a.avi", tmp_path / "frames", limit=20, first=2)
    assert [path.name for path in found] == [f"{i}.png" for i in range(2, 22)]
    video = list(read_frames(tmp_path / "a.avi", limit=20))
    for saved, frame in zip(read_frames(tmp_path / "frames"), video, strict=True):
        np.testing.assert_array_equal(saved, frame)


def test_majority():
    assert vision.majority(["a", "b", "b", "a", "b"]) == ("b", 0.6)
    assert vision.majority([2, 1, 1, 2]) == (2, 0.5)
    with pytest.raises(ValueError, match="no labels"):
        vision.majority([])


@given(st.lists(st.integers(0, 3), min_size=1))
def test_majority_is_most_frequent(labels):
    label, share = vision.majority(labels)
    assert all(labels.count(label) >= labels.count(other) for other in labels)
    assert share == labels.count(label) / len(labels)


def test_tag_video():
    seen = []

    def classify(batch):
        seen.append(len(batch))
        return ["red" if frame[0, 0, 0] > 100 else "green" for frame in batch]

    assert vision.tag_video(iter(frames(31)), classify, batch_size=10) == ("red", 18 / 31)
    assert seen == [10, 10, 10, 1]
    with pytest.raises(ValueError, match="gave 1 labels for 2 frames"):
        vision.tag_video(frames(2), lambda batch: ["a"])
    with pytest.raises(ValueError, match="no labels"):
        vision.tag_video([], classify)
    with pytest.raises(ValueError, match="batch_size"):
        vision.tag_video(frames(2), classify, 0)
