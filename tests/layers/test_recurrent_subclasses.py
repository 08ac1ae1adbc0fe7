"""Recurrent layers as packages of 2018 write them: a cell, and a subclass of RNN around it.

Such a subclass overrides `call` to forget the masks of dropout in its cell.
"""

import numpy as np
import pytest

import jaxcnn.backend as K
from jaxcnn import Model, Sequential
from jaxcnn.layers import LSTM, RNN, Bidirectional, Input, Layer, Masking

X = np.random.RandomState(0).rand(4, 5, 3).astype("float32")


class Cell(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="ones", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units,), initializer="ones", name="recurrent_kernel"
        )

    def call(self, inputs, states, training=None):
        state = K.tanh(K.dot(inputs, self.kernel) + states[0] * self.recurrent_kernel)
        return state, [state]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Independent(RNN):
    def __init__(self, units, **kwargs):
        super().__init__(Cell(units), **kwargs)

    def call(self, inputs, mask=None, training=None, initial_state=None, constants=None):
        self.cell.dropout_mask = None
        return super().call(
            inputs, mask=mask, training=training, initial_state=initial_state, constants=constants
        )

    def get_config(self):
        settings = super().get_config()
        units = settings.pop("cell")["config"]["units"]
        return {**settings, "units": units}


@pytest.mark.parametrize(
    "around",
    [
        lambda layer: [layer],
        lambda layer: [Masking(mask_value=0.0), layer],
        lambda layer: [Bidirectional(layer)],
    ],
)
def test_as_rnn_around_the_cell(around):
    x = np.where(np.arange(5)[:, None] < 3, X, 0)
    models = [
        Sequential([Input((5, 3)), *around(layer)]) for layer in (Independent(2), RNN(Cell(2)))
    ]
    np.testing.assert_allclose(models[0].predict(x), models[1].predict(x), rtol=1e-6)
    models[0].compile("sgd", "mse")
    before = models[0].get_weights()
    models[0].train_on_batch(x, 0 * models[0].predict(x))
    assert all((a != b).any() for a, b in zip(before, models[0].get_weights(), strict=True))


def test_with_initial_states():
    inputs, state = Input((5, 3)), Input((2,))
    outputs, last = Independent(2, return_state=True)(inputs, initial_state=state)
    model = Model([inputs, state], [outputs, last])
    one, two = (model.predict([X, np.full((4, 2), value)])[0] for value in (0, 5))
    assert (one != two).any()


def test_a_subclass_of_lstm():
    class Doubled(LSTM):
        def call(self, inputs, mask=None, training=None, initial_state=None):
            return super().call(
                inputs * 2, mask=mask, training=training, initial_state=initial_state
            )

    model = Sequential([Input((5, 3)), Bidirectional(Doubled(2))])
    plain = Sequential([Input((5, 3)), Bidirectional(LSTM(2))])
    plain.set_weights(model.get_weights())
    np.testing.assert_allclose(model.predict(X), plain.predict(2 * X), rtol=1e-5, atol=1e-6)
