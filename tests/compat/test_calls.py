"""Calls of layers with a mode, a mask or states, as Keras 2.0 to 2.3 allow them."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import (
    GRU,
    LSTM,
    BatchNormalization,
    Conv2DTranspose,
    Dense,
    Dropout,
    Embedding,
    Input,
    InputSpec,
    Layer,
    Masking,
    TimeDistributed,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking

X = np.ones((4, 100), "float32")


def test_dropout_at_test_time():
    x = Input((100,))
    model = Model(x, Dropout(0.5)(x, training=True))
    first, second = model.predict(X), model.predict(X)
    assert set(np.unique(first)) == {0, 2} and not np.array_equal(first, second)
    model.compile("sgd", "mse")
    assert model.evaluate(X, X, verbose=0) == pytest.approx(1, abs=0.01)  # (2 - 1)^2 or (0 - 1)^2
    again = Model.from_config(model.get_config())
    assert set(np.unique(again.predict(X))) == {0, 2}


def test_no_dropout_in_training():
    x = Input((100,))
    model = Model(x, Dropout(0.5)(x, training=False))
    model.compile("sgd", "mse")
    assert model.train_on_batch(X, X) == 0
    open_mode = Dropout(0.5)(x, training=K.learning_phase())
    np.testing.assert_array_equal(Model(x, open_mode).predict(X), X)
    with pytest.raises(ValueError, match=r"`training` must be True, False, None or K\.learning"):
        Dropout(0.5)(x, training=K.placeholder(ndim=1))


def test_models_and_statistics_of_the_batch():
    x = Input((3,))
    inner = Sequential([BatchNormalization(input_shape=(3,))])
    data = np.random.default_rng(0).normal(5, 2, (8, 3)).astype("float32")
    outer = Model(x, inner(x, training=True))
    np.testing.assert_allclose(outer.predict(data).mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(Model(x, inner(x)).predict(data), data, rtol=1e-2)


def test_layers_around_layers():
    class Twice(Layer):
        def __init__(self, layer, **kwargs):
            self.layer = layer
            super().__init__(**kwargs)

        def build(self, input_shape):
            if not self.layer.built:
                self.layer.build(input_shape)
                self.layer.built = True
            super().build(input_shape)

        def call(self, x):
            return 2 * self.layer.call(x)

    x = Input((3,))
    dense = Dense(2, bias_initializer="ones")
    model = Model(x, Twice(dense)(x))
    assert len(model.get_weights()) == 2
    data = np.ones((1, 3))
    np.testing.assert_allclose(model.predict(data), 2 * (data @ model.get_weights()[0] + 1))
    per_step = Sequential([TimeDistributed(Twice(Dense(2)), input_shape=(5, 3))])
    assert per_step.output_shape == (None, 5, 2)
    assert TimeDistributed(model)(Input((5, 3))).shape == (None, 5, 2)


def test_build_from_outside_and_states():
    layer = LSTM(3, stateful=True)
    assert layer.states == [None, None]
    layer.build((2, 5, 4))
    layer.reset_states()
    assert [K.int_shape(state) for state in layer.states] == [(2, 3), (2, 3)]
    layer.reset_states([np.ones((2, 3)), np.zeros((2, 3))])
    assert K.get_value(layer.states[0]).tolist() == np.ones((2, 3)).tolist()
    with pytest.raises(ValueError, match="the states have shapes"):
        layer.reset_states([np.ones((2, 3))] * 3)


def test_a_mask_given_to_the_call():
    x, mask = Input((5, 3)), Input((5,), dtype="bool")
    gru = GRU(2)
    model = Model([x, mask], gru(x, mask=mask))
    data = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    lengths = np.arange(5)[None] < np.array([[2], [5]])
    masked = Sequential([Masking(input_shape=(5, 3)), GRU(2)])
    masked.set_weights(model.get_weights())
    np.testing.assert_allclose(
        model.predict([data, lengths]), masked.predict(data * lengths[..., None]), rtol=1e-5
    )


def test_layers_on_placeholders_and_variables():
    dense = Dense(2)
    y = dense(K.placeholder(shape=(None, 3)))
    assert y._keras_shape == (None, 2)
    np.testing.assert_allclose(dense(K.variable(np.zeros((4, 3)))), np.zeros((4, 2)))


class Doubled(Dense):
    def call(self, x, mask=None):
        return 2 * super().call(x)


class Noisy(Dense):
    def call(self, x, training=None):
        y = super().call(x)
        return K.in_train_phase(0 * y, y, training=training)


def test_subclasses_of_the_layers_of_the_library():
    layer = Doubled(2, kernel_initializer="ones", activation="relu")
    model = Sequential([layer])
    assert model.predict(np.ones((1, 3))).tolist() == [[6, 6]]
    assert [w.name for w in model.weights] == ["doubled_1/kernel:0", "doubled_1/bias:0"]
    assert layer.units == 2 and layer.get_config()["activation"] == "relu"
    model.compile("sgd", "mse")
    assert model.train_on_batch(np.ones((1, 3)), np.zeros((1, 2))) == 36
    assert model.predict(np.ones((1, 3))).max() < 6
    noisy = Sequential([Noisy(3, input_shape=(3,))])
    noisy.compile("sgd", "mse")
    assert noisy.train_on_batch(np.ones((1, 3)), np.zeros((1, 3))) == 0
    assert noisy.evaluate(np.ones((1, 3)), np.zeros((1, 3)), verbose=0) > 0


def test_build_and_call_of_a_layer_of_the_library_are_overridden():
    """Dense with a factor for each unit: by its own `call`, and by that of its base."""

    class Own(Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.g = self.add_weight(name="g", shape=(self.units,), initializer="ones")

        def call(self, x):
            return self.activation(K.bias_add(K.dot(x, self.kernel * self.g), self.bias))

    class Base(Own):
        def call(self, x):
            return self.g * super(Own, self).call(x)

    x = np.array([[1.0, -2, 3]])
    kernel, bias, g = np.arange(6.0).reshape(3, 2) - 2, np.array([0.5, -0.5]), np.array([2.0, -1])
    for kind, expected in (
        (Own, np.maximum(x @ (kernel * g) + bias, 0)),
        (Base, g * np.maximum(x @ kernel + bias, 0)),
    ):
        layer = kind(2, activation="relu", kernel_regularizer="l2", input_shape=(3,))
        model = Sequential([layer])
        assert [w.shape for w in layer.get_weights()] == [(3, 2), (2,), (2,)]
        layer.set_weights([kernel, bias, g])
        np.testing.assert_allclose(model.predict(x), expected)
        model.compile("sgd", "mse")
        loss = np.mean(expected**2) + 0.01 * np.sum(kernel**2)
        assert model.train_on_batch(x, np.zeros((1, 2))) == pytest.approx(loss, rel=1e-5)
        assert kind.from_config(layer.get_config()).units == 2

    class Around(TimeDistributed):
        def build(self, input_shape):
            super().build(input_shape)

    with pytest.raises(TypeError, match="Around overrides `build` of a layer with others inside"):
        Around(Dense(2), input_shape=(3, 4))(Input((3, 4)))


def test_a_layer_with_its_own_build_is_trained_as_its_base_is():
    """Running statistics move, noise is drawn, masks are heeded."""

    def rebuilt(base):
        def build(self, input_shape):
            base.build(self, input_shape)

        return type(f"Own{base.__name__}", (base,), {"build": build})

    x = np.random.default_rng(0).normal(3, 2, (8, 5))
    for kind, options, data in (
        (BatchNormalization, {"momentum": 0.5, "input_shape": (5,)}, x),
        (LSTM, {"units": 2, "dropout": 0.5, "input_shape": (5, 1)}, x[:, :, None]),
    ):
        one, other = Sequential([kind(**options)]), Sequential([rebuilt(kind)(**options)])
        other.set_weights(one.get_weights())
        for model in (one, other):
            model.compile("sgd", "mse")
        targets = np.zeros(one.predict(data, batch_size=8).shape)
        other.predict(data, batch_size=8)
        for model in (one, other):
            model.train_on_batch(data, targets)
        if "dropout" not in options:
            for old, new in zip(one.get_weights(), other.get_weights(), strict=True):
                np.testing.assert_allclose(old, new, rtol=1e-5, atol=1e-6)
        results = [model.predict(data, batch_size=8) for model in (one, other)]
        assert "dropout" in options or np.allclose(*results, rtol=1e-5, atol=1e-6)

    steps = np.array([[1, 2, 0, 0]])
    one, other = (
        Sequential([masking(3, 2, mask_zero=True, input_length=4), reading(2)])
        for masking, reading in ((Embedding, LSTM), (rebuilt(Embedding), rebuilt(LSTM)))
    )
    other.set_weights(one.get_weights())
    np.testing.assert_allclose(one.predict(steps), other.predict(steps), rtol=1e-6)
    assert not np.allclose(one.predict(steps), one.predict(np.array([[1, 2, 1, 1]])))
    assert other.layers[1].output_mask is None


def test_inputs_of_a_layer():
    dense = Dense(2)
    x = Input((3,), sparse=False, tensor=None)
    dense(x)
    assert dense._inbound_nodes[0].input_tensors == [x]
    scale = Layer()
    scale.input_spec = InputSpec(ndim=2)
    scale.assert_input_compatibility(x)
    with pytest.raises(ValueError, match="needs an input of 2 axes"):
        scale.assert_input_compatibility(Input((3, 3)))


def test_a_deconvolution_in_the_words_of_either_keras():
    from jaxcnn.compat.keras1 import Deconvolution2D

    layer = Deconvolution2D(filters=2, kernel_size=3, padding="same")
    assert type(layer) is Conv2DTranspose and layer.padding == "same"


def test_enqueuers_give_batches_in_order():
    from jaxcnn.compat.enqueuers import GeneratorEnqueuer, OrderedEnqueuer
    from jaxcnn.utils import Sequence

    class Numbers(Sequence):
        ends = 0

        def __len__(self):
            return 3

        def __getitem__(self, index):
            if index > 2:
                raise IndexError(index)
            return np.full(2, index + 10 * self.ends)

        def on_epoch_end(self):
            self.ends += 1

    numbers = Numbers()
    ordered = OrderedEnqueuer(numbers)
    ordered.start(workers=2, max_queue_size=2)
    batches = ordered.get()
    assert [int(next(batches)[0]) for _ in range(5)] == [0, 1, 2, 10, 11]
    assert ordered.is_running() and numbers.ends == 1
    ordered.stop()
    assert not ordered.is_running() and list(batches) == []

    def counting():
        yield from range(3)
        raise RuntimeError("no more")

    generated = GeneratorEnqueuer(counting())
    generated.start(workers=3)
    batches = generated.get()
    assert [next(batches) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="no more"):
        next(batches)
    assert not generated.is_running()
    finite = GeneratorEnqueuer(iter(range(9)))
    finite.start(workers=3)
    assert list(finite.get()) == list(range(9))
    shuffled = OrderedEnqueuer(numbers, shuffle=True)
    shuffled.start()
    batches = shuffled.get()
    assert sorted(int(next(batches)[0]) for _ in range(3)) == [10, 11, 12]
    shuffled.stop()


def test_a_wrapper_adds_weights_and_losses_to_the_layer_inside(as_keras):
    """A layer of 2.0 around another one, which its `build` gives a weight and a penalty."""
    from keras import backend, layers

    class Scaled(layers.Wrapper):
        def build(self, input_shape=None):
            if not self.layer.built:
                self.layer.build(input_shape)
                self.layer.built = True
            super().build()
            self.logit = self.layer.add_weight(name="logit", shape=(1,), initializer="ones")
            self.p = backend.sigmoid(self.logit[0])
            self.layer.add_loss(backend.sum(backend.square(self.layer.kernel)) * self.p)

        def compute_output_shape(self, input_shape):
            return self.layer.compute_output_shape(input_shape)

        def call(self, inputs):
            return self.layer.call(inputs * self.p)

    x = Input((3,))
    model = Model(x, Scaled(Dense(2))(x))
    kernel, bias, logit = (w.shape for w in model.get_weights())
    assert (kernel, bias, logit) == ((3, 2), (2,), (1,)) and len(model.trainable_weights) == 3
    values = [np.full(kernel, 0.5), np.zeros(2), np.zeros(1)]
    model.set_weights(values)
    inputs, targets = np.ones((4, 3)), np.zeros((4, 2))
    model.compile("sgd", "mse")
    assert model.predict(inputs)[0].tolist() == [0.75, 0.75]
    loss = model.train_on_batch(inputs, targets)
    assert loss == pytest.approx(0.75**2 + 0.5 * 6 * 0.25)
    slope = 0.25 * (2 * 0.75 * 1.5 + 1.5)  # of the sigmoid, by the output and the penalty
    assert model.get_weights()[2][0] == pytest.approx(-0.01 * slope, rel=1e-5)


def test_variables_that_a_call_updates_need_not_be_weights():
    class Counting(Layer):
        def build(self, input_shape):
            self.steps = K.variable(0.0, name="steps")
            self.peak = K.variable(np.zeros(3))
            super().build(input_shape)

        def call(self, x):
            peak = K.maximum(self.peak, K.max(x, axis=0))
            self.add_update([K.update_add(self.steps, 1.0), K.update(self.peak, peak)], x)
            return x * (1 + self.steps)

    layer = Counting(input_shape=(3,))
    model = Sequential([layer, Dense(2)])
    model.compile("sgd", "mse")
    assert len(layer.get_weights()) == 0 and model.count_params() == 8
    x = np.arange(12.0).reshape(4, 3)
    model.fit(x, np.zeros((4, 2)), epochs=3, batch_size=2, verbose=0)
    model.evaluate(x, np.zeros((4, 2)), verbose=0)
    model.reset_states()
    assert K.get_value(layer.steps) == 6 and K.get_value(layer.peak).tolist() == [9, 10, 11]
    K.set_value(layer.steps, 1.0)
    np.testing.assert_array_equal(layer(x), 2 * x)


def test_a_layer_without_call_passes_its_input_on():
    """As in Keras 2.2.4, where such layers change a mask, or a name."""

    class NoMask(Layer):
        def compute_mask(self, inputs, mask=None):
            return None

    data = np.array([[[1.0, 2, 3]] * 2 + [[0.0, 0, 0]] * 2])
    with speaking("2.2"):
        x = Input((4, 3))
        y = NoMask()(Masking()(x))
        gru = GRU(2, kernel_initializer="ones", recurrent_initializer="ones")
        model = Model(x, [Layer(name="same")(y), gru(y)])
        same, last = model.predict(data)
    np.testing.assert_array_equal(same, data)
    whole = Sequential([gru])
    np.testing.assert_allclose(last, whole.predict(data), rtol=1e-6)
    with pytest.raises(NotImplementedError, match=r"NoMask must define call"):
        NoMask()(x)
