"""Files for one version of Keras: their structure, and what is refused by name.

That the real ones read them is tried in `../test_read_elsewhere.py`.
"""

import json

import h5py
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.saving.dialects.versions import VERSIONS, expressed, version_of


def nested():
    x, source = L.Input((4,), name="x"), L.Input((4,), name="source")
    inner = Model(source, L.Dense(4, name="d")(source), name="inner")
    tower = Sequential([L.Dense(4, input_shape=(4,), name="e")], name="tower")
    return Model(x, inner(tower(inner(x))), name="whole")


def written(model, path, keras):
    """The attributes of a file as JSON."""
    model.save(path, keras=keras)
    with h5py.File(path) as file:
        assert file.attrs.get_id("model_config").get_type().get_cset() == h5py.h5t.CSET_ASCII
        return {k: json.loads(v) for k, v in file.attrs.items() if k.endswith("_config")}


@pytest.mark.parametrize(
    ("keras", "calls", "output"),
    [
        ("3", [[["x", 0, 0, {}]], [["tower", 0, 0, {}]]], ["inner", 2, 0]),
        ("2.0", [[["x", 0, 0, {}]], [["tower", 1, 0, {}]]], ["inner", 2, 0]),
        (None, [[["x", 0, 0, {}]], [["tower", 1, 0, {}]]], ["inner", 2, 0]),
    ],
)
def test_how_stacks_are_described_and_calls_counted(tmp_path, keras, calls, output):
    model = nested()
    config = written(model, tmp_path / "m.h5", keras)["model_config"]["config"]
    entries = {entry["name"]: entry for entry in config["layers"]}
    assert entries["inner"]["inbound_nodes"] == calls
    assert config["output_layers"] == [output]
    stack = entries["tower"]["config"]
    layers = stack["layers"] if keras == "3" else stack
    assert [entry["class_name"] for entry in layers] == ["InputLayer", "Dense"]
    again = load_model(tmp_path / "m.h5")
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_a_stack_keeps_its_name_and_flag(tmp_path):
    inner = Sequential([L.Dense(4, input_shape=(4,))], name="tower")
    inner.trainable = False
    model = Sequential([inner, L.Dense(2)], name="s")
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    assert (again.name, again.layers[0].name) == ("s", "tower")
    assert not again.layers[0].trainable


@pytest.mark.parametrize(
    ("layer", "keras", "message"),
    [
        (L.ReLU(input_shape=(4,)), "2.0", r"Layer 're_lu.*Keras 2\.0\.4 has no such class"),
        (L.LayerNormalization(input_shape=(4,)), "2.2", r"Keras 2\.2\.4 has no such class"),
        (L.GRU(2, reset_after=True, input_shape=(3, 4)), "2.0", "no `reset_after`, which is True"),
        (L.Conv2D(2, 3, groups=2, input_shape=(5, 5, 2)), "2.2", "no `groups`, which is 2"),
        (L.Dense(2, "selu", input_shape=(4,)), "2.0", r"Keras 2\.0\.4 has no selu, which is its"),
        (L.Dense(2, "swish", input_shape=(4,)), "2.2", "has no swish, which is its `activation`"),
        (L.Dense(2, "scaled_tanh", input_shape=(4,)), "3", "Keras 3 has no scaled_tanh"),
        (
            L.Dense(2, kernel_initializer="RandomSigns", input_shape=(4,)),
            "3",
            "Keras 3 has no RandomSigns, which is its `kernel_initializer`",
        ),
        (
            L.ThresholdedReLU(input_shape=(4,)),
            "3",
            r"ThresholdedReLU\).* Keras 3 has no such class",
        ),
    ],
)
def test_what_a_version_cannot_express_is_named(tmp_path, layer, keras, message):
    for name in ("m.h5", "m.keras") if keras == "3" else ("m.h5",):
        with pytest.raises(ValueError, match=message):
            Sequential([layer]).save(tmp_path / name, keras=keras)
        assert not (tmp_path / name).exists()


