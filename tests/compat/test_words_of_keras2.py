"""What Keras 2.0.4 and 2.2.4 do with arguments, helpers and files (seen by running them)."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import layers, metrics
from jaxcnn.applications.imagenet_utils import preprocess_input
from jaxcnn.compat import h5dict
from jaxcnn.compat import metrics as old_metrics
from jaxcnn.layers import Lambda
from jaxcnn.models import Model, Sequential
from jaxcnn.preprocessing.sequence import TimeseriesGenerator
from jaxcnn.spellings.dialect import speaking
from jaxcnn.spellings.translate import OldSpellingWarning

X = np.ones((2, 3), "float32")


@pytest.mark.parametrize(("rate", "cut"), [(3, 1.0), (-1, 0.0)])
@pytest.mark.parametrize("noise", ["Dropout", "GaussianDropout", "AlphaDropout"])
def test_a_rate_outside_is_cut_off_and_drops_nothing(noise, rate, cut):
    with speaking("2.0"), pytest.warns(UserWarning, match="nothing is dropped"):
        layer = getattr(layers, noise)(rate)
        assert layer.rate == layer.get_config()["rate"] == cut
        assert np.array_equal(layer(X, training=True), X)
    with pytest.raises(ValueError, match="from 0 to 1"):
        getattr(layers, noise)(rate)


@pytest.mark.parametrize(("dilated", "shape"), [("Conv1D", (9, 1)), ("Conv2D", (9, 9, 1))])
def test_strides_and_dilation_are_refused_at_the_first_call(dilated, shape):
    with speaking("2.2"):
        layer = getattr(layers, dilated)(2, 3, strides=2, dilation_rate=2)
        assert layer.get_config()["strides"] == layer.get_config()["dilation_rate"]
        with pytest.raises(ValueError, match="cannot both differ from 1"):
            layer(layers.Input(shape))


@pytest.mark.parametrize(("version", "expected"), [("1.2", False), ("2.0", True), ("2.2", True)])
@pytest.mark.parametrize("word", ["zero", "zeros"])
def test_a_forget_bias_of_zero(version, expected, word):
    with speaking(version), pytest.warns(OldSpellingWarning, match="unit_forget_bias=False"):
        assert layers.LSTM(2, forget_bias_init=word).unit_forget_bias is expected


def test_metrics_are_functions():
    assert old_metrics.get_metric("mse") is metrics.mse
    assert old_metrics.get_metric(np.mean) is np.mean
    with pytest.raises(ValueError):
        old_metrics.get_metric(5)


def test_top_k_is_a_share_of_the_batch():
    scores = K.variable(np.array([[0.3, 0.2, 0.1], [0.1, 0.2, 0.7]]))
    targets = K.variable(np.array([[0, 1, 0], [1, 0, 0]]))
    for k, share in ((3, 1.0), (2, 0.5), (1, 0.0)):
        assert K.eval(old_metrics.top_k_categorical_accuracy(targets, scores, k=k)) == share
    labels = K.variable(np.array([1, 0]))
    assert K.eval(old_metrics.sparse_top_k_categorical_accuracy(labels, scores, k=2)) == 0.5
    model = Sequential([layers.Dense(3, input_shape=(3,))])
    model.compile("sgd", "mse", [lambda t, p: old_metrics.top_k_categorical_accuracy(t, p, k=3)])
    assert model.evaluate(X, X, verbose=0)[1] == 1.0


def test_weights_of_several_outputs_are_no_tuple():
    x = layers.Input((3,))
    model = Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])
    model.compile("sgd", "mse")
    y = [X[:, :1]] * 2
    weights = np.ones(2), np.ones(2)
    assert len(model.test_on_batch(X, y, sample_weight=weights)) == 3
    with speaking("2.0"):
        with pytest.raises(TypeError, match="a list, or a dict"):
            model.test_on_batch(X, y, sample_weight=weights)
        with pytest.warns(UserWarning, match="left out, as in Keras"):
            model.test_on_batch(X, y, sample_weight={"other": weights[0]})
    with pytest.raises(ValueError, match=r'Unknown entry in .* "other"'):
        model.test_on_batch(X, y, sample_weight={"other": weights[0]})


def test_a_summary_warns_where_trainable_has_changed(capsys):
    model = Sequential([layers.Dense(1, input_shape=(3,))])
    model.summary()
    model.compile("sgd", "mse")
    model.layers[0].trainable = False
    with pytest.warns(UserWarning, match="`trainable` has changed"):
        model.summary()
    assert "Non-trainable params: 4" in capsys.readouterr().out


@pytest.mark.parametrize("in_memory", [False, True])
def test_h5dict(tmp_path, in_memory):
    path = {} if in_memory else str(tmp_path / "file.h5")
    file = h5dict.H5Dict(path, mode="w")
    file["a"]["b"]["text"] = "abcd"
    file["a"]["names"] = [b"e", b"fgh"]
    file[b"array"] = np.arange(3)
    with pytest.raises(KeyError) if not in_memory else speaking("2.2"):
        file["array"] = 1
    file["array" if in_memory else "scalar"] = np.arange(3)
    file.close()
    file = h5dict.H5Dict(path, mode="r")
    assert "a" in file and "b" in file["a"] and "x" not in file and len(file) == len(list(file))
    assert file["a"]["b"]["text"] == "abcd" and file["a"].get("names") == [b"e", b"fgh"]
    assert np.array_equal(file["array"], [0, 1, 2]) and file.get("x", 3) == 3
    for action in (lambda: file["x"], lambda: file.__setitem__("x", 1)):
        with pytest.raises(ValueError, match="mode is 'r'"):
            action()
    file.close()
    with pytest.raises(TypeError, match="a path, a group"):
        h5dict.H5Dict(3)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_images_are_preprocessed_where_they_are(mode, data_format):
    images = np.random.RandomState(0).uniform(0, 255, (2, 3, 3, 3))
    expected = preprocess_input(images.copy(), data_format, mode)
    given, whole = images.copy(), images.astype(int)
    with speaking("2.2"):
        result = preprocess_input(given, data_format, mode)
        assert preprocess_input(whole, data_format, mode).dtype.kind == "f"
    assert np.allclose(result, expected) and np.shares_memory(result, given)
    assert np.array_equal(whole, images.astype(int))
    if mode == "caffe":  # the returned array is the given one backwards
        axis = -1 if data_format == "channels_last" else 1
        assert np.allclose(given, np.flip(expected, axis))


def test_shuffled_windows_are_drawn_anew():
    series = np.arange(23)[:, None]
    with speaking("2.2"):
        windows = TimeseriesGenerator(series, series, 3, shuffle=True, batch_size=6)
        np.random.seed(0)
        rows = np.random.randint(3, 23, size=6)
        np.random.seed(0)
        x, y = windows[len(windows) - 1]
    assert np.array_equal(y[:, 0], rows) and np.array_equal(x[:, 2, 0], rows - 1)
    assert len(windows) == 4


def test_losses_are_numbers_of_numpy():
    model = Sequential([layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    y = X[:, :1]
    with speaking("2.0"):
        loss = model.test_on_batch(X, y)
        assert type(loss) is np.float32 and type(model.train_on_batch(X, y)) is np.float32
        total = model.evaluate(X, y, verbose=0)
        assert type(total) is np.float64 and total.shape == ()
    assert type(model.evaluate(X, y, verbose=0)) is float


def test_a_function_that_asks_for_the_size_of_a_batch():
    """It is None inside of a Lambda, as in 2.0.4, whatever the size of the arrays that come."""

    def tripled_unless_known(x):
        return x * 3.0 if K.int_shape(x)[0] is None else x

    def in_rows(x):
        rows = K.int_shape(x)[0]
        return K.reshape(x, (-1 if rows is None else rows, 3, 1))

    x = np.ones((4, 3), "f")
    with speaking("2.0"):
        model = Sequential([Lambda(tripled_unless_known, input_shape=(3,)), Lambda(in_rows)])
        assert model.output_shape == (None, 3, 1)
        np.testing.assert_array_equal(model.predict(x)[..., 0], 3 * x)
        fixed = Sequential([Lambda(tripled_unless_known, batch_input_shape=(4, 3))])
        np.testing.assert_array_equal(fixed.predict(x), x)


@pytest.mark.parametrize(("version", "count"), [("2.0", 2), ("2.2", 3)])
def test_a_list_of_layers_that_is_shortened(version, count):
    """From 2.2 on a Sequential gives a list of the caller's own, and a Model still its own one."""
    model = Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2), layers.Dense(5)])
    with speaking(version):
        model.layers.pop()
        assert len(model.layers) == count
    functional = Model(model.input, model.output)
    before = len(functional.layers)
    functional.layers.pop()
    assert len(functional.layers) == before - 1


