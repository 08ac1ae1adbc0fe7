"""Tables of file names: anything whose columns have names, such as a pandas data frame."""

import pytest

from jaxcnn.preprocessing.image import ImageDataGenerator

PLAIN = ImageDataGenerator()


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


def test_several_classes_an_image(folder):
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


def test_rows_that_are_left_out_take_their_values_along(folder):
    (folder / "cats/b.PNG").write_text("no image")
    data = {
        "filename": ["cats/a.png", "cats/b.PNG", "dogs/a.png", "dogs/b.png"],
        "age": [1, 2, 3, 4],
        "weight": [0.1, 0.2, 0.3, 0.4],
    }
    with pytest.warns(UserWarning, match=r"1 images are left out: .*b\.PNG"):
        flow = PLAIN.flow_from_dataframe(
            data,
            folder,
            y_col="age",
            weight_col="weight",
            class_mode="raw",
            shuffle=False,
            skip_unreadable=True,
        )
    assert flow.filenames == ["cats/a.png", "dogs/a.png", "dogs/b.png"]
    assert [values.tolist() for values in next(flow)[1:]] == [[1, 3, 4], [0.1, 0.3, 0.4]]


def test_subsets_and_whole_paths(folder):
    data = table(filename=[str(folder / name) for name in table()["filename"]])
    generator = ImageDataGenerator(validation_split=0.4)
    parts = [
        generator.flow_from_dataframe(data, subset=subset).filepaths
        for subset in ("validation", "training")
    ]
    assert parts == [data["filename"][:1], data["filename"][1:]]
