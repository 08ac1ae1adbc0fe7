"""What programs of Keras 1 write: descriptions, names and layouts are those of the real 1.2.2."""

import json
import sys
import warnings

import h5py
import numpy as np
import pytest

from jaxcnn import compat

pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling", "ignore:Calling .* is the")


@pytest.fixture(autouse=True)
def as_keras1():
    """`import keras` finds jaxcnn as Keras 1.2."""
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    compat.install("1.2")
    yield
    compat.uninstall()
    sys.modules.update(other)


PENALTIES = {"W_regularizer": None, "b_regularizer": None, "activity_regularizer": None}
LIMITS = {"W_constraint": None, "b_constraint": None}
KERNEL = {"activation": "linear", "init": "glorot_uniform", "bias": True, **PENALTIES, **LIMITS}
CONVOLUTION = {**KERNEL, "border_mode": "valid", "subsample": [1, 1], "dim_ordering": "tf"}
GATES = {
    "input_dim": 3,
    "input_length": None,
    "W_regularizer": None,
    "U_regularizer": None,
    "b_regularizer": None,
    "init": "glorot_uniform",
    "inner_init": "orthogonal",
    "activation": "tanh",
    "inner_activation": "hard_sigmoid",
    "dropout_W": 0.0,
    "dropout_U": 0.0,
    "consume_less": "cpu",
    "return_sequences": False,
    "go_backwards": False,
    "stateful": False,
    "unroll": False,
}
CASES = {
    "L.Dense(4, init='he_normal', W_regularizer='l2', b_constraint='nonneg')": (
        (3,),
        {
            **KERNEL,
            "input_dim": 3,
            "output_dim": 4,
            "init": "he_normal",
            "W_regularizer": {"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.009999999776482582},
            "b_constraint": {"name": "NonNeg"},
        },
    ),
    "L.Convolution2D(4, 3, 2, border_mode='same', subsample=(2, 2), dim_ordering='th')": (
        (3, 8, 8),
        {
            **CONVOLUTION,
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 2,
            "border_mode": "same",
            "subsample": [2, 2],
            "dim_ordering": "th",
        },
    ),
    "L.AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2))": (
        (8, 8, 3),
        {**CONVOLUTION, "nb_filter": 4, "nb_row": 3, "nb_col": 3, "atrous_rate": [2, 2]},
    ),
    "L.Convolution1D(4, 3, subsample_length=2)": (
        (8, 3),
        {
            **KERNEL,
            "input_dim": None,
            "input_length": None,
            "nb_filter": 4,
            "filter_length": 3,
            "border_mode": "valid",
            "subsample_length": 2,
        },
    ),
    "L.Deconvolution2D(4, 3, 3, (None, 10, 10, 4))": (
        (8, 8, 3),
        {
            **CONVOLUTION,
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 3,
            "output_shape": [None, 10, 10, 4],
        },
    ),
    "L.AveragePooling1D(2, stride=1)": (
        (8, 3),
        {"pool_length": 2, "stride": 1, "border_mode": "valid"},
    ),
    "L.MaxPooling2D((2, 2), border_mode='same')": (
        (8, 8, 3),
        {"pool_size": [2, 2], "strides": [2, 2], "border_mode": "same", "dim_ordering": "tf"},
    ),
    "L.Dropout(0.3)": ((3,), {"p": 0.3}),
    "L.GaussianNoise(0.3)": ((3,), {"sigma": 0.3}),
    "L.BatchNormalization(mode=2)": (
        (3,),
        {
            "axis": -1,
            "beta_regularizer": None,
            "epsilon": 0.001,
            "gamma_regularizer": None,
            "mode": 2,
        },
    ),
    "L.LSTM(4, dropout_W=0.1, consume_less='gpu')": (
        (5, 3),
        {
            **GATES,
            "output_dim": 4,
            "dropout_W": 0.1,
            "consume_less": "gpu",
            "forget_bias_init": "one",
        },
    ),
    "L.GRU(4)": ((5, 3), {**GATES, "output_dim": 4}),
    "L.TimeDistributed(L.Dense(2, name='inner'))": (
        (5, 3),
        {
            "layer": {
                "class_name": "Dense",
                "config": {
                    **KERNEL,
                    "input_dim": 3,
                    "output_dim": 2,
                    "name": "inner",
                    "trainable": True,
                },
            }
        },
    ),
    "L.ZeroPadding2D((1, 2))": ((8, 8, 3), {"padding": [1, 2], "dim_ordering": "tf"}),
    "L.ZeroPadding1D(2)": ((8, 3), {"padding": 2}),
    "L.Cropping1D((1, 2))": ((8, 3), {"cropping": [1, 2]}),
    "L.UpSampling1D(2)": ((4, 3), {"length": 2}),
    "L.SReLU()": (
        (3,),
        {
            "a_left_init": "glorot_uniform",
            "a_right_init": "one",
            "t_left_init": "zero",
            "t_right_init": "glorot_uniform",
        },
    ),
}


@pytest.mark.parametrize("call", CASES)
def test_a_description(call):
    from keras import layers
    from keras.models import Sequential, model_from_json

    shape, expected = CASES[call]
    stated = call.removesuffix(")") + ", input_shape=shape)"
    layer = eval(stated.replace("(, ", "("), {"L": layers, "shape": shape})
    model = Sequential([layer])
    text = model.to_json()
    whole = json.loads(text)
    assert whole["keras_version"] == "1.2.2" and whole["class_name"] == "Sequential"
    ((entry),) = whole["config"]
    config = entry["config"]
    assert entry["class_name"] == call.partition("(")[0][2:]
    assert config.pop("batch_input_shape") == [None, *shape]
    assert config.pop("input_dtype") == "float32" and config.pop("trainable")
    config.pop("name")
    config.pop("momentum", None)
    assert config == expected
    again = model_from_json(text)
    again.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, *shape))
    np.testing.assert_allclose(again.predict(x), model.predict(x), atol=1e-6)


