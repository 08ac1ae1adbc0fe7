"""Files that somebody else made: what reaches out of them, or is larger than they are."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from jaxcnn.layers import Dense, Layer
from jaxcnn.models import Sequential, load_model, model_from_json, model_from_yaml
from jaxcnn.utils.untrusted import one_error, open_hdf5, read_member

SECRET = b"the text of another file " * 16


def external(group, name, folder):
    group.create_dataset(name, (4, 2), "<f4", external=[(str(folder / "secret"), 0, 32)])


def virtual(group, name, folder):
    layout = h5py.VirtualLayout((4, 2), "<f4")
    layout[:] = h5py.VirtualSource(str(folder / "other.h5"), "secret", (4, 2))
    group.create_virtual_dataset(name, layout)


def external_link(group, name, folder):
    group[name] = h5py.ExternalLink(str(folder / "other.h5"), "secret")


def soft_link(group, name, folder):
    group[name] = h5py.SoftLink("/")


def texts(group, name, folder):
    group.create_dataset(name, data=np.full((4, 2), b"text"))


def variable_length(group, name, folder):
    group.create_dataset(name, (4, 2), h5py.string_dtype())


def references(group, name, folder):
    group.create_dataset(name, (4, 2), h5py.ref_dtype)


def pairs(group, name, folder):
    group.create_dataset(name, (4, 2), np.dtype([("a", "f4"), ("b", "f4")]))


def nothing(group, name, folder):
    group.create_dataset(name, data=h5py.Empty("f4"))


def huge(group, name, folder):
    group.create_dataset(name, (40_000, 40_000), "<f4")


HOSTILE = {
    external: "lies in other files",
    virtual: "lies in other files",
    external_link: "is a link",
    soft_link: "is a link",
    texts: "an array of numbers is needed",
    variable_length: "an array of numbers is needed",
    references: "an array of numbers is needed",
    pairs: "an array of numbers is needed",
    nothing: "an array of numbers is needed",
    huge: "more than the",
}


@pytest.mark.parametrize("container", ["model.h5", "model.keras", "model.weights.h5"])
@pytest.mark.parametrize("replace", HOSTILE, ids=lambda function: function.__name__)
def test_a_weight_that_is_no_array_of_the_file(replace, container, tmp_path):
    (tmp_path / "secret").write_bytes(SECRET)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = np.ones((4, 2), "f4")
    model, path = Sequential([Dense(2, input_shape=(4,), name="d")]), tmp_path / container
    kernel = model.get_weights()[0]
    model.save_weights(path) if "weights" in container else model.save(path)

    def spoil(file):
        names = []
        file.visititems(lambda name, item: names.append(name) if hasattr(item, "shape") else None)
        name = next(name for name in names if file[name].shape == (4, 2))
        del file[name]
        replace(file, name, tmp_path)

    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        weights = io.BytesIO(contents["model.weights.h5"])
        with h5py.File(weights, "r+") as file:
            spoil(file)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in {**contents, "model.weights.h5": weights.getvalue()}.items():
                archive.writestr(name, content)
    else:
        with h5py.File(path, "r+") as file:
            spoil(file)
    with pytest.raises(ValueError, match=HOSTILE[replace]) as refused:
        model.load_weights(path)
    assert str(path) in str(refused.value)
    np.testing.assert_array_equal(model.get_weights()[0], kernel)
    if "weights" not in container:
        with pytest.raises(ValueError, match=HOSTILE[replace]):
            load_model(path)


def test_groups_that_contain_themselves_end(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("a")["again"] = file["/"]
        file["a/array"] = np.ones(3)
    with open_hdf5(tmp_path / "a.h5") as file:
        assert list(file["a/again/a/array"]) == [1, 1, 1]


def test_zip_bombs(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b"0" * (1 << 27))
        archive.writestr("small", b"0" * (1 << 20))
    with zipfile.ZipFile(path) as archive:
        assert len(read_member(archive, "small", path)) == 1 << 20
        with pytest.raises(ValueError, match=r"config\.json would take 134,217,728 bytes"):
            read_member(archive, "config.json", path)
    with pytest.raises(ValueError, match="would take"):
        load_model(path)


def raising(error):
    """As a module of the library does."""
    exec("raise error", {"__name__": "jaxcnn.saving.reader", "error": error})


@pytest.mark.parametrize(
    "error",
    [
        TypeError("no"),
        AttributeError("no"),
        IndexError("no"),
        KeyError("no"),
        RecursionError("no"),
        MemoryError("no"),
        OverflowError("no"),
        json.JSONDecodeError("no", "", 0),
        UnicodeDecodeError("utf-8", b"", 0, 0, "no"),
        zipfile.BadZipFile("no"),
        ValueError("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_failure_names_the_file(error):
    with pytest.raises(ValueError, match=r"^m\.h5") as raised, one_error("m.h5", "a Keras file"):
        raising(error)
    assert raised.value.__cause__ is error


def test_failures_that_stay_as_they_are():
    for error in (FileNotFoundError("m.h5"), PermissionError("m.h5"), ValueError("m.h5: layer 3")):
        with pytest.raises(type(error)) as raised, one_error("m.h5", "a Keras file"):
            raising(error)
        assert raised.value is error


def test_what_a_class_of_a_user_raises_when_a_file_is_read(tmp_path):
    class Mine(Layer):
        def call(self, inputs):
            return inputs

        @classmethod
        def from_config(cls, config):
            return config["absent"]

    for name in ("m.h5", "m.keras"):
        path = tmp_path / name
        Sequential([Mine(input_shape=(3,))]).save(path)
        with pytest.raises(KeyError, match="absent") as caught:
            load_model(path, custom_objects={"Mine": Mine})
        assert caught.value.__notes__[-1] == f"While {path} was read."
        assert not any("errors/" in note for note in caught.value.__notes__)


def test_configurations_without_end():
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9))
    bomb = f"a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n{levels}\nclass_name: Sequential\nconfig: *a8"
    with pytest.raises(ValueError, match="more than 1,000,000 values"):
        model_from_yaml(bomb)
    inside_itself = "class_name: Sequential\nconfig: &a {layers: *a}"
    with pytest.raises(ValueError, match="more than 1,000,000 values"):
        model_from_yaml(inside_itself)
    nested = '{"class_name": "Sequential", "config": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}"
    with pytest.raises(ValueError, match="nested too deeply"):
        model_from_json(nested)


@pytest.mark.parametrize("wrong", [None, 3, "x", [], [3], {"layers": 3}, {"layers": [{"a": 1}]}])
def test_configurations_that_are_none(wrong):
    for name in ("Sequential", "Model", "Dense", None, 3, []):
        with pytest.raises(ValueError):
            model_from_json(json.dumps({"class_name": name, "config": wrong}))
