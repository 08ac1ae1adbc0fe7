"""Files in the layouts of earlier versions, written here byte by byte as those versions did."""

import json

import h5py
import jax
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import (
    Model,
    Sequential,
    load_model,
    model_from_config,
    model_from_json,
    model_from_yaml,
)

from .conftest import graph, inputs_of, outputs, randomise, same, stack


def theano_image_model(data_format):
    """A convolution, a Flatten and two Dense layers, the first on the flattened image."""
    shape = (2, 6, 5) if data_format == "channels_first" else (6, 5, 2)
    return Sequential(
        [
            L.ZeroPadding2D(1, data_format=data_format, input_shape=shape),
            L.Conv2D(3, 3, data_format=data_format),
            L.MaxPooling2D(data_format=data_format),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(4, activation="tanh"),
            L.Dense(2),
        ]
    )


@pytest.fixture
def before_keras_1(tmp_path):
    """(weights file with `nb_layers` as Theano's Keras 0 wrote it, inputs channels first, what they
    give).
    """
    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(size=(3, 2, 3, 3)).astype("f4"), rng.normal(size=3).astype("f4")
    dense = [rng.normal(size=s).astype("f4") for s in ((3 * 3 * 2, 4), (4,), (4, 2), (2,))]
    params = [[], [kernel, bias], [], [], [], dense[:2], dense[2:]]
    path = tmp_path / "vgg_weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(params)
        for k, arrays in enumerate(params):
            group = file.create_group(f"layer_{k}")
            group.attrs["nb_params"] = len(arrays)
            for j, array in enumerate(arrays):
                group.create_dataset(f"param_{j}", data=array)
    x = rng.normal(size=(3, 2, 6, 5)).astype("f4")
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    turned = kernel[:, :, ::-1, ::-1]  # Theano's is a true convolution
    y = np.empty((3, 3, 6, 5), "f4")
    for i in range(6):
        for j in range(5):
            y[:, :, i, j] = (
                np.einsum("ncij,fcij->nf", padded[:, :, i : i + 3, j : j + 3], turned) + bias
            )
    pooled = y[:, :, :6, :4].reshape(3, 3, 3, 2, 2, 2).max(axis=(3, 5))
    return path, x, np.tanh(pooled.reshape(3, -1) @ dense[0] + dense[1]) @ dense[2] + dense[3]


@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_numbered_layers_with_theano_kernels(before_keras_1, data_format):
    path, x, expected = before_keras_1
    model = theano_image_model(data_format)
    model.load_weights(path)
    x = x if data_format == "channels_first" else np.moveaxis(x, 1, -1)
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-4, atol=1e-5)


def keras_1_config(class_name, /, **settings):
    return {"class_name": class_name, "config": settings}


