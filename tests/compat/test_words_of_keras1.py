"""What Keras 1.2.2 alone had: its numbers are in `tests/era`, its formulas here."""

import sys

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import compat, constraints, initializers, layers, metrics, regularizers
from jaxcnn.layers import Dense, Input
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.spellings.dialect import speaking

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4)).astype("f")
pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling")


@pytest.fixture
def as_keras1():
    """`import keras` finds jaxcnn as Keras 1.2."""
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    compat.install("1.2")
    yield
    compat.uninstall()
    sys.modules.update(other)


def test_activations_with_weights(as_keras1):
    from keras.layers import ParametricSoftplus, SReLU

    softplus = ParametricSoftplus(alpha_init=0.3, beta_init=2.0, input_shape=(4,))
    expected = 0.3 * np.log1p(np.exp(2 * X))
    np.testing.assert_allclose(Sequential([softplus]).predict(X), expected, rtol=1e-4)
    assert ParametricSoftplus.from_config(softplus.get_config()).beta_init == 2.0

    srelu = SReLU(input_shape=(2, 2), shared_axes=[1])
    model = Sequential([srelu])
    t, a, r, b = weights = [RNG.normal(size=(1, 2)).astype("f") for _ in range(4)]
    srelu.set_weights(weights)
    x, right = X.reshape(6, 2, 2), t + abs(r)
    expected = np.where(x < t, t + a * (x - t), np.where(x > right, right + b * (x - right), x))
    np.testing.assert_allclose(model.predict(x), expected, atol=1e-5)
    assert SReLU.from_config(srelu.get_config()).get_config() == srelu.get_config()


def test_modes_of_batch_normalization(as_keras1, tmp_path):
    from keras.layers.normalization import BatchNormalization

    samples, batches = (BatchNormalization(mode=mode, input_shape=(4,)) for mode in (1, 2))
    assert samples.name.startswith("batchnormalization_")
    m, v = X.mean(-1, keepdims=True), X.var(-1, keepdims=True)
    expected = (X - m) / (np.sqrt(v + 1e-3) + 1e-3)
    np.testing.assert_allclose(Sequential([samples]).predict(X), expected, atol=1e-5)
    model = Sequential([batches])
    model.compile("sgd", "mse")
    model.fit(X, X, nb_epoch=1, verbose=0)
    expected = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3)
    gamma, beta, mean, variance = batches.get_weights()
    np.testing.assert_allclose(model.predict(X), gamma * expected + beta, atol=1e-5)
    assert mean.tolist() == [0] * 4 and variance.tolist() == [1] * 4  # these rest
    model.save(str(tmp_path / "m.h5"))
    np.testing.assert_array_equal(load_model(tmp_path / "m.h5").predict(X), model.predict(X))
    plain = BatchNormalization(1e-2, 0, 1)
    assert plain.epsilon == 1e-2 and plain.axis == 1
    assert all(isinstance(layer, BatchNormalization) for layer in (samples, batches, plain))
    assert not isinstance(Dense(1), BatchNormalization) and not isinstance(plain, type(batches))
    with pytest.raises(ValueError, match="`mode` is 0, 1 or 2; given 3"):
        BatchNormalization(mode=3)


def test_metrics_are_counted_in_each_batch(as_keras1):
    from keras import metrics as of_1
    from keras.metrics import fbeta_score, matthews_correlation

    both = np.array([[0.0, 1.0], [1.0, 0.0]])
    for name in ("mse", "categorical_accuracy", "fmeasure"):
        assert np.shape(getattr(of_1, name)(both, both)) == np.shape(of_1.get(name)(both, both))
        assert np.shape(of_1.get(name)(both, both)) == ()
    true, sure = np.array([1.0, 1, 0, 0]), np.array([0.9, 0.2, 0.8, 0.7])
    assert float(matthews_correlation(true, sure)) == pytest.approx(-0.57735, rel=1e-4)
    assert float(fbeta_score(true, sure, beta=2)) == pytest.approx(5 / 11, rel=1e-4)
    with pytest.raises(ValueError, match="beta"):
        fbeta_score(true, sure, beta=-1)
    model = Sequential([Dense(1, input_dim=1)])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile("sgd", "mse", metrics=["precision", "recall", "fmeasure"])
    given = model.evaluate(sure[:, None], true[:, None], batch_size=2, verbose=0)
    assert model.metrics_names == ["loss", "precision", "recall", "fmeasure"]
    np.testing.assert_allclose(given[1:], [0.5, 0.25, 1 / 3], rtol=1e-4)  # (1 + 0) / 2 and so on
    compat.uninstall()
    assert type(metrics.get("precision")).__name__ == "Precision"


