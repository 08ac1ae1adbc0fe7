"""Frames of folders and of videos."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn.datasets import frames
from jaxcnn.datasets.formats import DamagedFileError

from .conftest import REAL


def test_frames_of_a_folder(tmp_path):
    for i in range(12):
        Image.fromarray(np.full((6, 4), i, np.uint8)).save(tmp_path / f"frame{i}.png")
    actual = list(frames.read_frames(tmp_path, step=3))
    assert [int(frame[0, 0, 0]) for frame in actual] == [0, 3, 6, 9]
    assert actual[0].shape == (6, 4, 3)
    assert len(list(frames.read_frames(tmp_path, limit=2, size=(3, 2)))) == 2
    with pytest.raises(ValueError, match="step must be at least 1"):
        list(frames.read_frames(tmp_path, step=0))
    with pytest.raises(FileNotFoundError, match="no video or folder of frames"):
        list(frames.read_frames(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DamagedFileError, match="it has no images"):
        list(frames.read_frames(tmp_path / "empty"))


def test_frames_of_a_real_video():
    if not (path := REAL / "media/bikes.mp4").exists():
        pytest.skip(f"needs a real video: {path}")
    actual = list(frames.read_frames(path, step=10, limit=3, size=(60, 80)))
    assert [frame.shape for frame in actual] == [(60, 80, 3)] * 3
    assert not np.array_equal(actual[0], actual[1])


def test_a_video_that_is_none(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"not a video")
    with pytest.raises(DamagedFileError, match="not a video that OpenCV reads"):
        list(frames.read_frames(tmp_path / "a.mp4"))
