"""Cells that users write, constants, and step functions over weights: the numbers of Keras 2.2.4.

Each weight goes in equal steps from -0.5 to 0.5.
"""

import numpy as np
import pytest

from jaxcnn import Model
from jaxcnn import backend as K
from jaxcnn.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    StackedRNNCells,
)
from jaxcnn.runtime.names import custom_object_scope

X = np.arange(12).reshape(2, 3, 2) / 10.0


class Plain:
    """A cell that is no layer."""

    state_size = 4

    def call(self, x, states):
        output = K.tanh(K.sum(x, -1, keepdims=True) + states[0])
        return output, [output]


class Cell(Layer):
    state_size = 3

    def build(self, shapes):
        if isinstance(shapes, list):
            self.c = self.add_weight("c", (shapes[1][-1], 3), initializer="ones")
            shapes = shapes[0]
        self.k = self.add_weight("k", (shapes[-1], 3), initializer="ones")

    def call(self, x, states, constants=None):
        output = K.dot(x, self.k) + states[0]
        if constants:
            output += K.dot(constants[0], self.c)
        return output, [output]


def in_equal_steps(layer):
    weights = layer.get_weights()
    layer.set_weights([np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in weights])


def predicted(inputs, output, *arrays):
    model = Model(inputs, output)
    in_equal_steps(model)
    return model.predict(list(arrays) if isinstance(inputs, list) else arrays[0])


def test_cells_that_are_no_layers():
    x = Input((3, 2))
    result = predicted(x, RNN(Plain())(x), X)
    np.testing.assert_allclose(result, [[0.8931] * 4, [0.9959] * 4], atol=1e-4)


def test_constants():
    x, c, s = Input((3, 2)), Input((2,)), Input((3,))
    ones = np.ones((2, 2))
    result = predicted([x, c], RNN(Cell())(x, constants=c), X, ones)
    np.testing.assert_allclose(result, [[-1.41, 0.09, 1.59], [-2.13, 0.09, 2.31]], atol=1e-5)
    output = RNN(Cell())(x, initial_state=s, constants=[c])
    result = predicted([x, s, c], output, X, np.ones((2, 3)), ones)
    np.testing.assert_allclose(result, [[-0.41, 1.09, 2.59], [-1.13, 1.09, 3.31]], atol=1e-5)


def test_constants_reach_the_cells_of_both_directions():
    x, c = Input((3, 2)), Input((2,))
    result = predicted([x, c], Bidirectional(RNN(Cell()))(x, constants=c), X, np.ones((2, 2)))
    np.testing.assert_allclose(result[:, :3], [[-1.41, 0.09, 1.59], [-2.13, 0.09, 2.31]], atol=1e-5)
    with pytest.raises(ValueError, match=r"takes no `constants`.*RNN\(cell\)"):
        LSTM(2)(x, constants=c)


def test_constants_among_the_inputs_of_a_layer_that_knows_them():
    x, c, s = Input((3, 2)), Input((2,)), Input((3,))
    layer = RNN(Cell())
    layer(x, constants=c)
    ones = np.ones((2, 2))
    result = predicted([x, s, c], layer([x, s, c]), X, np.ones((2, 3)), ones)
    np.testing.assert_allclose(result, [[-0.41, 1.09, 2.59], [-1.13, 1.09, 3.31]], atol=1e-5)
    settings = Bidirectional(LSTM(2)).get_config()
    assert "num_constants" not in settings and layer.get_config()["num_constants"] == 1
    with custom_object_scope({"Cell": Cell}):
        again = RNN.from_config(layer.get_config())
    result = predicted([x, c], again([x, c]), X, ones)
    np.testing.assert_allclose(result, [[-1.41, 0.09, 1.59], [-2.13, 0.09, 2.31]], atol=1e-5)


def test_a_stack_gives_constants_to_the_cells_that_take_them():
    x, c = Input((3, 2)), Input((2,))
    output = RNN([GRUCell(2), Cell()])(x, constants=c)
    assert tuple(output.shape) == (None, 3)