def write_keras_1(path, config, weights, **attrs):
    """A whole model as Keras 1.2 wrote it; `weights` is layer name -> {weight name: array}."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = np.bytes_(b"1.2.2")
        file.attrs["model_config"] = np.bytes_(json.dumps(config).encode())
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([name.encode() for name in weights])
        for key, value in attrs.items():
            group.attrs[key] = value
        for name, arrays in weights.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = np.array([key.encode() for key in arrays])
            for key, array in arrays.items():
                inner.create_dataset(key, data=array)


def test_a_whole_model_of_keras_1(tmp_path):
    rng = np.random.default_rng(1)
    common = {"trainable": True, "init": "glorot_uniform", "activation": "linear", "bias": True}
    none = dict.fromkeys(
        ("W_regularizer", "b_regularizer", "activity_regularizer", "W_constraint", "b_constraint")
    )
    config = keras_1_config("Sequential")
    config["config"] = [
        keras_1_config(
            "Convolution2D",
            name="convolution2d_1",
            nb_filter=3,
            nb_row=2,
            nb_col=3,
            border_mode="same",
            subsample=[1, 1],
            dim_ordering="tf",
            batch_input_shape=[None, 6, 5, 2],
            input_dtype="float32",
            **{**common, "activation": "relu"},
            **{**none, "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}},
        ),
        keras_1_config(
            "MaxPooling2D",
            name="maxpooling2d_1",
            trainable=True,
            pool_size=[2, 2],
            strides=[2, 2],
            border_mode="valid",
            dim_ordering="tf",
        ),
        keras_1_config(
            "BatchNormalization",
            name="batchnormalization_1",
            axis=-1,
            mode=0,
            epsilon=0.001,
            momentum=0.99,
        ),
        keras_1_config("Dropout", name="dropout_1", trainable=True, p=0.25),
        keras_1_config("Flatten", name="flatten_1", trainable=True),
        keras_1_config("Dense", name="dense_1", output_dim=4, input_dim=18, **common, **none),
        keras_1_config("Activation", name="activation_1", trainable=True, activation="softmax"),
    ]
    kernel, bias = rng.normal(size=(2, 3, 2, 3)).astype("f4"), rng.normal(size=3).astype("f4")
    statistics = [np.abs(rng.normal(size=3)).astype("f4") for _ in range(4)]
    dense = [rng.normal(size=s).astype("f4") for s in ((18, 4), (4,))]
    names = ("gamma", "beta", "running_mean", "running_std")
    weights = {
        "convolution2d_1": {"convolution2d_1_W:0": kernel, "convolution2d_1_b:0": bias},
        "maxpooling2d_1": {},
        "batchnormalization_1": {
            f"batchnormalization_1_{n}:0": a for n, a in zip(names, statistics, strict=True)
        },
        "dense_1": {"dense_1_W:0": dense[0], "dense_1_b:0": dense[1]},
    }
    write_keras_1(tmp_path / "old.h5", config, weights)
    model = load_model(tmp_path / "old.h5")
    assert [type(layer).__name__ for layer in model.layers[:3]] == [
        "Conv2D",
        "MaxPooling2D",
        "BatchNormalization",
    ]
    assert model.layers[3].rate == 0.25 and model.layers[0].kernel_regularizer.l2 == 0.01
    expected = stack_of_keras_2()
    expected.set_weights([kernel, bias, *statistics, *dense])
    x = inputs_of(model)
    same(outputs(model, x), outputs(expected, x))


def stack_of_keras_2():
    return Sequential(
        [
            L.Conv2D(3, (2, 3), padding="same", activation="relu", input_shape=(6, 5, 2)),
            L.MaxPooling2D(),
            L.BatchNormalization(),
            L.Flatten(),
            L.Dense(4, activation="softmax"),
        ]
    )


def test_keras_1_theano_ordering_is_kept_by_the_model_in_its_file(tmp_path):
    rng = np.random.default_rng(1)
    config = keras_1_config("Sequential")
    config["config"] = [
        keras_1_config(
            "Convolution2D",
            name="c",
            nb_filter=2,
            nb_row=2,
            nb_col=2,
            dim_ordering="th",
            border_mode="valid",
            subsample=[1, 1],
            batch_input_shape=[None, 2, 4, 4],
            init="uniform",
            activation="linear",
            bias=False,
        )
    ]
    kernel = rng.normal(size=(2, 2, 2, 2)).astype("f4")  # the shape alone says nothing
    write_keras_1(tmp_path / "th.h5", config, {"c": {"c_W": kernel}}, backend="theano")
    model = load_model(tmp_path / "th.h5")
    expected = kernel[:, :, ::-1, ::-1].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(model.get_weights()[0], expected)
    write_keras_1(tmp_path / "th.h5", config, {"c": {"c_W": kernel}})
    with pytest.warns(UserWarning, match="turned by 180 degrees"):
        model = load_model(tmp_path / "th.h5")
    np.testing.assert_array_equal(model.get_weights()[0], expected)


@pytest.mark.parametrize(("layer", "gates"), [("LSTM", "icfo"), ("GRU", "zrh")])
@pytest.mark.parametrize("wrapped", [False, True])
def test_gates_in_arrays_of_their_own(tmp_path, layer, gates, wrapped):
    rng = np.random.default_rng(0)
    inner = getattr(L, layer)(3)
    model = Sequential([L.Bidirectional(inner, input_shape=(4, 2)) if wrapped else inner])
    if not wrapped:
        model.build((None, 4, 2))
    order = "ifco" if layer == "LSTM" else gates
    arrays, expected = {}, []
    for way in ("forward", "backward")[: 1 + wrapped]:
        parts = {
            g: [rng.normal(size=s).astype("f4") for s in ((2, 3), (3, 3), (3,))] for g in gates
        }
        for g in gates:
            arrays |= {f"{way}_{kind}_{g}": a for kind, a in zip("WUb", parts[g], strict=True)}
        expected += [np.concatenate([parts[g][i] for g in order], axis=-1) for i in range(3)]
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = np.array([b"old"])
        group = file.create_group("old")
        group.attrs["weight_names"] = np.array([key.encode() for key in arrays])
        for key, array in arrays.items():
            group.create_dataset(key, data=array)
    model.load_weights(tmp_path / "w.h5")
    for found, wanted in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_the_other_names_of_keras_1():
    def read(name, /, **settings):
        config = keras_1_config("Sequential")
        config["config"] = [keras_1_config(name, **settings)]
        return model_from_config({**config, "keras_version": "1.0.8"}).layers[0]

    shape = {"batch_input_shape": [None, 5, 4]}
    lstm = read(
        "LSTM",
        name="a",
        output_dim=3,
        inner_init="orthogonal",
        forget_bias_init="one",
        inner_activation="sigmoid",
        dropout_W=0.1,
        dropout_U=0.2,
        consume_less="gpu",
        init="glorot_uniform",
        input_dim=4,
        **shape,
    )
    assert (lstm.units, lstm.unit_forget_bias, lstm.dropout, lstm.recurrent_dropout) == (
        3,
        True,
        0.1,
        0.2,
    )
    conv = read(
        "Convolution1D",
        name="a",
        nb_filter=2,
        filter_length=3,
        subsample_length=2,
        border_mode="same",
        **shape,
    )
    assert (conv.filters, conv.kernel_size, conv.strides, conv.padding) == (2, (3,), (2,), "same")
    atrous = read(
        "AtrousConvolution2D",
        name="a",
        nb_filter=2,
        nb_row=3,
        nb_col=2,
        atrous_rate=[2, 2],
        dim_ordering="th",
        batch_input_shape=[None, 2, 9, 9],
    )
    assert (atrous.kernel_size, atrous.dilation_rate, atrous.data_format) == (
        (3, 2),
        (2, 2),
        "channels_first",
    )
    embedding = read(
        "Embedding",
        name="a",
        input_dim=5,
        output_dim=2,
        input_length=4,
        init="uniform",
        dropout=0.0,
    )
    assert (embedding.input_dim, embedding.output_dim) == (5, 2)
    steps = read(
        "TimeDistributedDense", name="a", output_dim=3, input_dim=4, init="glorot_uniform", **shape
    )
    assert type(steps).__name__ == "TimeDistributed" and steps.layer.units == 3
    noise = read("GaussianNoise", name="a", sigma=0.5, **shape)
    assert noise.stddev == 0.5
    by_batch = read("BatchNormalization", name="a", mode=2, **shape)
    assert type(by_batch).__name__ == "BatchNormalizationOfBatches"
    words = read("Embedding", name="a", input_dim=5, output_dim=2, init="one", dropout=0.3)
    assert type(words).__name__ == "EmbeddingWithDropout" and words.dropout == 0.3
    assert words.get_config()["embeddings_initializer"]["class_name"] == "Ones"


def test_merge_layers_of_keras_1():
    a, b = (
        [keras_1_config("InputLayer", batch_input_shape=[None, 3], input_dtype="float32", name=n)]
        for n in "ab"
    )
    a, b = (
        {**entry[0], "name": entry[0]["config"]["name"], "inbound_nodes": []} for entry in (a, b)
    )
    for mode, expected in (("concat", (None, 6)), ("sum", (None, 3)), ("dot", (None, 1))):
        settings = {"mode": mode, "concat_axis": -1, "dot_axes": [[1], [1]], "name": "m"}
        merge = {
            **keras_1_config("Merge", **settings),
            "name": "m",
            "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]],
        }
        config = keras_1_config(
            "Model",
            name="x",
            layers=[a, b, merge],
            input_layers=[["a", 0, 0], ["b", 0, 0]],
            output_layers=[["m", 0, 0]],
        )
        model = model_from_json(json.dumps({**config, "keras_version": "1.2.2"}))
        assert model.output_shape == expected


def write_keras_2(path, model, version, config=None, backend="tensorflow"):
    """A model as the 2.x versions wrote it: our own file with their marks."""
    model.save(path)
    with h5py.File(path, "r+") as file:
        del file.attrs["written_by"]
        described = json.loads(file.attrs["model_config"]) if config is None else config
        file.attrs["model_config"] = np.bytes_(json.dumps(described).encode())
        for where in (file, file["model_weights"]):
            where.attrs["keras_version"] = np.bytes_(version.encode())
            where.attrs["backend"] = np.bytes_(backend.encode())


def test_sequential_as_a_bare_list(tmp_path):
    """Until Keras 2.2.2 the configuration was a list, and the first layer had the input shape."""
    model = randomise(stack())
    layers = json.loads(json.dumps(model.get_config()["layers"]))
    write_keras_2(
        tmp_path / "list.model", model, "2.0.4", {"class_name": "Sequential", "config": layers}
    )
    loaded = load_model(tmp_path / "list.model")
    x = inputs_of(model)
    same(outputs(loaded, x), outputs(model, x))


def counted_from_one(config):
    """Calls of inner models counted as Keras 2 did, where the graph a model was made from is call
    0.
    """
    layers = config["config"]["layers"]
    inside = {e["name"] for e in layers if isinstance(e["config"].get("layers"), list)}
    for entry in layers:
        for call in entry["inbound_nodes"]:
            for ref in call:
                ref[1] += ref[0] in inside
    for ref in config["config"]["output_layers"]:
        kind = next(e["class_name"] for e in layers if e["name"] == ref[0])
        ref[1] += kind == "Sequential"  # of functional models it is counted so in our files, too
    return config


def test_inner_models_counted_as_keras_2_did(tmp_path):
    model = randomise(graph())
    config = counted_from_one(json.loads(model.to_json()))
    config = {key: config[key] for key in ("class_name", "config")}
    write_keras_2(tmp_path / "nested.h5", model, "2.2.4", config)
    x = inputs_of(model)
    same(outputs(load_model(tmp_path / "nested.h5"), x), outputs(model, x))


def test_kernels_of_keras_2_on_theano_are_turned(tmp_path):
    model = randomise(stack())
    write_keras_2(tmp_path / "t.h5", model, "2.1.6", backend="theano")
    kernel = load_model(tmp_path / "t.h5").get_weights()[0]
    np.testing.assert_array_equal(kernel, model.get_weights()[0][::-1, ::-1])


def test_locally_connected_rows_with_channels_first(tmp_path):
    """Keras 2 keeps the rows of a kernel channels first there."""
    model = randomise(
        Sequential(
            [L.LocallyConnected2D(2, 2, data_format="channels_first", input_shape=(3, 4, 4))]
        )
    )
    model.save(tmp_path / "l.h5")
    with h5py.File(tmp_path / "l.h5") as file:
        stored = file["model_weights/locally_connected2d_1/locally_connected2d_1/kernel:0"][()]
    own = model.get_weights()[0]
    np.testing.assert_array_equal(
        stored.reshape(9, 3, 2, 2, 2), own.reshape(9, 2, 2, 3, 2).transpose(0, 3, 1, 2, 4)
    )
    np.testing.assert_array_equal(load_model(tmp_path / "l.h5").get_weights()[0], own)


def test_arguments_of_later_versions_of_keras_2():
    shape = {"batch_input_shape": [None, 6, 5, 2]}
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}

    def read(name, /, **settings):
        described = {"class_name": name, "config": {"name": "a", **settings}}
        inner = {"name": "s", "layers": [described]}
        return model_from_config(
            {"class_name": "Sequential", "config": inner, "keras_version": "2.15.0"}
        ).layers[0]

    batch = read(
        "BatchNormalization", axis=[3], renorm=False, virtual_batch_size=None, fused=True, **shape
    )
    assert batch.axis == 3
    conv = read("Conv2D", filters=2, kernel_size=[3, 3], groups=1, dtype="float32", **shape)
    assert conv.filters == 2
    with pytest.warns(UserWarning, match="mixed_float16"):
        model_from_config(
            {
                "class_name": "Sequential",
                "config": [
                    {
                        "class_name": "InputLayer",
                        "config": {**shape, "name": "i", "sparse": False, "ragged": False},
                    },
                    {
                        "class_name": "Conv2D",
                        "config": {"name": "a", "filters": 2, "kernel_size": 3, "dtype": policy},
                    },
                ],
            }
        )
    relu = read("LeakyReLU", alpha={"type": "ndarray", "value": 0.3}, **shape)
    assert relu.alpha == pytest.approx(0.3)
    with pytest.raises(ValueError, match="`virtual_batch_size` = 8"):
        read("BatchNormalization", virtual_batch_size=8, **shape)


def test_optimizer_states_of_older_versions(tmp_path):
    """Keras 2.0 sorted weights by name, did not count RMSprop's updates, and kept velocities SGD
    had no use for.
    """
    x, y = np.random.default_rng(0).normal(size=(2, 8, 3)).astype("f4")

    def trained(optimizer):
        model = Sequential([L.Dense(4, input_shape=(3,), name="z"), L.Dense(3, name="a")])
        model.compile(optimizer, "mse")
        model.train_on_batch(x, y)
        return model

    def stored(file, values):
        del file["optimizer_weights"]
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = np.array([f"v{i}".encode() for i in range(len(values))])
        for i, value in enumerate(values):
            group.create_dataset(f"v{i}", data=value)

    by_name = [3, 2, 1, 0]  # a/bias, a/kernel, z/bias, z/kernel
    for optimizer, version, change in (
        (
            "adam",
            "2.0.4",
            lambda v: [v[0], *(v[1:5][i] for i in by_name), *(v[5:9][i] for i in by_name)],
        ),
        ("adam", "2.2.4", lambda v: [*v, *(np.zeros(1) for _ in range(4))]),
        ("rmsprop", "2.0.4", lambda v: [v[1:][i] for i in by_name]),
        ("sgd", "2.2.4", lambda v: [*v, *(np.zeros_like(w) for w in trained("sgd").get_weights())]),
    ):
        model = trained(optimizer)
        values = [np.asarray(a) for _, a in model.optimizer_arrays()]
        write_keras_2(tmp_path / "o.h5", model, version)
        with h5py.File(tmp_path / "o.h5", "r+") as file:
            stored(file, change(values))
        loaded = [np.asarray(a) for _, a in load_model(tmp_path / "o.h5").optimizer_arrays()]
        for found, wanted in zip(loaded[1:], values[1:], strict=True):
            np.testing.assert_array_equal(found, wanted)


def test_yaml_with_the_tuples_of_keras_2_and_nothing_executed():
    model = graph()
    text = model.to_yaml()
    assert jax.tree.leaves(model_from_yaml(text).get_config()) == jax.tree.leaves(
        model.get_config()
    )
    text = """
class_name: Sequential
config:
- class_name: Dense
  config: {name: dense_1, units: 2, batch_input_shape: !!python/tuple [null, 3]}
keras_version: 2.0.4
"""
    assert model_from_yaml(text).output_shape == (None, 2)
    with pytest.raises(ValueError, match="not plain YAML"):
        model_from_yaml("!!python/object/apply:os.system ['true']")


def test_a_model_class_of_its_own_name_is_a_functional_model():
    config = json.loads(graph().to_json())
    assert type(model_from_config({**config, "class_name": "Functional"})) is Model
