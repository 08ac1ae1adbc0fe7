import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.preprocessing.image import ImageDataGenerator, save_img

PLAIN = ImageDataGenerator()


def color(value, rows=8, columns=6):
    return np.full((rows, columns, 3), value, np.uint8)


@pytest.fixture
def folder(tmp_path):
    """cats: 10, 11, 12 (one in a folder of its own); dogs: 20, 21; the pictures have one grey value
    each.
    """
    for name, value in {
        "cats/a.png": 10,
        "cats/b.PNG": 11,
        "cats/more/c.png": 12,
        "dogs/a.png": 20,
        "dogs/b.png": 21,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        save_img(tmp_path / name, color(value, 8 + value % 3, 6), scale=False)
    (tmp_path / "cats/notes.txt").write_text("no picture")
    (tmp_path / "loose.png").write_bytes(b"")
    return tmp_path


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


def test_saved_pictures_are_numbered_by_place(folder, tmp_path):
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
    (folder / "dogs/d.jpg").write_text("no picture")
    flow = PLAIN.flow_from_directory(folder, (4, 4), shuffle=False)
    with pytest.raises(OSError, match=r"dogs/c\.jpg: the picture is damaged or truncated"):
        next(flow)
    with pytest.warns(UserWarning, match=r"2 pictures are left out: .*c\.jpg.*d\.jpg"):
        flow = PLAIN.flow_from_directory(folder, (4, 4), shuffle=False, skip_unreadable=True)
    assert flow.samples == 5 and len(next(flow)[0]) == 5


def test_folders_that_will_not_do(folder, tmp_path):
    (folder / "birds").mkdir()
    with pytest.raises(ValueError, match=r"class folder .*birds has no pictures \(png, jpg"):
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


# -- tables: anything that gives its columns by name, such as a pandas data frame ------------------


def table(**columns):
    return {
        "filename": ["cats/a.png", "dogs/a.png", "dogs/b.png"],
        "class": ["cat", "dog", "dog"],
        **columns,
    }


def test_classes_of_a_table(folder, capsys):
    flow = PLAIN.flow_from_dataframe(table(), folder, target_size=(4, 4), shuffle=False)
    assert capsys.readouterr().out == "Found 3 validated image filenames belonging to 2 classes.\n"
    assert flow.class_indices == {"cat": 0, "dog": 1}
    x, y = next(flow)
    assert x[:, 0, 0, 0].tolist() == [10, 20, 21] and y.tolist() == [[1, 0], [0, 1], [0, 1]]
    chosen = PLAIN.flow_from_dataframe(
        table(), folder, classes=["dog"], class_mode="sparse", shuffle=False
    )
    assert chosen.filenames == ["dogs/a.png", "dogs/b.png"]


def test_several_classes_a_picture(folder):
    labels = [["cat", "small"], ["dog"], ["dog", "small"]]
    flow = PLAIN.flow_from_dataframe(
        table(**{"class": labels}), folder, target_size=(4, 4), shuffle=False
    )
    assert next(flow)[1].tolist() == [[1, 0, 1], [0, 1, 0], [0, 1, 1]]


def test_numbers_of_a_table(folder, capsys):
    data = table(age=[1.5, 2, 3], height=[10, 20, 30], weight=[0.1, 0.2, 0.3])

    def batch(**settings):
        return next(
            PLAIN.flow_from_dataframe(data, folder, target_size=(4, 4), shuffle=False, **settings)
        )

    assert batch(y_col="age", class_mode="raw")[1].tolist() == [1.5, 2, 3]
    assert capsys.readouterr().out == "Found 3 validated image filenames.\n"
    _, (ages, heights) = batch(y_col=["age", "height"], class_mode="multi_output")
    assert ages.tolist() == [1.5, 2, 3] and heights.tolist() == [10, 20, 30]
    assert batch(class_mode="binary", weight_col="weight")[2].tolist() == [0.1, 0.2, 0.3]
    assert batch(class_mode=None).shape == (3, 4, 4, 3)


def test_files_of_a_table_that_are_missing(folder, capsys):
    data = {"filename": ["cats/a.png", "cats/x.png", "cats/notes.txt"], "class": ["a", "b", "b"]}
    with pytest.warns(
        UserWarning, match=r'Found 2 invalid image filename\(s\) in x_col="filename"'
    ):
        flow = PLAIN.flow_from_dataframe(data, folder, target_size=(4, 4))
    assert flow.filenames == ["cats/a.png"] and flow.class_indices == {"a": 0}
    flow = PLAIN.flow_from_dataframe(data, folder, validate_filenames=False)
    assert (
        "Found 3 non-validated image filenames belonging to 2 classes." in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("columns", "settings", "error", "message"),
    [
        ({"filename": [1, 2, 3]}, {}, TypeError, "must be strings; one is 1"),
        ({"class": [0, 1, 1]}, {}, TypeError, "strings, lists or tuples; one is 0"),
        (
            {"class": [["a"], "b", "b"]},
            {"class_mode": "sparse"},
            TypeError,
            r"strings; one is \['a'\]",
        ),
        (
            {"class": ["a", "b", "c"]},
            {"class_mode": "binary"},
            ValueError,
            "must be 2 classes. Found 3",
        ),
        ({}, {"class_mode": "multi_output"}, TypeError, "list of columns"),
        ({}, {"class_mode": "other"}, ValueError, "Invalid class_mode: 'other'"),
        ({"w": ["x", "y", "z"]}, {"weight_col": "w"}, TypeError, "weight_col=w must be numeric"),
    ],
)
def test_tables_that_will_not_do(folder, columns, settings, error, message):
    with pytest.raises(error, match=message):
        PLAIN.flow_from_dataframe(table(**columns), folder, **settings)


def test_real_dogs_and_cats(capsys):
    """P10's folder, when it is there."""
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
