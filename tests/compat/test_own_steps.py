"""Recurrent layers and cells whose steps a program writes.

The numbers are those of Keras 1.2.2, 2.0.4 and 2.2.4.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import GRU, LSTM, RNN, Bidirectional, GRUCell, Layer, Masking, SimpleRNN
from jaxcnn.models import Sequential
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.spellings.dialect import speaking

X = np.linspace(-1, 1, 12).reshape(2, 3, 2)


def filled(*layers):
    model = Sequential(list(layers))
    weights = model.get_weights()
    model.set_weights([np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in weights])
    return model


def near(values, expected):
    np.testing.assert_allclose(values, expected, atol=1e-5)


class Peephole(LSTM):
    def build(self, input_shape):
        super().build(input_shape)
        self.P = self.add_weight((self.units,), initializer="ones", name="P")

    def parts(self, x):
        n = self.units
        return [x[:, k * n : (k + 1) * n] for k in range(4)]

    def step(self, x, states):
        h, c = states[:2]
        kernels = [getattr(self, f"recurrent_kernel_{gate}") for gate in "ifco"]
        i, f, g, o = (x + K.dot(h, u) for x, u in zip(self.parts(x), kernels, strict=True))
        gate = self.recurrent_activation
        c = gate(f + self.P * c) * c + gate(i) * self.activation(g)
        h = gate(o) * self.activation(c)
        return h, [h, c]


class PeepholeOf1(Peephole):
    def step(self, x, states):
        h, c, B_U, _ = states
        kernels = [self.U_i, self.U_f, self.U_c, self.U_o]
        parts = zip(self.parts(x), kernels, B_U, strict=True)
        i, f, g, o = (x + K.dot(h * mask, u) for x, u, mask in parts)
        gate = self.inner_activation
        c = gate(f + self.P * c) * c + gate(i) * self.activation(g)
        h = gate(o) * self.activation(c)
        return h, [h, c]


def test_a_step_of_its_own_in_both_directions():
    with speaking("1.2"):
        model = filled(Bidirectional(PeepholeOf1(2), input_shape=(3, 2)))
        # With weights in the order of Keras 1 they would be others than these.
        assert [w.shape for w in model.get_weights()[:3]] == [(2, 2), (2, 2), (2,)]
        near(
            model.predict(X),
            [
                [-0.0835706, 0.3048839, -0.0539438, 0.2601061],
                [-0.1150612, 0.5817189, -0.116149, 0.5400449],
            ],
        )


def test_a_step_of_its_own_and_its_states():
    with speaking("2.0"):
        expected = [[0.0426281, 0.0916056], [0.0662224, 0.1919904]]
        near(filled(Peephole(2, input_shape=(3, 2))).predict(X), expected)
        model = filled(Peephole(2, stateful=True, batch_input_shape=(2, 3, 2)))
        near(model.predict(X, batch_size=2), expected)
        near(model.predict(X, batch_size=2), [[0.0509428, 0.1112019], [0.0784827, 0.23329]])
        near(
            K.get_value(model.layers[0].states[1]),
            [[0.0887587, 0.1872208], [0.1198234, 0.3388318]],
        )
        model.reset_states()
        near(model.predict(X, batch_size=2), expected)
        assert len(model.get_weights()) == 4


class Shifted(GRU):
    def preprocess_input(self, inputs, training=None):
        return super().preprocess_input(inputs * 2, training)

    def get_constants(self, inputs, training=None):
        return [*super().get_constants(inputs, training), K.sum(inputs, 1)]

    def get_initial_state(self, inputs):
        return [state + 0.5 for state in super().get_initial_state(inputs)]

    def step(self, x, states):
        h, new = super().step(x, states)
        return h + states[-1], new


@pytest.mark.parametrize("implementation", [0, 1, 2])
def test_what_surrounds_a_step(implementation):
    with speaking("2.0"):
        model = filled(Shifted(2, input_shape=(3, 2), implementation=implementation))
        near(model.predict(X), [[-1.6469313, -1.0411431], [2.1120782, 2.7834983]])


def test_the_step_of_the_library_is_there_to_be_called():
    class Doubled(SimpleRNN):
        def step(self, x, states):
            output, _ = super().step(x, states)
            return output * 2, [output]

    with speaking("2.0"):
        model = filled(Doubled(2, input_shape=(3, 2), go_backwards=True))
        near(model.predict(X), [[-0.0779386, 1.0011315], [-0.5227312, 1.5779698]])
        noisy = filled(Doubled(2, input_shape=(3, 2), dropout=0.5, recurrent_dropout=0.5))
        noisy.compile("sgd", "mse")
        assert len({noisy.train_on_batch(X, np.ones((2, 2))) for _ in range(4)}) == 4


class Cell(Layer):
    def __init__(self, units, **kwargs):
        self.units = self.state_size = units
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

    def call(self, x, states):
        h = K.dot(x, self.kernel) + 0.5 * states[0]
        return 2 * h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def test_masked_steps_give_the_first_state_of_the_cells():
    steps = X.copy()
    steps[1, 2] = 0
    with speaking("2.2"):
        layer = RNN([Cell(2), Cell(2)], return_sequences=True)
        near(
            filled(Masking(input_shape=(3, 2)), layer).predict(steps)[1],
            [[0.0808081, 0.2424242], [0.4848485, 0.8080809], [-0.1212121, 0.3030303]],
        )


def test_both_directions_have_cells_of_their_own():
    with speaking("2.2"), custom_object_scope({"Cell": Cell}):
        layer = Bidirectional(RNN(Cell(2)), input_shape=(3, 2))
        near(
            filled(layer).predict(X)[0],
            [0.6666667, -0.2424242, 1.030303, -0.6060606],
        )
        near(K.get_value(layer.backward_layer.cell.kernel), [[-0.5, -0.1666667], [0.1666667, 0.5]])


def test_states_to_begin_with():
    class Started(RNN):
        def get_initial_state(self, inputs):
            return [state + 1 for state in super().get_initial_state(inputs)]

    with speaking("2.2"):
        model = filled(Started(Cell(2), input_shape=(3, 2)))
        near(model.predict(X), [[0.9166667, 0.0075758], [-0.3560606, 1.280303]])


def test_a_cell_around_one_of_the_library():
    class Around(Layer):
        def __init__(self, cell, **kwargs):
            self.cell, self.state_size = cell, cell.state_size
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.cell.build(input_shape)
            self._trainable_weights += self.cell.trainable_weights

        def call(self, x, states):
            output, new = self.cell.call(x, states)
            return output + K.sum(x, -1, keepdims=True), new

    with speaking("2.2"):
        model = filled(RNN(Around(GRUCell(2)), input_shape=(3, 2)))
        near(model.predict(X), [[-0.1187765, -0.0169889], [2.3644695, 2.5227365]])


def test_equal_names_of_weights_in_stacked_cells_are_numbered():
    with speaking("2.2"):
        model = Sequential([RNN([Cell(2), GRUCell(2), Cell(2)], input_shape=(3, 2))])
        names = [weight.name.partition("/")[2] for weight in model.weights]
    assert names == ["kernel:0", "kernel_1:0", "recurrent_kernel:0", "bias:0", "kernel_2:0"]
