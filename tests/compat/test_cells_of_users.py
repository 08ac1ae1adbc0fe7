"""Recurrent cells that programs write, and layers that keep tensors on themselves.

The numbers are those of Keras 2.2.4.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import LSTM, RNN, Input, Lambda, Layer, LSTMCell
from jaxcnn.models import Model, Sequential

RANDOM = np.random.RandomState(0)
X, Y = RANDOM.rand(8, 5, 3).astype("float32"), RANDOM.rand(8, 4).astype("float32")


def losses(model, targets=Y):
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    model.compile("sgd", "mse")
    return [model.train_on_batch(X, targets) for _ in range(3)]


class Normalized(LSTMCell):
    """An LSTM whose products with the input are normalised."""

    def build(self, input_shape):
        super().build(input_shape)
        self.g = self.add_weight((self.units * 4,), initializer="ones", name="g")
        self.b = self.add_weight((self.units * 4,), initializer="zeros", name="b")

    def call(self, inputs, states, training=None):
        h, c = states
        x = K.dot(inputs, self.kernel)
        centred = x - K.mean(x, axis=-1, keepdims=True)
        scaled = centred / K.sqrt(K.var(x, axis=-1, keepdims=True) + 1e-5) * self.g + self.b
        z = K.bias_add(scaled + K.dot(h, self.recurrent_kernel), self.bias)
        i, f, g, o = (z[:, k * self.units : (k + 1) * self.units] for k in range(4))
        i, f, o = (self.recurrent_activation(gate) for gate in (i, f, o))
        c = f * c + i * self.activation(g)
        return o * self.activation(c), [o * self.activation(c), c]


class Ordered(Layer):
    """An LSTM with master gates, cumulative sums of a softmax, that keeps a mean of them."""

    def __init__(self, units, levels, drop=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.levels, self.drop = units, levels, drop

    def build(self, input_shape):
        width = self.units * 4 + self.levels * 2
        self.kernel = self.add_weight((input_shape[-1], width), name="kernel", initializer="zeros")
        self.recurrent = self.add_weight((self.units, width), name="recurrent", initializer="zeros")
        self.bias = self.add_weight((width,), name="bias", initializer="zeros")
        dropped = K.dropout(self.recurrent, self.drop or 0.5)
        self._recurrent = K.in_train_phase(dropped, self.recurrent) if self.drop else self.recurrent
        super().build(input_shape)

    def step(self, x, states):
        c, h = states
        n, chunk = self.levels, self.units // self.levels
        o = K.bias_add(K.dot(x, self.kernel) + K.dot(h, self._recurrent), self.bias)
        forget = K.expand_dims(K.cumsum(K.softmax(o[:, :n]), axis=-1), 2)
        write = K.expand_dims(
            K.cumsum(K.softmax(o[:, n : 2 * n][..., ::-1]), axis=-1)[..., ::-1], 2
        )
        o = K.reshape(o[:, n * 2 :], (-1, n * 4, chunk))
        f, i, out = (K.sigmoid(o[:, n * k : n * (k + 1)]) for k in range(3))
        new, both = K.tanh(o[:, n * 3 :]), forget * write
        c = K.reshape(c, (-1, n, chunk))
        c = both * (f * c + i * new) + (forget - both) * c + (write - both) * new
        h, c = (K.reshape(v, [-1, self.units]) for v in (out * K.tanh(c), c))
        return K.concatenate([h, forget[..., 0]], 1), [c, h]

    def call(self, inputs):
        zeros = K.zeros((K.shape(inputs)[0], self.units))
        last, outputs, _ = K.rnn(self.step, inputs, [zeros, zeros])
        self.distance = 1 - K.mean(outputs[..., self.units :], -1)
        return last[..., : self.units]


def test_a_subclass_of_a_cell_with_further_weights():
    model = Sequential([RNN(Normalized(4), input_shape=(5, 3))])
    np.testing.assert_allclose(losses(model), [0.150607, 0.150072, 0.149543], rtol=1e-5)
    assert [w.shape for w in model.get_weights()] == [(3, 16), (4, 16), (16,), (16,), (16,)]
    assert LSTMCell(4).state_size == (4, 4)


def test_the_step_of_a_layer_is_its_cell():
    class Stepping(LSTM):
        def call(self, inputs, mask=None, training=None, initial_state=None):
            def step(x, states):
                return self.cell.call(x, states, training=training)

            self.sequence = inputs
            return K.rnn(step, self.sequence, self.get_initial_state(inputs))[0]

    stepping, usual = (Sequential([kind(4, input_shape=(5, 3))]) for kind in (Stepping, LSTM))
    np.testing.assert_allclose(losses(stepping), losses(usual), rtol=1e-5)


def test_tensors_that_a_call_keeps():
    layer, x = Ordered(4, 2), Input((5, 3))
    model = Model(x, layer(x))
    expected = [0.2606, 0.2611, 0.2628, 0.2622, 0.2618]
    np.testing.assert_allclose(losses(model), [0.146624, 0.146426, 0.146228], rtol=1e-5)
    distance = K.function([x], [layer.distance])
    np.testing.assert_allclose(distance([X])[0][0], expected, atol=1e-4)
    inside = Model(x, Lambda(lambda t: layer.distance)(x))
    np.testing.assert_allclose(inside.predict(X), distance([X])[0], atol=1e-6)
    model.fit(X, Y, verbose=0)
    assert distance([X])[0].shape == (8, 5)


def test_a_loss_of_a_tensor_that_a_call_keeps():
    class Keeping(Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 1), initializer="ones", name="w")
            super().build(input_shape)

        def call(self, inputs):
            self.products = K.dot(inputs, self.w)
            return inputs

    layer, x = Keeping(), Input((5, 3))
    model = Model(x, layer(x))
    model.compile("sgd", lambda y, p: K.mean(K.square(y - p)) + K.mean(layer.products))
    got = [model.train_on_batch(X, X) for _ in range(3)]
    np.testing.assert_allclose(got, [1.49068, 1.48326, 1.47583], rtol=1e-5)


def test_a_mask_of_weights_is_one_for_all_steps():
    class Dropped(Layer):
        def build(self, input_shape):
            self.w = self.add_weight((1, 50), initializer="ones", name="w")
            self._masked = K.in_train_phase(K.dropout(self.w, 0.5), self.w)
            super().build(input_shape)

        def call(self, inputs):
            def step(x, states):
                return x[:, :1] * self._masked, states

            return K.rnn(step, inputs, [])[1] + 0 * self._masked

    x = Input((5, 3))
    run = K.function([x, K.learning_phase()], [Dropped()(x)])
    dropped = run([np.ones((2, 5, 3)), 1])[0]
    assert set(np.unique(dropped)) == {0, 2}
    assert (dropped == dropped[:1, :1]).all()
    assert (run([np.ones((2, 5, 3)), 0])[0] == 1).all()
    model = Sequential([Ordered(4, 2, drop=0.3, input_shape=(5, 3))])
    assert all(np.isfinite(losses(model)))


@pytest.mark.parametrize("training", [0, 1])
def test_a_mask_that_a_cell_draws_is_one_for_all_steps(training):
    class Masks(Layer):
        state_size = units = 20
        mask = None

        def call(self, inputs, states, training=None):
            if self.mask is None:
                ones = K.ones_like(states[0])
                self.mask = K.in_train_phase(K.dropout(ones, 0.5), ones, training=training)
            return self.mask, [states[0]]

    x = Input((6, 3))
    run = K.function([x, K.learning_phase()], [RNN(Masks(), return_sequences=True)(x)])
    masks = run([np.ones((2, 6, 3)), training])[0]
    assert (masks == masks[:, :1]).all()
    assert set(np.unique(masks)) == ({0, 2} if training else {1})
