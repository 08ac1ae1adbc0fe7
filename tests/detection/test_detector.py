"""From raw maps to labelled boxes on images, and the command line."""

import numpy as np
import pytest

from jaxcnn import commands, config, detection
from jaxcnn.detection import darknet
from jaxcnn.detection.heads import Head
from jaxcnn.preprocessing.image import load_img, save_img

ANCHORS = ((0.1, 0.2), (0.4, 0.3), (0.8, 0.9))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("independent", [True, False])
def test_decoding_by_loops(independent):
    head = Head(ANCHORS, (0, 2), 4, independent)
    raw = np.random.default_rng(0).standard_normal((2, 3, 5, 18)).astype(np.float32)
    detections = head.decode(raw)
    assert detections.boxes.shape == (2, 30, 4)
    index = 0
    for row in range(3):
        for column in range(5):
            for k, anchor in enumerate((0, 2)):
                numbers = raw[1, row, column, 9 * k : 9 * k + 9]
                box = [
                    (column + sigmoid(numbers[0])) / 5,
                    (row + sigmoid(numbers[1])) / 3,
                    ANCHORS[anchor][0] * np.exp(numbers[2]),
                    ANCHORS[anchor][1] * np.exp(numbers[3]),
                ]
                kinds = (
                    sigmoid(numbers[5:])
                    if independent
                    else np.exp(numbers[5:]) / np.exp(numbers[5:]).sum()
                )
                np.testing.assert_allclose(detections.boxes[1, index], box, rtol=1e-4)
                np.testing.assert_allclose(
                    detections.confidence[1, index], sigmoid(numbers[4]), rtol=1e-4
                )
                np.testing.assert_allclose(
                    detections.class_probabilities[1, index], kinds, rtol=1e-4
                )
                index += 1


def test_decoding_refuses_another_map():
    with pytest.raises(ValueError, match="18"):
        Head(ANCHORS, (0, 2), 4).decode(np.zeros((1, 3, 3, 17)))


def test_selection_of_the_course():
    """19 x 19 cells, 5 anchors, 80 classes, at most 10 boxes, thresholds .6 and .5."""
    rng = np.random.default_rng(0)
    n = 19 * 19 * 5
    boxes = rng.random((2, n, 4), np.float32)
    predictions = detection.Predictions(
        boxes, rng.random((2, n), np.float32), rng.random((2, n, 80), np.float32)
    )
    detections = detection.select(predictions)
    assert detections.boxes.shape == (2, 10, 4)
    assert np.asarray(detections.scores)[np.asarray(detections.valid)].min() >= 0.6


def test_each_argument_of_the_selection_counts():
    """Two boxes that overlap by 0.6, of two classes."""
    boxes = np.float32([[[0.5, 0.5, 0.4, 0.4], [0.6, 0.5, 0.4, 0.4]]])
    classes = np.eye(2, dtype=np.float32)[None]
    predictions = detection.Predictions(boxes, np.float32([[0.9, 0.7]]), classes)

    def count(**arguments):
        return int(detection.select(predictions, **arguments).valid.sum())

    assert count() == 2
    assert count(score_threshold=0.8) == 1
    assert count(max_boxes=1) == 1
    assert count(per_class=False) == 1
    assert count(per_class=False, iou_threshold=0.7) == 2


@pytest.fixture
def tiny(tmp_path):
    """The files of a network that sees one 'dot' in the middle of every image."""
    (tmp_path / "tiny.cfg").write_text(
        "[net]\nwidth=96\nheight=96\nchannels=3\n[maxpool]\nsize=32\nstride=32\n"
        "[convolutional]\nfilters=7\nsize=3\npad=1\nactivation=linear\n"
        "[region]\nanchors=1,1\nclasses=2\n"
    )
    network = darknet.build(darknet.read_sections(tmp_path / "tiny.cfg"))
    kernel = np.zeros((3, 3, 3, 7), np.float32)
    kernel[:, :, :, 4] = 1  # the middle cell alone has nine neighbours
    bias = np.float32([0, 0, 0, 0, -17.8, 6, 0])
    network.model.get_layer("conv_1").set_weights([kernel, bias])
    darknet.write_weights(network, tmp_path / "tiny.weights")
    (tmp_path / "tiny.names").write_text("dot\nblot\n")
    return tmp_path


