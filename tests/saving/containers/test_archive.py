"""The files of Keras 3 group by group."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.saving.assignment import Matching
from jaxcnn.saving.containers import archive


class MyLSTM(L.LSTM):
    pass


@pytest.fixture
def file():
    with h5py.File("unnamed", "w", driver="core", backing_store=False) as opened:
        yield opened


def model():
    return Sequential(
        [L.Dense(2, name="first", input_shape=(3,)), L.Dense(2, name="second"), L.Flatten()],
        name="s",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dense", "dense"),
        ("MaxPooling2D", "max_pooling2d"),
        ("ConvLSTM2D", "conv_lstm2d"),
        ("LSTM", "lstm"),
        ("GRUCell", "gru_cell"),
        ("MyLSTM", "my_lstm"),
        ("StackedRNNCells", "stacked_rnn_cells"),
    ],
)
def test_names_of_groups(name, expected):
    assert archive.snake_case(name) == expected


def test_layers_are_numbered_by_their_classes():
    layers = [L.Dense(1), L.Flatten(), L.Dense(1), L.Dense(1), L.Flatten()]
    names = [name for name, _ in archive.numbered(layers)]
    assert names == ["dense", "flatten", "dense_1", "dense_2", "flatten_1"]
    x = L.Input((3,))
    assert [name for name, _ in archive.numbered([Model(x, L.Dense(1)(x))])] == ["functional"]


def paths(model):
    return {slot.group: len(slot.entries) for slot in archive.slots(model)}


def test_where_weights_stand():
    inner = Sequential([L.Dense(1, input_shape=(4,))])
    model = Sequential(
        [L.TimeDistributed(L.Dense(4), input_shape=(5, 2)), L.LSTM(3), L.Dense(4), inner]
    )
    assert paths(model) == {
        "": 0,
        "layers/time_distributed": 0,
        "layers/time_distributed/layer": 2,
        "layers/lstm": 0,
        "layers/lstm/cell": 3,
        "layers/dense": 2,
        "layers/sequential": 0,
        "layers/sequential/layers/dense": 2,
    }


def test_cells_of_derived_and_stacked_layers():
    cells = [L.LSTMCell(2), L.LSTMCell(2), L.GRUCell(2)]
    rnn = L.RNN(cells)
    model = Sequential([MyLSTM(3, return_sequences=True, input_shape=(4, 2)), rnn])
    assert paths(model) == {
        "": 0,
        "layers/my_lstm": 0,
        "layers/my_lstm/cell": 3,
        "layers/rnn": 0,
        "layers/rnn/cell": 0,
        "layers/rnn/cell/cells/lstm_cell": 3,
        "layers/rnn/cell/cells/lstm_cell_1": 3,
        "layers/rnn/cell/cells/gru_cell": 3,
    }
    names = {slot.group: slot.name for slot in archive.slots(model)}
    assert names["layers/my_lstm/cell"] == f"{names['layers/my_lstm']}_cell"


def test_the_groups_of_a_file(file):
    archive.write_tree(model(), file)
    assert file["vars"].attrs["name"] == "s"
    assert file["layers/dense/vars"].attrs["name"] == "first"
    assert set(file["layers/dense_1/vars"]) == {"0", "1"}
    assert file["layers/dense/vars/0"].shape == (3, 2)
    assert set(file["layers"]) == {"dense", "dense_1", "flatten"}
    assert archive.is_tree(file)
    file.attrs["layer_names"] = np.array([b"a"])
    assert not archive.is_tree(file)


def test_what_is_no_tree(file):
    assert not archive.is_tree(file)
    file.create_group("_layer_checkpoint_dependencies")
    assert archive.is_tree(file)


def zeroed(model):
    model.set_weights([0 * w for w in model.get_weights()])
    return model


def test_layers_are_found_by_name_or_else_by_number(file):
    source = model()
    archive.write_tree(source, file)
    renamed = zeroed(
        Sequential([L.Dense(2, name="second", input_shape=(2,)), L.Dense(2, name="other")])
    )
    with pytest.warns(
        UserWarning, match=r"'second'.*\[\(2, 2\), \(2,\)\]; the file has \[\(3, 2\)"
    ):
        archive.load_tree(renamed, file, "f", Matching(skip_mismatch=True))
    np.testing.assert_array_equal(renamed.get_weights()[2], source.get_weights()[2])
    assert not renamed.get_weights()[0].any()
    swapped = zeroed(Sequential([L.Dense(2, name="second", input_shape=(2,))]))
    archive.load_tree(swapped, file, "f")
    np.testing.assert_array_equal(swapped.get_weights()[0], source.get_weights()[2])


def test_by_name_others_stay(file):
    source = model()
    archive.write_tree(source, file)
    other = zeroed(Sequential([L.Dense(5, name="x", input_shape=(2,)), L.Dense(2, name="first")]))
    with pytest.raises(ValueError, match=r"f: layer 'first' needs.*skip_mismatch=True"):
        archive.load_tree(other, file, "f", Matching(by_name=True))
    other = zeroed(Sequential([L.Dense(3, name="x", input_shape=(2,)), L.Dense(2, name="first")]))
    archive.load_tree(other, file, "f", Matching(by_name=True))
    assert not other.get_weights()[0].any()
    np.testing.assert_array_equal(other.get_weights()[2], source.get_weights()[0])


def test_files_without_names_are_matched_by_number(file):
    source = model()
    archive.write_tree(source, file)
    del file["layers/dense/vars"].attrs["name"]
    again = zeroed(model())
    archive.load_tree(again, file, "f")
    for a, b in zip(again.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_missing_or_too_much_is_said(file):
    source = model()
    archive.write_tree(source, file)
    file["layers/dense/vars"].create_dataset("2", data=np.zeros(1))
    with pytest.raises(ValueError, match="'first' needs"):
        archive.load_tree(source, file, "f")
    del file["layers/dense/vars"]["2"], file["layers/dense/vars"]["1"]
    with pytest.raises(
        ValueError, match=r"needs weights of shapes \[\(3, 2\), \(2,\)\]; the file has \[\(3, 2\)\]"
    ):
        archive.load_tree(source, file, "f")
    del file["layers/dense"]
    with pytest.raises(ValueError, match=r"the file has \[\]"):
        archive.load_tree(source, file, "f")


def test_the_layout_of_keras_2_12(file):
    inner = Sequential([L.Dense(2, input_shape=(3,))], name="inner")
    source = Sequential([inner, L.Dense(1)])
    archive.write_tree(source, file)
    file.move("layers/sequential/layers", "layers/sequential/_layer_checkpoint_dependencies")
    file.move("layers", "_layer_checkpoint_dependencies")
    again = zeroed(
        Sequential([Sequential([L.Dense(2, input_shape=(3,))], name="inner"), L.Dense(1)])
    )
    archive.load_tree(again, file, "f")
    for a, b in zip(again.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_parts_of_an_archive(tmp_path):
    trained = model()
    trained.compile("adam", "mse")
    trained.save(path := tmp_path / "m.keras")

    def parts():
        with zipfile.ZipFile(path) as packed:
            weights = h5py.File(io.BytesIO(packed.read("model.weights.h5")))
            texts = (json.loads(packed.read(name)) for name in ("metadata.json", "config.json"))
            return set(packed.namelist()), *texts, weights

    names, metadata, config, weights = parts()
    assert names == {"metadata.json", "config.json", "model.weights.h5"}
    assert metadata["keras_version"] == "3.0.0" and metadata["written_by"] == "jaxcnn"
    assert config["compile_config"]["loss"] == "mean_squared_error"
    assert "optimizer" not in weights
    trained.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    trained.save(path)
    *_, weights = parts()
    assert weights["optimizer/vars"].attrs["name"] == "adam"
    assert len(weights["optimizer/vars"]) == 2 + 2 * 4
    assert int(weights["optimizer/vars/0"][()]) == 1
    assert int(load_model(path).optimizer_arrays()[0][1]) == 1
    assert load_model(path, compile=False).optimizer is None
    trained.save(path, include_optimizer=False)
    *_, config, weights = parts()
    assert "compile_config" not in config and "optimizer" not in weights
    assert load_model(path).optimizer is None
    with pytest.raises(FileExistsError, match="overwrite=True"):
        trained.save(path, overwrite=False)
