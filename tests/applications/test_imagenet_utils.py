"""ImageNet's conventions: preprocessed values by hand, and the names of classes."""

import json

import numpy as np
import pytest

from jaxcnn.applications import imagenet_utils
from jaxcnn.applications.imagenet_utils import decode_predictions, preprocess_input

RED_GREEN_BLUE = np.array([10, 20, 30], np.uint8)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A JAXCNN_HOME with a list of classes, and no network."""
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    (tmp_path / "models").mkdir()
    classes = {str(i): [f"n{i:08d}", f"thing_{i}"] for i in range(1000)}
    (tmp_path / "models" / "imagenet_class_index.json").write_text(json.dumps(classes))
    return tmp_path


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("caffe", [30 - 103.939, 20 - 116.779, 10 - 123.68]),
        ("tf", [10 / 127.5 - 1, 20 / 127.5 - 1, 30 / 127.5 - 1]),
        (
            "torch",
            [(10 / 255 - 0.485) / 0.229, (20 / 255 - 0.456) / 0.224, (30 / 255 - 0.406) / 0.225],
        ),
        ("raw", [10, 20, 30]),
    ],
)
def test_preprocessed_values(mode, expected):
    image = np.tile(RED_GREEN_BLUE, (2, 4, 1))
    before = image.copy()
    last = preprocess_input(image, "channels_last", mode)
    np.testing.assert_allclose(last, np.broadcast_to(expected, (2, 4, 3)), rtol=1e-6)
    first = preprocess_input(image.transpose(2, 0, 1)[None], "channels_first", mode)
    np.testing.assert_allclose(first[0].transpose(1, 2, 0), last, rtol=1e-6)
    np.testing.assert_array_equal(image, before)
    assert last.dtype == (np.uint8 if mode == "raw" else np.float32)


def test_images_that_cannot_be_preprocessed():
    with pytest.raises(ValueError, match="`mode` is 'coffee'"):
        preprocess_input(RED_GREEN_BLUE, mode="coffee")
    with pytest.raises(ValueError, match="`data_format` is 'last'"):
        preprocess_input(RED_GREEN_BLUE, "last")
    with pytest.raises(ValueError, match="axis 2 must hold 3 channels"):
        preprocess_input(np.zeros((3, 5, 4)), "channels_last")


def test_decode_predictions(home):
    scores = np.zeros((2, 1000), "float32")
    scores[0, [3, 7]], scores[1, 999] = (0.3, 0.7), 1.0
    first, second = decode_predictions(scores, top=2)
    assert first == [
        ("n00000007", "thing_7", pytest.approx(0.7)),
        ("n00000003", "thing_3", pytest.approx(0.3)),
    ]
    assert second[0] == ("n00000999", "thing_999", 1.0)
    with pytest.raises(ValueError, match=r"shape \(1, 10\); expected \(batch, 1000\)"):
        decode_predictions(np.ones((1, 10)))
    (home / "models" / "imagenet_class_index.json").write_text("{}")
    imagenet_utils._read_class_index.cache_clear()
    with pytest.raises(ValueError, match="not ImageNet's list"):
        decode_predictions(scores)
    imagenet_utils._read_class_index.cache_clear()