def test_detection_on_images_of_two_sizes(tiny):
    detector = detection.Detector.from_darknet(
        *(tiny / f"tiny.{kind}" for kind in ("cfg", "weights", "names"))
    )
    square, wide = np.full((50, 50, 3), 255, np.uint8), np.full((96, 192, 3), 200, np.uint8)
    one, two = detector.detect([square, wide], score_threshold=0.9)
    assert [d.label for d in one] == ["dot"]
    np.testing.assert_allclose(one[0].box, [50 / 3, 50 / 3, 100 / 3, 100 / 3], rtol=1e-5)
    assert len(two) == 1
    np.testing.assert_allclose(two[0].box, [64, 16, 128, 80], rtol=1e-5)
    assert detector.detect([]) == []


def test_names_must_fit(tiny):
    (tiny / "tiny.names").write_text("dot\n")
    with pytest.raises(ValueError, match="2 classes; there are 1 names"):
        detection.Detector.from_darknet(
            *(tiny / f"tiny.{kind}" for kind in ("cfg", "weights", "names"))
        )


def test_drawing_marks_the_box_only():
    picture = np.zeros((120, 160, 3), np.uint8)
    drawn = detection.draw(picture, [detection.Detection("dog", 0.9, (40, 50, 100, 90))])
    assert not picture.any()
    assert drawn[50, 40:100].any(axis=1).all()
    assert drawn[50:90, 40].any(axis=1).all()
    assert not drawn[60:80, 60:90].any()


def test_command(tiny, capsys):
    save_img(tiny / "white.png", np.full((60, 60, 3), 255, np.uint8), scale=False)
    assert (
        commands.main(
            [
                "detect",
                str(tiny / "white.png"),
                "--cfg",
                str(tiny / "tiny.cfg"),
                "--names",
                str(tiny / "tiny.names"),
                "--out",
                str(tiny / "out"),
                "--threshold",
                "0.9",
            ]
        )
        == 0
    )
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].endswith("white.png: 1 object")
    assert printed[1].startswith("  dot (score = 0.9")
    assert load_img(tiny / "out/white_detected.png").size == (60, 60)


@pytest.mark.parametrize("text", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_command_on_an_unreadable_image(tiny, capsys, text):
    (tiny / "broken.png").write_bytes(text)
    options = ["--cfg", str(tiny / "tiny.cfg"), "--names", str(tiny / "tiny.names")]
    status = commands.main(["detect", str(tiny / "broken.png"), *options])
    assert status == 1
    assert "broken.png: this file is not an image" in capsys.readouterr().err


def test_command_without_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    assert commands.main(["detect", "any.png"]) == 1
    message = capsys.readouterr().err
    for name in ("yolov3-tiny.cfg", "yolov3-tiny.weights", "coco.names"):
        assert f"\n  curl -L --create-dirs -o {tmp_path}/models/{name} https://" in message
    assert commands.main(["detect", "any.png", "--cfg", "absent.cfg"]) == 1
    assert "There is no file absent.cfg." in capsys.readouterr().err


def test_real_network_on_real_images():
    home = config.home()
    files = [
        home / "models" / name for name in ("yolov3-tiny.cfg", "yolov3-tiny.weights", "coco.names")
    ]
    pictures = [home / "media" / name for name in ("darknet_dog.jpg", "street_people_cars.jpg")]
    if missing := [str(path) for path in (*files, *pictures) if not path.is_file()]:
        pytest.skip(f"needs {', '.join(missing)}")
    with pytest.warns(UserWarning, match="masks"):
        detector = detection.Detector.from_darknet(*files)
    dog, street = detector.detect([np.asarray(load_img(path)) for path in pictures])
    detections = {d.label: d.box for d in reversed(dog)}
    assert detections.keys() >= {
        "dog",
        "bicycle",
        "car",
    }  # the vehicle behind is a truck that this network calls a car
    assert float(detection.iou(detections["dog"], (131, 221, 310, 541))) > 0.6
    assert float(detection.iou(detections["bicycle"], (119, 125, 567, 420))) > 0.5
    assert sorted(d.label for d in street) == ["car", "car", "person", "person"]
