"""Folders of classes: labels, order, subsets, files that cannot be read."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.preprocessing.image import ImageDataGenerator, save_img

from .conftest import color

PLAIN = ImageDataGenerator()


def test_classes_are_folders(folder, capsys):
    flow = PLAIN.flow_from_directory(folder, target_size=(8, 6), batch_size=5, shuffle=False)
    assert capsys.readouterr().out == "Found 5 images belonging to 2 classes.\n"
    assert flow.class_indices == {"cats": 0, "dogs": 1}
    assert flow.filenames == [
        "cats/a.png",
        "cats/b.PNG",
        "cats/more/c.png",
        "dogs/a.png",
        "dogs/b.png",
    ]
    assert flow.classes.tolist() == [0, 0, 0, 1, 1] and flow.classes.dtype == np.int32
    assert (flow.samples, flow.n, flow.num_class, flow.num_classes, len(flow)) == (5, 5, 2, 2, 1)
    assert flow.image_shape == (8, 6, 3)
    x, y = next(flow)
    assert x.shape == (5, 8, 6, 3) and x.dtype == np.float32
    assert x[:, 0, 0, 0].tolist() == [10, 11, 12, 20, 21]
    assert y.tolist() == [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]]


def test_class_modes(folder):
    def labels(mode):
        return next(PLAIN.flow_from_directory(folder, (4, 4), class_mode=mode, shuffle=False))

    assert (
        labels("binary")[1].tolist() == [0, 0, 0, 1, 1] and labels("binary")[1].dtype == np.float32
    )
    assert labels("sparse")[1].tolist() == [0, 0, 0, 1, 1] and labels("sparse")[1].dtype == np.int32
    assert labels(None).shape == (5, 4, 4, 3)
    x, y = labels("input")
    np.testing.assert_array_equal(x, y)


def test_order_of_named_classes(folder):
    flow = PLAIN.flow_from_directory(
        folder, (4, 4), classes=["dogs", "cats"], class_mode="sparse", shuffle=False
    )
    assert flow.class_indices == {"dogs": 0, "cats": 1}
    assert next(flow)[0][:, 0, 0, 0].tolist() == [20, 21, 10, 11, 12]


@pytest.mark.parametrize(("mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)])
def test_color_modes_and_channels_first(folder, mode, channels):
    generator = ImageDataGenerator(data_format="channels_first", rescale=0.1)
    x, _ = next(generator.flow_from_directory(folder, (4, 5), mode, shuffle=False))
    assert x.shape == (5, channels, 4, 5)
    np.testing.assert_allclose(x[:, 0, 0, 0], [1.0, 1.1, 1.2, 2.0, 2.1], rtol=1e-6)


def test_subsets_are_taken_from_each_class(folder):
    generator = ImageDataGenerator(validation_split=0.5)
    validation = generator.flow_from_directory(folder, (4, 4), subset="validation", shuffle=False)
    training = generator.flow_from_directory(folder, (4, 4), subset="training", shuffle=False)
    assert validation.filenames == ["cats/a.png", "dogs/a.png"]
    assert training.filenames == ["cats/b.PNG", "cats/more/c.png", "dogs/b.png"]


def test_saved_images_are_numbered_by_place(folder, tmp_path):
    next(
        PLAIN.flow_from_directory(
            folder, (4, 4), save_to_dir=tmp_path / "out", save_prefix="x", save_format="png"
        )
    )
    assert sorted(p.name.rsplit("_", 1)[0] for p in (tmp_path / "out").iterdir()) == [
        f"x_{i}" for i in range(5)
    ]


def test_a_truncated_file_is_named(folder):
    whole = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    save_img(folder / "dogs/c.jpg", whole)
    content = (folder / "dogs/c.jpg").read_bytes()
    (folder / "dogs/c.jpg").write_bytes(content[: len(content) // 2])
    (folder / "dogs/d.jpg").write_text("no image")
    flow = PLAIN.flow_from_directory(folder, (4, 4), shuffle=False)
    with pytest.raises(OSError, match=r"dogs/c\.jpg: the image is damaged or truncated"):
        next(flow)
    with pytest.warns(UserWarning, match=r"2 images are left out: .*c\.jpg.*d\.jpg"):
        flow = PLAIN.flow_from_directory(folder, (4, 4), shuffle=False, skip_unreadable=True)
    assert flow.samples == 5 and len(next(flow)[0]) == 5


def test_folders_that_will_not_do(folder, tmp_path):
    (folder / "birds").mkdir()
    with pytest.raises(ValueError, match=r"class folder .*birds has no images \(png, jpg"):
        PLAIN.flow_from_directory(folder)
    with pytest.raises(
        ValueError, match=r"no class folder 'dog'; it has birds, cats, dogs. Did you mean 'dogs'"
    ):
        PLAIN.flow_from_directory(folder, classes=["cats", "dog"])
    save_img(folder / "birds/a.png", color(30))
    with pytest.raises(ValueError, match=r'"binary" is for two classes; .* has 3'):
        PLAIN.flow_from_directory(folder, class_mode="binary")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="has no folders"):
        PLAIN.flow_from_directory(tmp_path / "empty")
    with pytest.raises(FileNotFoundError):
        PLAIN.flow_from_directory(tmp_path / "missing")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"class_mode": "multi"}, "Invalid class_mode: 'multi'"),
        ({"color_mode": "hsv"}, "Invalid color mode: 'hsv'"),
        ({"interpolation": "cubic"}, "Invalid interpolation: 'cubic'"),
        ({"target_size": (3, 3, 3)}, "`target_size`"),
        ({"subset": "validation"}, "validation_split"),
    ],
)
def test_settings_without_a_meaning(folder, settings, message):
    with pytest.raises(ValueError, match=message):
        PLAIN.flow_from_directory(folder, **settings)


def test_real_dogs_and_cats(capsys):
    folder = config.home() / "datasets/dogs_vs_cats/train"
    if not folder.exists():
        pytest.skip(f"{folder} is missing")
    generator = ImageDataGenerator(
        rescale=1 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    flow = generator.flow_from_directory(folder, (150, 150), class_mode="binary", seed=0)
    assert capsys.readouterr().out == "Found 2000 images belonging to 2 classes.\n"
    assert flow.class_indices == {"cats": 0, "dogs": 1}
    x, y = next(flow)
    assert x.shape == (32, 150, 150, 3) and 0 <= x.min() < 0.1 and 0.9 < x.max() <= 1
    assert set(y) == {0.0, 1.0}


@pytest.mark.parametrize("draft", [False, True])
def test_drafts_of_photographs(draft, tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    (tmp_path / "a").mkdir()
    Image.fromarray(x).save(tmp_path / "a" / "0.jpg", quality=100, subsampling=0)
    flow = PLAIN.flow_from_directory(tmp_path, (2, 2), class_mode=None, draft=draft)
    means = x.reshape(2, 8, 2, 8, 3).mean((1, 3))  # of the squares in which JPEG is stored
    assert (np.abs(next(flow)[0] - means).max() < 3) == draft
