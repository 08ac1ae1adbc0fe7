"""``jaxcnn classify``: five lines of label and score, or one sentence about what is wrong."""

import json

import numpy as np
import pytest
from PIL import Image

from jaxcnn import applications
from jaxcnn.commands import main
from jaxcnn.commands.classify import read_images


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A JAXCNN_HOME with a list of classes, two images beside it, and no network."""
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    (tmp_path / "models").mkdir()
    classes = {str(i): [f"n{i:08d}", f"thing_{i}"] for i in range(1000)}
    (tmp_path / "models" / "imagenet_class_index.json").write_text(json.dumps(classes))
    for name, value in (("dark.png", 20), ("light.jpg", 230)):
        Image.new("RGB", (40, 30), (value, value, 128)).save(tmp_path / name)
    return tmp_path


def test_five_lines_an_image(home, capsys):
    applications.SqueezeNet(weights=None).save_weights(home / "weights.h5")
    arguments = ["--model", "squeezenet", "--weights", str(home / "weights.h5")]
    assert main(["classify", str(home / "dark.png"), *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    label, score = lines[0].split(" (score = ")
    assert label.startswith("thing_") and len(score) == len("0.88493)")
    assert (
        main(
            ["classify", str(home / "dark.png"), str(home / "light.jpg"), "--top", "2", *arguments]
        )
        == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0] == f"{home / 'dark.png'}:"
        and lines[3] == f"{home / 'light.jpg'}:"
        and len(lines) == 6
    )


@pytest.mark.parametrize(
    ("picture", "model", "message"),
    [
        ("absent.jpg", "MobileNet", "there is no file"),
        ("models/imagenet_class_index.json", "MobileNet", "cannot be read as an image"),
        ("dark.png", "MobileNett", "MobileNet"),
        ("dark.png", "MobileNet", "mobilenet_1_0_224_tf.h5 is neither in"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(home, capsys, picture, model, message):
    assert main(["classify", str(home / picture), "--model", model]) == 1
    sentences = capsys.readouterr().err.removeprefix(
        "MobileNet: building it and reading its weights\n"
    )
    assert sentences.startswith("jaxcnn classify: ") and message in sentences
    ways = [
        "\n  curl -L --create-dirs -o ",
        "models/mobilenet_1_0_224_tf.h5 https://storage.google",
    ]
    assert all((way in sentences) == ("neither" in message) for way in ways)


def test_images_become_arrays_of_one_size(home):
    pictures = read_images([home / "dark.png", home / "light.jpg"], 16)
    assert pictures.shape == (2, 16, 16, 3) and pictures.dtype == np.float32
    np.testing.assert_allclose(pictures[0], np.broadcast_to([20.0, 20.0, 128.0], (16, 16, 3)))


@pytest.mark.parametrize(
    ("name", "advice"), [("squeeznet", "Did you mean 'SqueezeNet'?"), ("Nope", "Known: AlexNet, ")]
)
def test_an_unknown_network_is_answered_by_the_names_of_those_that_are(name, advice, home, capsys):
    assert main(["classify", str(home / "dark.png"), "--model", name]) != 0
    said = capsys.readouterr().err
    assert advice in said and "custom_objects" not in said
