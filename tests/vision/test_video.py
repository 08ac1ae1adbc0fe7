"""Videos written, read again, taken apart and named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn import vision
from jaxcnn.datasets.frames import read_frames


def frames(n, shape=(48, 64)):
    """Flat frames, each of its own colour."""
    return [np.full((*shape, 3), (8 * i, 255 - 8 * i, 100), np.uint8) for i in range(n)]


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
def test_videos_are_read_as_they_were_written(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    assert vision.write_video(path, frames(12)) == 12
    actual = list(read_frames(path))
    assert len(actual) == 12 and actual[0].shape == (48, 64, 3)
    for before, after in zip(frames(12), actual, strict=True):
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
    actual = vision.save_frames(tmp_path / "a.avi", tmp_path / "frames", limit=20, first=2)
    assert [path.name for path in actual] == [f"{i}.png" for i in range(2, 22)]
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
    with pytest.raises(ValueError, match="returned 1 labels for 2 frames"):
        vision.tag_video(frames(2), lambda batch: ["a"])
    with pytest.raises(ValueError, match="no labels"):
        vision.tag_video([], classify)
    with pytest.raises(ValueError, match="batch_size"):
        vision.tag_video(frames(2), classify, 0)