@pytest.mark.parametrize("call", CASES)
def test_a_configuration_in_memory(call):
    from keras import layers
    from keras.models import Sequential

    shape, expected = CASES[call]
    stated = call.removesuffix(")") + ", input_shape=shape)"
    layer = eval(stated.replace("(, ", "("), {"L": layers, "shape": shape})
    model = Sequential([layer])
    config = layer.get_config()
    assert config["batch_input_shape"] == (None, *shape) and config["input_dtype"] == "float32"
    told = json.loads(json.dumps(config))
    assert {key: told[key] for key in expected} == expected
    again = Sequential([type(layer).from_config(config)])
    again.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(2, *shape))
    np.testing.assert_allclose(again.predict(x), model.predict(x), atol=1e-6)
    ((entry),) = model.get_config()
    assert entry["class_name"] == json.loads(model.to_json())["config"][0]["class_name"]
    whole = Sequential.from_config(model.get_config())
    whole.set_weights(model.get_weights())
    np.testing.assert_allclose(whole.predict(x), model.predict(x), atol=1e-6)


def test_a_layer_of_a_program():
    from keras.layers import Dense, Input
    from keras.models import Model

    class Scaled(Dense):
        def __init__(self, output_dim, scale=2.0, **kwargs):
            self.scale = scale
            super().__init__(output_dim, **kwargs)

        def get_config(self):
            config = super().get_config()
            assert config["output_dim"] == 3
            return {**config, "scale": self.scale}

    x = Input((2,))
    model = Model(x, Scaled(3, scale=4.0, init="one")(x))
    again = Model.from_config(model.get_config(), custom_objects={"Scaled": Scaled})
    assert again.layers[-1].scale == 4.0 and again.layers[-1].get_config()["init"] == "one"


def test_a_weight_that_a_program_names_after_its_layer():
    from keras import backend as K
    from keras.engine.topology import Layer
    from keras.models import Sequential

    class Own(Layer):
        def build(self, input_shape):
            self.W = self.add_weight((input_shape[1], 2), initializer="one", name=f"{self.name}_W")
            self.built = True

        def call(self, x, mask=None):
            return K.dot(x, self.W)

        def get_output_shape_for(self, input_shape):
            return input_shape[0], 2

    model = Sequential([Own(input_shape=(3,), name="own_1")])
    assert [weight.name for weight in model.weights] == ["own_1_W:0"]