def three():
    sizes = {"a": 4, "b": 2, "c": 5}
    stack = [layers.Dense(n, name=name) for name, n in sizes.items()]
    model = Sequential([layers.InputLayer((3,)), *stack])
    model.compile("sgd", "mse")
    return model


def test_layers_that_were_taken_from_the_list_are_gone_when_the_next_is_popped():
    """As programs for Keras 2.0 do before they put another top on a network; it lists the
    InputLayer, too.
    """
    with speaking("2.0"):
        model = three()
        model.layers.pop()
        model.pop()
        assert [layer.name for layer in model.layers[1:]] == ["a"]
        assert isinstance(model.layers[0], layers.InputLayer) and model.output_shape == (None, 4)
        model.layers.pop()
        with pytest.raises(TypeError, match="no layers"):
            model.pop()


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_outputs_set_to_those_of_an_earlier_layer(version):
    with speaking(version):
        model = three()
        expected = Model(model.input, model.get_layer("b").output).predict(np.ones((2, 3)))
        model.layers.pop()
        model.layers[-1].outbound_nodes = []
        model.outputs = [model.get_layer("b").output]
        np.testing.assert_allclose(model.predict(np.ones((2, 3))), expected, rtol=1e-6)
        model.add(layers.Dense(7, name="new"))
        first = 1 if version == "2.0" else 0  # after the InputLayer
        assert [layer.name for layer in model.layers[first:]] == ["a", "b", "new"]
        assert model.output_shape == (None, 7) and len(model.get_weights()) == 6