def test_names_of_penalties_and_constraints(as_keras1):
    from keras.constraints import MaxNorm, maxnorm

    assert regularizers.get("activity_l2") == regularizers.l2(0.01)
    assert regularizers.get("activity_l1l2") == regularizers.l1_l2()
    assert MaxNorm(m=3, axis=1) == maxnorm(m=3, axis=1) == constraints.MaxNorm(3, 1)


def test_sides_of_padding_by_name(as_keras1):
    from keras.layers import ZeroPadding1D

    assert ZeroPadding1D({"left_pad": 1, "right_pad": 2}).padding == ((1, 2),)
    with pytest.raises(ValueError, match=r"ZeroPadding1D: `padding` has \['top_pad'\]"):
        ZeroPadding1D({"top_pad": 1})


def test_a_stated_deconvolution_is_made_again(as_keras1):
    from keras.layers import Deconvolution2D

    x = Input((4, 4, 2))
    layer = Deconvolution2D(3, 2, 2, output_shape=(None, 8, 8, 3), subsample=(2, 2))
    again = type(layer).from_config(layer.get_config())
    assert Model(x, again(x)).output_shape == Model(x, layer(x)).output_shape == (None, 8, 8, 3)


def test_the_backend_in_its_words(as_keras1):
    from keras import backend

    x, kernel = RNG.normal(size=(1, 2, 5, 5)), RNG.normal(size=(3, 2, 2, 2))
    turned = kernel.transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(
        backend.conv2d(x, kernel, border_mode="same", dim_ordering="th", image_shape=(1, 2, 5, 5)),
        K.conv2d(x, turned, padding="same", data_format="channels_first"),
    )
    np.testing.assert_array_equal(
        backend.atrous_conv2d(x, kernel, rate=2, dim_ordering="th"),
        K.conv2d(x, turned, data_format="channels_first", dilation_rate=2),
    )
    assert K.int_shape(backend.spatial_2d_padding(x, (1, 2), "th")) == (1, 2, 7, 9)
    assert K.int_shape(backend.temporal_padding(x[0], padding=2)) == (2, 9, 5)
    assert K.int_shape(
        backend.resize_images(X=x, height_factor=2, width_factor=1, dim_ordering="th")
    ) == (1, 2, 10, 5)
    assert K.int_shape(backend.expand_dims(x, dim=1)) == (1, 1, 2, 5, 5)
    images = x.transpose(0, 2, 3, 1)
    out = backend.deconv2d(images, RNG.normal(size=(2, 2, 2, 4)), (1, 10, 10, 4), strides=(2, 2))
    assert K.int_shape(out) == (1, 10, 10, 4)


def test_draws_of_its_initializers(as_keras1):
    from keras import initializations

    drawn = Sequential([Dense(200, init="he_normal", input_dim=300)]).get_weights()[0]
    assert drawn.std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)  # not truncated
    square = K.eval(initializations.orthogonal((2, 3, 2)))
    rows = square.reshape(2, 6)
    np.testing.assert_allclose(rows @ rows.T, 1.21 * np.eye(2), atol=1e-5)
    assert initializers.get("orthogonal").gain == 1.1
    compat.uninstall()
    assert initializers.get("orthogonal").gain == 1.0


def test_attributes_of_layers(as_keras1):
    from keras.layers import LSTM, BatchNormalization, Convolution1D, Convolution2D, MaxPooling2D

    layer = Convolution2D(3, 2, 4, subsample=(2, 1), border_mode="same", input_shape=(4, 6, 2))
    Sequential([layer])
    assert (layer.nb_filter, layer.nb_row, layer.nb_col, layer.subsample) == (3, 2, 4, (2, 1))
    assert (layer.border_mode, layer.dim_ordering) == ("same", "tf")
    assert layer.W_shape == (2, 4, 2, 3)
    assert layer.get_output_shape_for((None, 4, 6, 2)) == (None, 2, 6, 3)
    assert K.int_shape(layer.W) == (2, 4, 2, 3) and K.int_shape(layer.b) == (3,)
    assert BatchNormalization().mode == 0 and MaxPooling2D().border_mode == "valid"
    assert Convolution1D(3, 5, subsample_length=2).subsample_length == 2
    recurrent = LSTM(4, dropout_W=0.2, consume_less="gpu")
    assert (recurrent.output_dim, recurrent.dropout_W, recurrent.consume_less) == (4, 0.2, "gpu")
    dense = Dense(2)
    dense(recurrent(Input((5, 3))))
    assert (recurrent.input_dim, recurrent.input_length, dense.input_dim) == (3, 5, 4)
    with pytest.raises(AttributeError, match="no attribute 'nb_row'"):
        _ = Dense(1).nb_row


