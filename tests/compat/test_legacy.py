"""The layers of Keras 1 and 2.0 that are gone: numbers of the formulas, and of NumPy."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.compat import keras1, legacy
from jaxcnn.layers import LSTM, Bidirectional, Dense, Input, InputSpec
from jaxcnn.models import Model, Sequential, model_from_json
from jaxcnn.spellings.dialect import speaking

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 4)).astype("f")


def test_maxout():
    layer = legacy.MaxoutDense(3, nb_feature=2, input_dim=4, W_regularizer="l2")
    model = Sequential([layer])
    kernel, bias = RNG.normal(size=(2, 4, 3)), RNG.normal(size=(2, 3))
    layer.set_weights([kernel, bias])
    expected = np.max([X @ k + b for k, b in zip(kernel, bias, strict=True)], axis=0)
    np.testing.assert_allclose(model.predict(X), expected, atol=1e-5)
    again = legacy.MaxoutDense.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    model.compile("sgd", "mse")
    penalty = 0.01 * np.sum(kernel**2)
    loss = np.mean((expected - 1) ** 2)
    assert model.evaluate(X, np.ones((5, 3)), verbose=0) == pytest.approx(loss + penalty, rel=1e-4)
    assert Sequential([legacy.MaxoutDense(3, bias=False, input_dim=4)]).count_params() == 48


def test_highway():
    layer = legacy.Highway(activation="tanh", input_dim=4)
    model = Sequential([layer])
    w, w_gate, b, b_gate = (RNG.normal(size=s) for s in ((4, 4), (4, 4), 4, 4))
    np.testing.assert_array_equal(layer.get_weights()[3], np.ones(4))
    layer.set_weights([w, w_gate, b, b_gate])
    gate = 1 / (1 + np.exp(-(X @ w_gate + b_gate)))
    expected = np.tanh(X @ w + b) * gate + (1 - gate) * X
    np.testing.assert_allclose(model.predict(X), expected, atol=1e-5)
    assert legacy.Highway.from_config(layer.get_config()).get_config() == layer.get_config()


# As Keras 1.2.2 and 2.0.4 describe them; weights by RandomState(0), and their predictions.
DESCRIBED = (
    ("Highway", '"activation": "tanh", "batch_input_shape": [null, 5], "input_dim": 5'),
    ("MaxoutDense", '"output_dim": 4, "nb_feature": 3, "W_regularizer": %s, "input_dim": null'),
    ("Dense", '"output_dim": 2'),
)


@pytest.mark.parametrize(
    ("version", "penalty"),
    [
        ("1.2.2", '{"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.01}'),
        ("2.0.4", '{"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}}'),
    ],
)
def test_files_of_old_keras(version, penalty):
    layers = ", ".join(
        f'{{"class_name": "{name}", "config": {{"name": "{name}", "bias": true, {settings}}}}}'
        for name, settings in DESCRIBED
    ).replace("%s", penalty)
    text = f'{{"class_name": "Sequential", "config": [{layers}], "keras_version": "{version}"}}'
    model = model_from_json(text)
    random = np.random.RandomState(0)
    model.set_weights([random.randn(*w.shape) for w in model.get_weights()])
    expected = [[-1.7579317, -1.3645958], [-4.0991054, -0.05435625]]
    x = np.arange(10.0).reshape(2, 5) / 10
    np.testing.assert_allclose(model.predict(x), expected, atol=1e-5)
    model.compile("sgd", "mse")
    assert model.evaluate(x, np.ones((2, 2)), verbose=0) == pytest.approx(10.731962, rel=1e-5)


def test_merging_in_a_subclass():
    class Weighted(legacy._Merge):
        def _merge_function(self, inputs):
            return 0.25 * inputs[0] + 0.75 * inputs[1]

    a, b = Input((2, 4)), Input((4,))
    model = Model([a, b], Weighted()([a, b]))
    pair = np.stack([X, X], 1), 2 * X
    np.testing.assert_allclose(model.predict(list(pair)), 1.75 * pair[0], atol=1e-5)
    with pytest.raises(ValueError, match="at least 2"):
        Weighted()([a])
    with pytest.raises(NotImplementedError, match="_merge_function"):
        legacy._Merge()([a, b])


def test_a_dense_layer_in_time():
    model = Sequential([legacy.TimeDistributedDense(3, input_dim=4, input_length=2)])
    assert model.output_shape == (None, 2, 3)


def test_a_wrapper_trains_what_it_wraps():
    class Doubled(legacy.Wrapper):
        def build(self, input_shape):
            self.scale = self.add_weight(name="scale", shape=(1,), initializer="ones")
            super().build()

        def call(self, x):
            return self.scale * self.layer(x)

    layer = Doubled(Dense(3))
    model = Sequential([Input((4,)), layer])
    assert [w.shape for w in model.get_weights()] == [(1,), (4, 3), (3,)]
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(X, np.ones((5, 3)))
    assert all(np.any(a != b) for a, b in zip(before, model.get_weights(), strict=True))
    assert legacy.Wrapper.from_config(layer.get_config()).layer.units == 3


class Leaky(legacy.Recurrent):
    """Half of the state and the input, plus a constant."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(name="k", shape=(1,), initializer="ones")
        self.states = [None]

    def get_constants(self, inputs, training=None):
        return [K.ones_like(inputs[:, 0, :])]

    def step(self, x, states):
        state, one = states
        output = 0.5 * state + self.kernel * x + one
        return output, [output]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