def test_weighted_metrics_are_averaged_as_the_loss_is():
    """The values are those of Keras 2.2.4."""
    draw = np.random.RandomState(0)
    weights = [draw.rand(3, 2), np.zeros(2)]
    x, y = draw.rand(10, 3), draw.rand(10, 2)
    importance = np.array([0, 2, 5, 1, 0, 0.5, 3, 1, 1, 4.0])

    def evaluated():
        model = Sequential([layers.Dense(2, input_shape=(3,))])
        model.compile("sgd", "mse", metrics=["mse"], weighted_metrics=["mse", "mae"])
        model.set_weights(weights)
        return model.evaluate(x, y, sample_weight=importance, batch_size=4, verbose=0)

    with speaking("2.2"):
        assert evaluated() == pytest.approx([0.5172106, 0.3897788, 0.5172106, 0.9386881], rel=1e-6)
    assert evaluated()[2] == pytest.approx(
        np.average(np.square(x @ weights[0] - y).mean(1), weights=importance), rel=1e-5
    )


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (None, [0.07774109, 0.43013569, 0.13860105]),
        ("temporal", [0.10460976, 0.43013569, 0.18103027]),
    ],
)
def test_weighted_metrics_of_masked_steps(mode, expected):
    """The values are those of Keras 2.2.4."""
    draw = np.random.RandomState(1)
    x = draw.rand(5, 3, 2)
    x[1, 1:] = x[3, 2:] = 0
    y = draw.rand(5, 3, 1)
    importance = draw.rand(5) if mode is None else draw.rand(5, 3)
    importance[2] = 0
    with speaking("2.2"):
        model = Sequential(
            [layers.Masking(input_shape=(3, 2)), layers.TimeDistributed(layers.Dense(1))]
        )
        model.compile(
            "sgd", "mse", metrics=["mae"], weighted_metrics=["mae"], sample_weight_mode=mode
        )
        model.set_weights([np.array([[0.3], [0.7]]), np.zeros(1)])
        values = model.evaluate(x, y, sample_weight=importance, batch_size=2, verbose=0)
    assert values == pytest.approx(expected, rel=1e-5)