def test_weights_and_penalties_in_build(as_keras1):
    """A layer of the time: variables, the weights that it starts from, and a penalty of one."""
    from keras import constraints, initializations, regularizers
    from keras.engine.topology import Layer

    class Old(Layer):
        def __init__(self, units, weights=None, penalty=None, constraint=None, **kwargs):
            self.units, self.initial_weights = units, weights
            self.penalty, self.constraint = regularizers.get(penalty), constraints.get(constraint)
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.W = initializations.get("uniform")((input_shape[-1], self.units), name="W")
            self.trainable_weights = [self.W]
            if self.constraint:
                self.constraints[self.W] = self.constraint
            if self.penalty:
                self.add_loss(self.penalty(self.W) + 2 * K.sum(self.W))
            if self.initial_weights is not None:
                self.set_weights(self.initial_weights)
                del self.initial_weights
            self.built = True

        def call(self, x, mask=None):
            return K.dot(x, self.W)

        def get_output_shape_for(self, shape):
            return (shape[0], self.units)

    start = np.arange(8.0).reshape(4, 2) / 10 - 0.3
    model = Sequential([Old(2, weights=[start], penalty="l2", constraint="nonneg", input_dim=4)])
    np.testing.assert_allclose(model.get_weights(), [start], atol=1e-7)
    model.compile("sgd", "mse")
    loss = np.mean((X @ start) ** 2) + 0.01 * np.sum(start**2) + 2 * start.sum()
    assert model.evaluate(X, np.zeros((6, 2)), verbose=0) == pytest.approx(loss, rel=1e-4)
    model.train_on_batch(X, np.zeros((6, 2)))
    slope = 2 * X.T @ (X @ start) / 12 + 0.02 * start + 2
    np.testing.assert_allclose(
        model.get_weights()[0], np.maximum(start - 0.01 * slope, 0), atol=1e-6
    )
    with pytest.raises(ValueError, match="list of length 2"):
        Sequential([Old(2, weights=[start, start], input_dim=4)])


def test_helpers(as_keras1):
    from keras.utils import np_utils
    from keras.utils.generic_utils import make_tuple
    from keras.utils.layer_utils import layer_from_config

    assert make_tuple(1, 2) == (1, 2)
    config = {"class_name": "Dense", "config": {"output_dim": 3, "name": "d"}}
    assert layer_from_config(config).output_dim == 3
    assert np_utils.accuracy(np.array([0, 1, 2]), np.array([0, 1, 1])) == pytest.approx(2 / 3)
    sure = np.array([[0.5, 0.5], [0.2, 0.8]])
    assert np_utils.multiclass_logloss(sure, [1, 1]) == pytest.approx(-np.log(0.1) / 2)
    both = np_utils.multiclass_logloss(np.array([[0.3, 0.7]]), np.array([[0, 1]]))
    assert both == pytest.approx(1.560647748264668)
    kernel = np.arange(24).reshape(2, 3, 2, 2)
    np.testing.assert_array_equal(np_utils.convert_kernel(kernel, "th"), kernel[:, :, ::-1, ::-1])