def test_the_order_of_the_states_of_a_stack():
    cells = [LSTMCell(3), GRUCell(6)]
    usual = RNN(cells, return_state=True)
    assert usual.cell.state_size == (3, 3, 6)
    assert usual.compute_output_shape((None, 4, 5)) == [(None, 6), (None, 3), (None, 3), (None, 6)]
    stack = StackedRNNCells([LSTMCell(3), GRUCell(6)], reverse_state_order=True)
    assert stack.state_size == (6, 3, 3) and stack.get_config()["reverse_state_order"]
    x, weights = Input((3, 2)), None
    for layer in (usual, RNN(stack, return_state=True)):
        model = Model(x, layer(x))
        weights = weights or model.get_weights()
        model.set_weights(weights)
        states = model.predict(X)[1:]
        if layer is usual:
            expected = states
    for given, state in zip(states, [expected[2], *expected[:2]], strict=True):
        np.testing.assert_allclose(given, state, atol=1e-6)


def test_the_step_of_a_layer_as_an_object():
    layer = LSTM(3, kernel_regularizer="l1", activity_regularizer="l2")
    x = K.variable(X)
    layer(x)
    assert layer.cell.units == 3 and layer.state_size == layer.cell.state_size == (3, 3)
    assert layer.cell.kernel is layer.kernel and len(layer.cell.losses) == 1
    assert not layer.cell.get_losses_for(x) and len(layer.get_losses_for(x)) == 1
    layer.cell.trainable = False
    assert not layer.trainable and GRU(4).state_size == 4


def test_variables_and_expressions_as_states():
    x = Input(batch_shape=(2, 3, 2))
    h, c = K.variable(np.ones((2, 2))), K.variable(2 * np.ones((2, 2)))
    layer = LSTM(2)
    model = Model(x, layer(x, initial_state=[h, c]))
    in_equal_steps(layer)
    np.testing.assert_allclose(model.predict(X), [[0.1623, 0.3164], [0.1597, 0.3576]], atol=1e-4)
    K.set_value(h, np.zeros((2, 2)))
    np.testing.assert_allclose(model.predict(X), [[0.1666, 0.3085], [0.1651, 0.3529]], atol=1e-4)
    result = predicted(x, GRU(2)(x, initial_state=[K.zeros((2, 2)) + 1]), X)
    np.testing.assert_allclose(result, [[0.5272, 0.7292], [0.6428, 0.8393]], atol=1e-4)


def test_step_functions_over_weights():
    x = Input((3, 2))
    dense = Dense(2, kernel_initializer="ones")
    model = Model(x, dense(x))

    def loss(y_true, y_pred):
        def step(z, states):
            return K.dot(z, dense.kernel) + states[0], [states[0] + 1]

        outputs = K.rnn(step, y_pred, [K.zeros_like(y_pred[:, 0])])[1]
        return K.mean(outputs, axis=-1)

    model.compile("sgd", loss)
    assert model.train_on_batch(X, X) == pytest.approx(3.2, rel=1e-5)
    after = [[0.9895, 0.9895], [0.9885, 0.9885]]
    np.testing.assert_allclose(model.get_weights()[0], after, atol=1e-4)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_steps_one_after_the_other_are_those_of_the_loop(go_backwards):
    x, m = Input((3, 2)), Input((3,))
    weight = Dense(2, kernel_initializer="identity")
    weight.build((None, 2))

    def steps(over):
        def step(z, states):
            return over(z) + states[0], [over(z) + states[0]]

        outcome = K.rnn(step, x, [K.zeros_like(x[:, 0])], go_backwards=go_backwards, mask=m)
        return [outcome[0], outcome[1], outcome[2][0]]

    both = steps(lambda z: z) + steps(lambda z: K.dot(z, weight.kernel))
    values = K.function([x, m], both)([X, [[1, 0, 1], [0, 1, 1]]])
    for a, b in zip(values[:3], values[3:], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_name_of_a_function_is_a_label():
    assert K.function([], [K.variable(1.0) + 1], name="f")([])[0] == 2