IMAGE, STEPS = (5, 5, 2), (4, 3)


@pytest.mark.parametrize(
    ("layer", "keras"),
    [
        (L.UpSampling2D(interpolation="bilinear", input_shape=IMAGE), "2.2"),
        (L.Conv2DTranspose(2, 2, dilation_rate=2, input_shape=IMAGE), "2.0"),
        (L.Conv3DTranspose(2, 2, dilation_rate=2, input_shape=(3, 3, 3, 2)), "2.2"),
        (L.SeparableConv2D(2, 2, dilation_rate=2, input_shape=IMAGE), "2.0"),
        (L.LocallyConnected1D(2, 2, data_format="channels_first", input_shape=STEPS), "2.2"),
        (L.ConvLSTM2D(2, 2, unroll=True, input_shape=(3, *IMAGE)), "2.2"),
        (L.Bidirectional(L.LSTM(2), merge_mode=None, input_shape=STEPS), "2.0"),
        (L.Dropout(0.5, noise_shape=(None, 1), input_shape=(4,)), "2.0"),
        (L.AlphaDropout(0.5, noise_shape=(None, 1), input_shape=(4,)), "2.2"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_a_version_computes_otherwise_is_named(layer, keras, tmp_path):
    x = L.Input(layer.batch_input_shape[1:])
    model = Model(x, layer(x))
    with pytest.raises(ValueError, match=r"with `\w+`=.*, Keras 2\.\d\.4 fails or computes some"):
        model.save(tmp_path / "m.h5", keras=keras)
    with pytest.warns(RuntimeWarning, match=r"with `\w+`=.*, some Keras 2 that reads this file"):
        model.save(tmp_path / "m.h5")


def test_zeros_at_masked_steps_are_named(tmp_path):
    both = L.Bidirectional(L.SimpleRNN(2, return_sequences=True), name="both")
    model = Sequential([L.Embedding(5, 4, mask_zero=True, input_length=3), both])
    for name in ("m.h5", "m.keras"):
        with pytest.warns(UserWarning, match=rf"{name}: at steps that are masked, both will give"):
            model.save(tmp_path / name, keras="3")
        model.save(tmp_path / name)


def test_later_arguments_that_say_nothing_are_left_out():
    gru = {"name": "g", "units": 2, "reset_after": False, "return_state": False}
    assert expressed("GRU", gru, VERSIONS["2.0"]) == {"name": "g", "units": 2}
    assert expressed("GRU", gru, VERSIONS["2.2"]) == gru
    assert "reset_after" in expressed("GRU", gru, VERSIONS[None])  # later Keras has it True
    conv = {"name": "c", "groups": 1, "data_format": "channels_last"}
    assert expressed("Conv2D", conv, VERSIONS[None]) == {
        "name": "c",
        "data_format": "channels_last",
    }
    assert expressed("Flatten", {"data_format": None}, VERSIONS["2.0"]) == {}
    assert expressed("Conv2D", conv, VERSIONS["3"]) == conv


@pytest.mark.parametrize(
    ("optimizer", "keras", "rate"),
    [
        (jc.optimizers.Adam(), None, {}),
        (jc.optimizers.Adam(0.5), None, {"lr": 0.5}),
        (jc.optimizers.Adam(0.5), "2.0", {"lr": 0.5}),
        (jc.optimizers.Adam(0.5), "3", {"learning_rate": 0.5}),
        (jc.optimizers.Adamax(), "2.2", {"lr": 0.002}),
    ],
)
def test_the_settings_of_training(tmp_path, optimizer, keras, rate):
    model = Sequential([L.Dense(2, input_shape=(3,))])
    model.compile(optimizer, jc.losses.MeanSquaredError())
    training = written(model, tmp_path / "m.h5", keras)["training_config"]
    config = training["optimizer_config"]["config"]
    assert {k: v for k, v in config.items() if k in ("lr", "learning_rate")} == rate
    assert (training["loss"] == "mean_squared_error") is (keras != "3")
    assert load_model(tmp_path / "m.h5").optimizer.get_config() == optimizer.get_config()


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_training_that_keras_3_has_not(tmp_path, name):
    model = Sequential([L.Dense(2, input_shape=(3,))])
    model.compile("sgd", "cosine_proximity", metrics=[jc.metrics.F1()])
    with pytest.raises(ValueError, match=r"Keras 3 has not F1, cosine_proximity: save with"):
        model.save(tmp_path / name, keras="3")
    model.save(tmp_path / name, include_optimizer=False, keras="3")


@pytest.mark.parametrize(
    ("optimizer", "loss", "message"),
    [
        (jc.optimizers.Lion(), "mean_squared_error", "has not the optimizer Lion"),
        (
            jc.optimizers.SGD(jc.optimizers.schedules.CosineDecay(0.1, 9)),
            "mean_squared_error",
            "has not the optimizer SGD",
        ),
        ("sgd", jc.losses.Huber(2.0), "has no Huber with options"),
        ("sgd", "huber", r"Keras 2\.0\.4 has not huber"),
    ],
)
def test_settings_that_a_version_has_not(tmp_path, optimizer, loss, message):
    model = Sequential([L.Dense(2, input_shape=(3,))])
    model.compile(optimizer, loss)
    with pytest.raises(ValueError, match=rf"{message}.*include_optimizer=False"):
        model.save(tmp_path / "m.h5", keras="2.0")
    model.save(tmp_path / "m.h5")
    assert load_model(tmp_path / "m.h5").training_config() == model.training_config()


@pytest.mark.parametrize("keras", [None, "2.0", "2.2", "3"])
def test_the_optimizers_state_comes_back(tmp_path, keras):
    model = Sequential([L.Dense(2, input_shape=(3,), name="z"), L.Dense(2, name="a")])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    model.save(tmp_path / "m.h5", keras=keras)
    with h5py.File(tmp_path / "m.h5") as file:
        names = list(file["optimizer_weights"].attrs["weight_names"])
    assert len(names) == (13 if keras in (None, "2.2") else 9)
    assert (b"/a/bias" in names[1]) is (keras == "2.0")
    again = load_model(tmp_path / "m.h5").optimizer.get_weights()
    for a, b in zip(again, model.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("optimizer", "listed", "beside"),
    [
        ("sgd", [(), (3, 2), (2,)], set()),
        ("rmsprop", [(3, 2), (2,)], {"iterations"}),
        ("adagrad", [(3, 2), (2,)], {"iterations"}),
        ("adadelta", [(3, 2), (2,)] * 2, {"iterations"}),
        ("adam", [(), *[(3, 2), (2,)] * 2, (1,), (1,)], set()),
        ("adamax", [(), *[(3, 2), (2,)] * 2], set()),
        ("nadam", [(), *[(3, 2), (2,)] * 2], {"m_schedule"}),
    ],
)
def test_a_file_lists_of_an_optimizer_that_which_keras_2_does(tmp_path, optimizer, listed, beside):
    """The shapes are those of `get_weights` of Keras 2.2.4."""
    model = Sequential([L.Dense(2, input_shape=(3,))])
    model.compile(optimizer, "mse")
    for _ in range(3):
        model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        group = file["optimizer_weights"]
        assert [group[name].shape for name in group.attrs["weight_names"]] == listed
        assert set(group.attrs) - {"weight_names"} == beside
    again = load_model(tmp_path / "m.h5")
    assert again.optimizer.iterations == 3
    for a, b in zip(again.optimizer_arrays(), model.optimizer_arrays(), strict=True):
        assert a[0] == b[0]
        np.testing.assert_array_equal(a[1], b[1])


def test_unknown_versions(tmp_path):
    with pytest.raises(ValueError, match=r"'2\.0', '2\.2', '3'; given '1'"):
        version_of("1")
    with pytest.raises(ValueError, match=r"Keras 2\.0 does not read '\.keras'"):
        Sequential([L.Dense(1, input_shape=(1,))]).save(tmp_path / "m.keras", keras="2.0")