def test_generators_by_position(as_keras1):
    """The second argument counts samples, the third epochs."""
    seen = []

    def pairs():
        while True:
            seen.append(1)
            yield X, X[:, :1]

    model = Sequential([Dense(1, input_dim=4)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit_generator(pairs(), 12, 2, 0, [], pairs(), 18)
    assert len(history.epoch) == 2 and history.params["nb_epoch"] == 2
    assert "steps" not in history.params and "val_loss" in history.history
    assert model.predict_generator(pairs(), 12).shape == (12, 1)
    assert len(model.evaluate_generator(pairs(), 6, 3)) == 2


def test_images_in_its_words(as_keras1):
    from keras.preprocessing.image import array_to_img, img_to_array

    image = array_to_img(np.zeros((1, 2, 3)), dim_ordering="th")
    assert image.size == (3, 2) and img_to_array(image, dim_ordering="th").shape == (1, 2, 3)


@pytest.mark.parametrize(("layer", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_each_gate_is_drawn_by_itself(layer, gates):
    """As kernels of their own; with consume_less='gpu' as one, and so in later Keras."""

    def kernels(**options):
        built = getattr(layers, layer)(6, input_shape=(3, 6), **options)
        weights = Sequential([built]).get_weights()
        return weights[::3], weights[1::3]

    with speaking("1.2"):
        kernel, recurrent = kernels()
        _, whole = kernels(consume_less="gpu")
    assert len(kernel) == len(recurrent) == gates
    assert np.sqrt(6 / (6 + 6 * gates)) < np.abs(kernel).max() <= np.sqrt(6 / 12)
    _, later = kernels()
    for orthogonal in (*recurrent, *whole, *later):
        products = orthogonal @ orthogonal.T  # of 1 or, by Keras 1's own initialization, 1.21
        np.testing.assert_allclose(products / products[0, 0], np.eye(6), atol=1e-5)


@pytest.mark.parametrize("version", ["1.2", "2.0", "2.2"])
def test_callbacks_are_told_what_their_keras_said(version):
    """The keys are those of the real Keras 1.2.2, 2.0.4 and 2.2.4, but that 1.2.2 also says
    nb_sample of a generator.
    """
    from jaxcnn.callbacks import Callback
    from jaxcnn.layers import Dense
    from jaxcnn.models import Sequential
    from jaxcnn.spellings.dialect import speaking

    class Listens(Callback):
        def on_train_begin(self, logs=None):
            self.told = dict(self.params)

    always = {"do_validation", "metrics", "verbose"}
    expected = {
        "1.2": ({*always, "nb_epoch", "nb_sample", "batch_size"}, {*always, "nb_epoch"}),
        "2.0": ({*always, "epochs", "samples", "batch_size"}, {*always, "epochs", "steps"}),
        "2.2": (
            {*always, "epochs", "samples", "batch_size", "steps"},
            {*always, "epochs", "steps"},
        ),
    }
    x, y = np.ones((10, 3)), np.ones((10, 2))
    with speaking(version):
        model = Sequential([Dense(2, input_shape=(3,))])
        model.compile("sgd", "mse")
        arrays, batches = Listens(), Listens()
        history = model.fit(x, y, epochs=1, verbose=0, callbacks=[arrays])
        assert history.params == arrays.told
        generator = ((x[:4], y[:4]) for _ in range(4))
        model.fit_generator(generator, steps_per_epoch=2, epochs=1, verbose=0, callbacks=[batches])
    assert (set(arrays.told), set(batches.told)) == expected[version]
    assert version != "2.2" or arrays.told["steps"] is None


def test_a_stack_on_merged_models_is_read_from_its_description(as_keras):
    compat.install("2.0")
    from keras.layers import Dense, Input, Merge
    from keras.models import Model, Sequential

    parts = [Sequential([Dense(3, input_shape=(2,))]) for _ in range(2)]
    with pytest.warns(UserWarning, match="Merge: Keras 1 spelling"):
        stack = Sequential([Merge(parts, mode="concat"), Dense(1)])
    inputs = [Input((2,)), Input((2,))]
    whole = Model(inputs, stack(inputs))
    again = Model.from_config(whole.get_config())
    again.set_weights(whole.get_weights())
    x = [np.ones((4, 2)), np.full((4, 2), 2.0)]
    assert np.array_equal(again.predict(x), whole.predict(x))


def test_metrics_know_no_masks():
    """The expected numbers are those of the real Keras 1.2.2: loss, accuracy, squared error."""
    from jaxcnn.layers import Activation, Dense, Masking, TimeDistributed
    from jaxcnn.models import Sequential
    from jaxcnn.spellings.dialect import speaking

    x = np.arange(12, dtype="float32").reshape(2, 3, 2) / 10
    x[0, 1:], x[1, 2] = 0, 0
    y = np.eye(2)[[[0, 0, 1], [1, 0, 0]]]
    with speaking("1.2"):
        model = Sequential(
            [
                Masking(0.0, input_shape=(3, 2)),
                TimeDistributed(Dense(2)),
                Activation("softmax"),
            ]
        )
        model.set_weights([np.array([[0.5, 1.0], [0.2, 0.4]]), np.array([0.3, 0.0])])
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "mse"])
        results = model.evaluate(x, y, verbose=0, batch_size=1)
    np.testing.assert_allclose(results, [0.64858529, 0.66666669, 0.23635566], rtol=1e-5)
