"""jaxcnn faces: people are learnt from a folder and named in a film; a stranger is one."""

import os
import signal
import sys

import numpy as np
import pytest
from PIL import Image

from jaxcnn import commands
from jaxcnn.commands import faces as command
from jaxcnn.datasets.frames import read_camera, read_frames
from jaxcnn.faces import acquaintance
from jaxcnn.faces.acquaintance import Acquaintance
from jaxcnn.faces.database import FaceDatabase
from jaxcnn.faces.finding import Face
from jaxcnn.layers import GlobalAveragePooling2D
from jaxcnn.models import Sequential
from jaxcnn.vision import write_video


def bright(image):
    """In place of the cascade: whatever is not black is one face."""
    return [Face(20, 20, 40, 40)] if image.mean() > 20 else []


@pytest.fixture
def seen(monkeypatch):
    """The cascade finds every bright image; there is no display."""
    monkeypatch.setattr(acquaintance, "find_faces", bright)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def known(tmp_path):
    """Ada is half bright, whoever is not is a stranger."""
    encoder = Sequential([GlobalAveragePooling2D(input_shape=(64, 64, 1))])
    Acquaintance(encoder, FaceDatabase({"Ada": [0.0]}), 0.1).save(tmp_path / "known")
    return tmp_path / "known"


@pytest.fixture
def film(tmp_path):
    """Nobody, Ada twice, a stranger."""
    (tmp_path / "film").mkdir()
    for i, shade in enumerate((0, 128, 128, 250)):
        Image.fromarray(np.full((80, 80, 3), shade, np.uint8)).save(tmp_path / f"film/{i}.png")
    return tmp_path / "film"


def test_watch_names_people_and_strangers(seen, known, film, tmp_path, capsys):
    arguments = ["faces", "watch", str(film), "--known", str(known)]
    assert commands.main([*arguments, "--save", str(tmp_path / "out.avi")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "frame 0: nobody",
        "frame 1: Ada (distance 0.00)",
        "frame 3: stranger (distance 0.48)",
    ]
    assert lines[3:5] == ["Ada: on 2 of 4 frames", "stranger: on 1 of 4 frames"]
    assert lines[-1] == f"written to {tmp_path / 'out.avi'}"
    empty, ada, *_ = read_frames(tmp_path / "out.avi")
    assert empty.std() < 3 and ada[:20].std() > 10  # the name is written above the face
    assert commands.main([*arguments, "--threshold", "0.6", "--limit", "4"]) == 0
    assert "stranger" not in capsys.readouterr().out


def test_learn_says_which_photographs_it_did_not_use(seen, tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for name in ("ann", "bob"):
        (tmp_path / "album" / name).mkdir(parents=True)
        for i in range(4):
            pixels = (
                rng.integers(60, 200, (80, 80), np.uint8) if i else np.zeros((80, 80), np.uint8)
            )
            Image.fromarray(pixels).save(tmp_path / "album" / name / f"{i}.png")
    learn = command.learn

    def small(split, epochs, **options):
        return learn(split, epochs, 2, **options)

    monkeypatch.setattr(command, "learn", small)
    out = tmp_path / "out"
    arguments = ["faces", "learn", str(tmp_path / "album"), "--out", str(out), "--epochs", "1"]
    assert commands.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "ann: a face on 3 of 4 photographs" in printed
    assert f"no face, not used: {tmp_path / 'album/bob/0.png'}" in printed
    assert "1/1 [====" in printed  # epochs done, with the time that is left
    assert "of 2 photographs that it did not learn from" in printed
    assert list(Acquaintance.load(out).people) == ["ann", "bob"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["learn", "nowhere"], "There is no folder nowhere."),
        (["watch", "0", "--known", "nowhere"], "There is no encoder.h5 in nowhere"),
    ],
)
def test_faults_are_one_sentence(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert commands.main(["faces", *arguments]) == 1
    assert capsys.readouterr().err.startswith(f"jaxcnn faces: {sentence}")


def test_without_opencv_it_says_how_to_get_it(known, film, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert commands.main(["faces", "watch", str(film), "--known", str(known)]) == 1
    assert 'pip install "opencv-python-headless<5"' in capsys.readouterr().err


def test_a_camera_that_is_not_there(known, capfd):
    assert commands.main(["faces", "watch", "93", "--known", str(known)]) == 1
    assert "jaxcnn faces: Camera 93 gives no image" in capfd.readouterr().err


class Camera:
    """OpenCV's, of three images: blue, green, red in its order of channels."""

    def __init__(self, number):
        self.images = list(np.eye(3, dtype=np.uint8)[:, None, None] * 255)
        self.released = False
        Camera.last = self

    def isOpened(self):
        return True

    def read(self):
        return (True, self.images.pop(0)) if self.images else (False, None)

    def release(self):
        self.released = True


def test_a_camera_is_read_in_rgb_and_released(monkeypatch):
    monkeypatch.setattr("cv2.VideoCapture", Camera)
    blue, _, red = read_camera(0)
    assert blue.tolist() == [[[0, 0, 255]]] and red.tolist() == [[[255, 0, 0]]]
    assert Camera.last.released


def test_interrupting_a_camera_leaves_a_whole_video(tmp_path):
    def endless():
        for i in range(100):
            if i == 3:
                os.kill(os.getpid(), signal.SIGINT)
            yield np.full((32, 32, 3), 90, np.uint8)

    before = signal.getsignal(signal.SIGINT)
    with command.until_interrupted(endless()) as frames:
        assert write_video(tmp_path / "out.avi", frames) == 3
    assert signal.getsignal(signal.SIGINT) is before
    assert len(list(read_frames(tmp_path / "out.avi"))) == 3


def test_a_window_only_where_there_is_a_screen(seen, known, film, monkeypatch, capsys):
    import cv2

    shown = []
    monkeypatch.setattr(cv2, "imshow", lambda title, frame: shown.append(frame))
    monkeypatch.setattr(cv2, "waitKey", lambda pause: ord("q") if len(shown) == 2 else -1)
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: shown.append("closed"))
    monkeypatch.setattr(sys, "platform", "linux")
    arguments = ["faces", "watch", str(film), "--known", str(known)]
    assert commands.main(arguments) == 0 and not shown

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GUI:    NONE\n")
    assert commands.main(arguments) == 0 and not shown
    assert 'pip install "opencv-python<5"' in capsys.readouterr().out

    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GUI:    GTK3\n")
    assert commands.main(arguments) == 0
    assert len(shown) == 3 and shown[-1] == "closed"  # q was pressed at the second
    assert "2 frames" in capsys.readouterr().out
