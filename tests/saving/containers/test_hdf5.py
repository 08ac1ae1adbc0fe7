"""HDF5 files group by group: names, versions, weights and the optimizer."""

import json

import h5py
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Sequential, load_model
from jaxcnn.saving.containers import hdf5
from jaxcnn.saving.dialects.old_weights import Origin


@pytest.fixture
def group():
    with h5py.File("unnamed", "w", driver="core", backing_store=False) as file:
        yield file


def model(compiled=False):
    model = Sequential(
        [L.Dense(2, name="z", input_shape=(3,)), L.Flatten(), L.Dense(1, name="a")], name="s"
    )
    if compiled:
        model.compile("adam", "mse")
        model.train_on_batch(np.ones((2, 3)), np.ones((2, 1)))
    return model


def test_the_attributes_of_a_file(tmp_path):
    trained = model(compiled=True)
    trained.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert {k: file.attrs[k] for k in ("keras_version", "backend", "written_by")} == {
            "keras_version": "2.2.4",
            "backend": "tensorflow",
            "written_by": "jaxcnn",
        }
        assert set(file) == {"model_weights", "optimizer_weights"}
        weights = file["model_weights"]
        assert weights.attrs["backend"] == "tensorflow"
        assert weights.attrs["keras_version"] == "2.2.4"
        assert list(weights.attrs["layer_names"]) == [b"z", b"flatten_1", b"a"]
        assert list(weights["z"].attrs["weight_names"]) == [b"z/kernel:0", b"z/bias:0"]
        names = list(file["optimizer_weights"].attrs["weight_names"])
        assert names[0] == b"training/Adam/iterations:0" and len(names) == 13
        config = json.loads(file.attrs["training_config"])
        assert config["loss"] == "mean_squared_error"
    trained.save(tmp_path / "m.h5", include_optimizer=False)
    with h5py.File(tmp_path / "m.h5") as file:
        assert "training_config" not in file.attrs and set(file) == {"model_weights"}
    fresh = model()
    fresh.compile("adam", "mse")
    fresh.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert "training_config" in file.attrs and set(file) == {"model_weights"}
    trained.save_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5") as file:
        assert set(file) == {"z", "flatten_1", "a"} and "model_config" not in file.attrs


def test_names_in_one_attribute_or_several(group):
    hdf5.write_names(group, "short", ["a", "é"])
    assert hdf5.read_names(group, "short") == ["a", "é"] and "short0" not in group.attrs
    names = [f"{i:05d}" + "x" * 995 for i in range(60)]  # 60,000 bytes
    hdf5.write_names(group, "full", names)
    assert "full" in group.attrs
    names.append("y" * 1000)
    hdf5.write_names(group, "long", names)
    assert {k for k in group.attrs if k.startswith("long")} == {"long0", "long1"}
    assert hdf5.read_names(group, "long") == names
    assert hdf5.read_names(group, "none") == []


def test_weights_of_equal_names_are_counted():
    dense = L.Dense(1, name="d")
    entries = [(dense, ("params", "kernel"))] * 3 + [(dense, ("params", "inner", "kernel"))]
    assert hdf5.weight_names(entries) == [
        "d/kernel:0",
        "d/kernel~1:0",
        "d/kernel~2:0",
        "d/inner/kernel:0",
    ]


def test_strings_come_as_bytes_or_text():
    assert hdf5.text(b"a") == hdf5.text("a") == "a" and hdf5.text(np.bytes_(b"a")) == "a"


def stored_layer(group, name, **arrays):
    inner = group.create_group(name)
    inner.attrs["weight_names"] = np.array([k.replace("__", "/").encode() for k in arrays])
    for key, array in arrays.items():
        inner.create_dataset(key.replace("__", "/"), data=array)
    return inner


@pytest.mark.parametrize(
    ("attributes", "weight", "origin"),
    [
        ({"keras_version": "2.1.6", "backend": "theano"}, "d__kernel", Origin(2, "theano")),
        ({"keras_version": "1.2.2"}, "d_W", Origin(1)),
        ({"keras_version": "3.1.0"}, "kernel", Origin(3)),
        ({}, "d_W", Origin(1)),
        ({}, "kernel", Origin(1)),
        ({}, "d__kernel", Origin(2)),
        ({}, "d__W", Origin(1)),
    ],
)
def test_where_weights_come_from(group, attributes, weight, origin):
    group.attrs["layer_names"] = np.array([b"d"])
    for key, value in attributes.items():
        group.attrs[key] = np.bytes_(value.encode())
    stored_layer(group, "d", **{weight: np.ones(2)})
    (stored,), found = hdf5.read_stored(group)
    assert found == origin
    assert stored.name == "d" and stored.names == [weight.replace("__", "/")]
    np.testing.assert_array_equal(stored.arrays[0], [1, 1])


def test_weights_whose_group_has_them_by_their_last_name(group):
    inner = stored_layer(group, "d", kernel=np.ones(1))
    assert hdf5.stored_array(inner, "d/kernel") == 1.0
    inner.create_dataset("d/kernel", data=np.zeros(1))
    assert hdf5.stored_array(inner, "d/kernel") == 0.0