def test_a_recurrent_layer_with_a_step(sequences, backwards):
    layer = Leaky(4, return_sequences=sequences, go_backwards=backwards, input_shape=(3, 4))
    model = Sequential([layer])
    steps = RNG.normal(size=(2, 3, 4)).astype("f")
    state, outputs = np.zeros((2, 4)), []
    for i in (2, 1, 0) if backwards else (0, 1, 2):
        state = 0.5 * state + steps[:, i] + 1
        outputs.append(state)
    expected = np.stack(outputs, 1) if sequences else state
    np.testing.assert_allclose(model.predict(steps), expected, atol=1e-5)


class Remembering(Leaky):
    """The same, whose states go on in the next batch."""

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = [InputSpec(shape=input_shape)]
        self.reset_states()


def test_a_recurrent_layer_with_a_step_remembers_its_states():
    # As in Keras 1.2.2 and 2.0.4: predict, test_on_batch and training move the states.
    layer = Remembering(2, stateful=True, batch_input_shape=(2, 2, 2))
    model = Sequential([layer])
    assert not model.get_weights()[1:]  # states are no weights
    steps, state = np.ones((2, 2, 2), "f"), np.zeros((2, 2))
    model.compile("sgd", "mse")
    for told in (model.predict, model.predict, lambda x: model.test_on_batch(x, np.zeros((2, 2)))):
        told(steps)
        for _ in range(2):
            state = 0.5 * state + 2
        np.testing.assert_allclose(K.get_value(layer.states[0]), state)
    model.reset_states()
    np.testing.assert_array_equal(K.get_value(layer.states[0]), np.zeros((2, 2)))
    model.train_on_batch(steps, np.zeros((2, 2)))
    np.testing.assert_allclose(K.get_value(layer.states[0]), np.full((2, 2), 3.0))
    layer.reset_states([np.ones((2, 2))])
    np.testing.assert_array_equal(K.get_value(layer.states[0]), np.ones((2, 2)))
    with pytest.raises(AttributeError, match="must be stateful"):
        Leaky(2).reset_states()
    with pytest.raises(ValueError, match=r"`self\.reset_states\(\)`"):
        Sequential([Leaky(2, stateful=True, batch_input_shape=(2, 2, 2))])


def test_a_step_that_an_lstm_would_not_call_is_refused():
    class Peephole(LSTM):
        def step(self, x, states):
            return x, states

    with speaking("2.2"), pytest.raises(TypeError, match="Peephole: its step would never be"):
        Peephole(3)


def test_a_recurrent_layer_with_a_step_in_both_directions():
    # Each half of the output is that of a layer which begins at another end.
    steps = np.arange(12.0).reshape(2, 3, 2)
    layer = Bidirectional(Leaky(2), input_shape=(3, 2))
    ways = Sequential([layer])
    backwards = Sequential([Leaky(2, go_backwards=True, input_shape=(3, 2))])
    backwards.set_weights(layer.backward_layer.get_weights())
    np.testing.assert_allclose(ways.predict(steps)[:, 2:], backwards.predict(steps), rtol=1e-6)
    with pytest.raises(ValueError, match="must be a recurrent layer"):
        Bidirectional(Dense(2))


def test_a_recurrent_layer_says_its_arguments_in_the_words_of_keras_1():
    with speaking("1.2"):
        layer = Leaky(4, input_dim=3, consume_less="gpu")
        told = layer.get_config()
    assert (told["consume_less"], told["input_dim"], told["input_length"]) == ("gpu", 3, None)
    assert "implementation" not in told


def test_a_deconvolution_from_its_settings():
    layer = keras1.Deconvolution2D(filters=2, kernel_size=3, strides=2)
    again = keras1.Deconvolution2D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
