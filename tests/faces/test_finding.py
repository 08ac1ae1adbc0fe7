"""Faces in pictures: the cascade, and the networks that name emotion and gender."""

from pathlib import Path

import numpy as np
import pytest

from jaxcnn import config, faces
from jaxcnn.faces.finding import Face, grayscale
from jaxcnn.layers import Dense, GlobalAveragePooling2D
from jaxcnn.models import Sequential, load_model
from jaxcnn.preprocessing.image import load_img


@pytest.fixture
def brightness():
    """A network for which bright faces are 'light'."""
    model = Sequential(
        [
            GlobalAveragePooling2D(input_shape=(6, 4, 1)),
            Dense(2, activation="softmax", use_bias=False),
        ]
    )
    model.set_weights([np.float32([[-4, 4]])])
    return model


def test_faces_are_cut_out_and_scaled_to_minus_one_to_one(brightness):
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[10:20, 30:45] = 255
    squares = [Face(30, 10, 15, 10), Face(0, 0, 10, 10)]
    (first, sure), (second, other) = faces.classify_faces(
        brightness, picture, squares, ("dark", "light")
    )
    assert (first, second) == ("light", "dark")
    assert sure == pytest.approx(1 / (1 + np.exp(-8)))
    assert other == pytest.approx(sure)
    _, less = faces.classify_faces(brightness, picture, squares[:1], ("dark", "light"), margin=0.5)[
        0
    ]
    assert less < 0.99
    assert faces.classify_faces(brightness, picture, [], ("dark", "light")) == []
    with pytest.raises(ValueError, match="to 3 classes is needed"):
        faces.classify_faces(brightness, picture, squares, ("a", "b", "c"))


def test_gray_values():
    picture = np.uint8([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]])
    np.testing.assert_array_equal(grayscale(picture), [[76, 150, 29]])
    with pytest.raises(ValueError, match="uint8"):
        grayscale(picture / 255)


def test_cascades_that_are_not_there_or_damaged(tmp_path):
    picture = np.zeros((50, 50), np.uint8)
    assert faces.find_faces(picture) == []
    with pytest.raises(FileNotFoundError, match="no cascade"):
        faces.find_faces(picture, cascade=tmp_path / "absent.xml")
    (tmp_path / "bad.xml").write_text("<opencv_storage></opencv_storage>")
    with pytest.raises(ValueError, match="no cascade"):
        faces.find_faces(picture, cascade=tmp_path / "bad.xml")


def test_without_opencv(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(ImportError, match="opencv-python-headless<5"):
        faces.find_faces(np.zeros((50, 50), np.uint8))


def test_twelve_angry_men():
    home = Path(config.home())
    files = [
        home / "media/12_angry_men.jpg",
        home / "models/gender_mini_XCEPTION.21-0.95.hdf5",
        home / "models/fer2013_mini_XCEPTION.102-0.66.hdf5",
    ]
    if missing := [str(path) for path in files if not path.is_file()]:
        pytest.skip(f"needs {', '.join(missing)}")
    picture = np.asarray(load_img(files[0]))
    found = faces.find_faces(picture)
    assert len(found) >= 8
    gender, emotion = (load_model(path, compile=False) for path in files[1:])
    genders = [
        label
        for label, _ in faces.classify_faces(gender, picture, found, faces.GENDERS, margin=0.4)
    ]
    assert genders.count("man") >= len(found) - 1
    emotions = [label for label, _ in faces.classify_faces(emotion, picture, found, faces.EMOTIONS)]
    assert (
        sum(label in ("neutral", "sad", "angry") for label in emotions) >= len(found) - 1
    )  # nobody laughs