def test_numbered_layers(group):
    group.attrs["nb_layers"] = 2
    for k in range(3):
        inner = group.create_group(f"layer_{k}")
        for j in range(2):
            inner.create_dataset(f"param_{j}", data=np.full(1, 10 * k + j))
    group["layer_1"].attrs["nb_params"] = 1
    stored, origin = hdf5.read_stored(group)
    assert origin == Origin(1, "", before_1=True)
    assert [s.name for s in stored] == ["layer_0", "layer_1"]
    assert [s.names for s in stored] == [["param_0", "param_1"], ["param_0"]]
    assert [[int(a[0]) for a in s.arrays] for s in stored] == [[0, 1], [10]]


@pytest.mark.parametrize(
    ("version", "writer", "sorted_by_name"),
    [("2.0.4", None, True), ("1.2.2", None, True), ("2.1.0", None, False), ("2.0.4", "us", True)],
)
def test_the_optimizers_weights_of_keras_2_0_are_sorted_by_name(
    tmp_path, version, writer, sorted_by_name
):
    trained = model(compiled=True)
    trained.save(path := tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        file.attrs["keras_version"] = np.bytes_(version.encode())
        del file.attrs["written_by"]
        if writer:
            file.attrs["written_by"] = writer
        config = json.loads(file.attrs["model_config"])
        file.attrs["model_config"] = json.dumps(config)
        group = file["optimizer_weights"]
        if sorted_by_name:  # a/bias, a/kernel, z/bias, z/kernel
            names = list(group.attrs["weight_names"])
            slots = [names[1:5], names[5:9]]
            names[1:] = [slot[i] for slot in slots for i in (3, 2, 1, 0)]
            group.attrs["weight_names"] = np.array(names)
    loaded = load_model(path)
    for (name, a), (_, b) in zip(
        loaded.optimizer_arrays(), trained.optimizer_arrays(), strict=True
    ):
        np.testing.assert_array_equal(a, b, err_msg=name)


@pytest.mark.parametrize(
    ("version", "writer", "marks"),
    [
        ("", "", {"keras_version": "1"}),
        ("2.2.4", "", {"keras_version": "2.2.4"}),
        ("2.3.1", "jaxcnn", {"keras_version": "2.3.1", "written_by": "jaxcnn"}),
    ],
)
def test_the_configuration_is_read_as_that_of_its_writer(
    tmp_path, monkeypatch, version, writer, marks
):
    model().save(path := tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        for key, value in (("keras_version", version), ("written_by", writer)):
            del file.attrs[key]
            if value:
                file.attrs[key] = value
    seen = {}
    read = hdf5.model_from_config
    monkeypatch.setattr(
        hdf5, "model_from_config", lambda config, *rest: seen.update(config) or read(config, *rest)
    )
    load_model(path)
    assert {k: v for k, v in seen.items() if k not in ("class_name", "config", "name")} == marks


def test_a_file_without_a_version_is_of_keras_1(tmp_path):
    model().save(path := tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        del file.attrs["keras_version"], file.attrs["written_by"]
        dense = {"class_name": "Dense", "config": {"name": "z", "output_dim": 2}}
        dense["config"] |= {"batch_input_shape": [None, 3], "init": "uniform"}
        last = {"class_name": "Dense", "config": {"name": "a", "output_dim": 1}}
        config = {"class_name": "Sequential", "config": [dense, last]}
        file.attrs["model_config"] = np.bytes_(json.dumps(config).encode())
    assert [layer.units for layer in load_model(path).layers] == [2, 1]


def test_files_that_are_none(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match=r"There is no file .*nowhere"),
        hdf5.opened(tmp_path / "nowhere"),
    ):
        pass
    (tmp_path / "text").write_text("no")
    with (
        pytest.raises(ValueError, match="neither an HDF5 file nor"),
        hdf5.opened(tmp_path / "text"),
    ):
        pass
    model().save_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="holds weights but no model: build the model and use"):
        load_model(tmp_path / "w.h5")


def test_files_that_exist(tmp_path):
    hdf5.check_free(tmp_path / "new", False)
    (tmp_path / "old").write_text("")
    hdf5.check_free(tmp_path / "old", True)
    with pytest.raises(FileExistsError, match=r"old exists; pass overwrite=True"):
        hdf5.check_free(tmp_path / "old", False)


def test_a_file_that_the_program_has_open(group):
    x, before = np.ones((2, 3)), model(compiled=True)
    for place in (group, group.require_group("inside")):
        before.save(place)
        again = load_model(place)
        np.testing.assert_array_equal(again.predict(x), before.predict(x))
        assert again.optimizer is not None
    before.save_weights(group)
    again = model()
    again.load_weights(group)
    np.testing.assert_array_equal(again.predict(x), before.predict(x))
    with pytest.raises(ValueError, match="weights but no model"):
        load_model(group)


def test_what_else_an_open_file_holds_stays(group):
    group["data"], group.attrs["of"] = np.arange(3), "mine"
    before = model(compiled=True)
    before.save(group)
    model().save(group)
    assert load_model(group).optimizer is None  # nothing is left of the one before
    before.save_weights(group)
    model().load_weights(group)
    assert group["data"][:].tolist() == [0, 1, 2] and group.attrs["of"] == "mine"
    assert "model_weights" not in group and "model_config" not in group.attrs
    other = group.create_group("other")
    name = other[before.layers[0].name] = np.arange(2)
    with pytest.raises(ValueError, match=r"holds .*write into a group of its own"):
        before.save_weights(other)
    assert other[before.layers[0].name][:].tolist() == name.tolist()