def test_merged_branches():
    from keras.layers import Dense, Input, Merge, merge
    from keras.models import Model, Sequential, model_from_json

    branches = [Sequential([Dense(3, input_dim=size), Dense(2)]) for size in (3, 4)]
    model = Sequential([Merge(branches, mode="mul"), Dense(1)])
    kernels = [array.shape for array in model.get_weights()[::2]]
    assert kernels == [(3, 3), (3, 2), (4, 3), (3, 2), (2, 1)]  # one branch after the other
    merging = json.loads(model.to_json())["config"][0]
    assert merging["class_name"] == "Merge" and merging["config"]["mode"] == "mul"
    assert [part["class_name"] for part in merging["config"]["layers"]] == ["Sequential"] * 2
    again = model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    x = [np.ones((2, 3)), np.ones((2, 4))]
    np.testing.assert_allclose(again.predict(x), model.predict(x), atol=1e-6)
    joined = Sequential([Merge(branches, mode="concat", concat_axis=1), Dense(1)])
    merging = json.loads(joined.to_json())["config"][0]
    assert (merging["config"]["mode"], merging["config"]["concat_axis"]) == ("concat", 1)
    a, b = Input((3,)), Input((3,))
    graph = Model([a, b], merge([a, b], mode="cos", dot_axes=1))
    last = json.loads(graph.to_json())["config"]["layers"][-1]
    assert (last["config"]["mode"], last["config"]["dot_axes"]) == ("cos", [1, 1])
    assert [len(source) for source in last["inbound_nodes"][0]] == [3, 3]


NAMES = {
    "embedding": {"W": (9, 3)},
    "convolution1d": {"W": (3, 1, 3, 2), "b": (2,)},
    "gru": {f"{part}_{gate}": ... for gate in "zrh" for part in "WUb"},
    "simplernn": {"W": (2, 2), "U": (2, 2), "b": (2,)},
}


def test_names_and_layouts_of_weights(tmp_path):
    from keras.layers import GRU, Convolution1D, Convolution2D, Embedding, RepeatVector, SimpleRNN
    from keras.models import Sequential

    layers = [Embedding(9, 3, input_length=5), Convolution1D(2, 3), GRU(2)]
    model = Sequential([*layers, RepeatVector(2), SimpleRNN(2)])
    model.save_weights(str(tmp_path / "w.h5"))
    with h5py.File(tmp_path / "w.h5") as file:
        for kind, weights in NAMES.items():
            (name,) = [n.decode() for n in file.attrs["layer_names"] if n.decode().startswith(kind)]
            names = [n.decode() for n in file[name].attrs["weight_names"]]
            assert names == [f"{name}_{weight}:0" for weight in weights]
            for stored, shape in zip(names, weights.values(), strict=True):
                assert shape is ... or file[name][stored].shape == shape
    image = Sequential([Convolution2D(2, 3, 2, input_shape=(1, 8, 8), dim_ordering="th")])
    image.save_weights(str(tmp_path / "i.h5"))
    with h5py.File(tmp_path / "i.h5") as file:
        (group,) = file.values()
        kernel = group[group.attrs["weight_names"][0]]
        np.testing.assert_array_equal(
            np.transpose(kernel, (2, 3, 1, 0)), image.layers[0].weights[0].value
        )
    before = image.get_weights()
    image.set_weights([0 * array for array in before])
    image.load_weights(str(tmp_path / "i.h5"))
    np.testing.assert_array_equal(image.get_weights()[0], before[0])


def test_a_trained_model_goes_on_where_it_stopped(tmp_path):
    """Also the state of the optimizer, which has arrays for each gate."""
    from keras.layers import LSTM, Convolution1D, Dense
    from keras.models import Sequential, load_model

    model = Sequential([Convolution1D(3, 2, input_shape=(5, 2)), LSTM(3), Dense(1)])
    model.compile("adam", "mse")
    x, y = np.random.default_rng(0).normal(size=(8, 5, 2)), np.ones((8, 1))
    model.train_on_batch(x, y)
    path = str(tmp_path / "m.h5")
    model.save(path)
    with h5py.File(path) as file:
        assert len(file["optimizer_weights"].attrs["weight_names"]) == 1 + 2 * (2 + 12 + 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        again = load_model(path)
    for each in (model, again):
        each.train_on_batch(x, y)
    np.testing.assert_allclose(again.predict(x), model.predict(x), atol=1e-6)


def test_what_keras_1_cannot_say():
    from keras.models import Sequential

    from jaxcnn.layers import BatchNormalization

    model = Sequential([BatchNormalization(scale=False, input_shape=(3,))])
    with pytest.raises(ValueError, match=r"words of Keras 1, which has no `scale`=False"):
        model.to_json()
