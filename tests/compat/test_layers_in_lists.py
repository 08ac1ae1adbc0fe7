"""Layers that a user's layer keeps in a list, builds and calls by hand, as programs for Keras 2 do.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import LSTM, Bidirectional, Layer
from jaxcnn.models import Sequential
from jaxcnn.spellings.dialect import speaking

X = np.arange(24, dtype="float32").reshape(2, 4, 3) / 24


class Scaled(Layer):
    """A layer whose `call` asks its input for a shape, so that it is evaluated on tensors."""

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 2), name="w", initializer="ones")
        super().build(shape)

    def call(self, x):
        assert x.get_shape().as_list()[-1] == 3
        return K.sum(K.dot(x, self.w), axis=1)

    def compute_output_shape(self, shape):
        return shape[0], 2


class Heads(Layer):
    """Layers side by side, and the squares of the first weight as it is in the beginning."""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.template, self.heads = Scaled(name="template"), heads

    def build(self, shape):
        self.template.build(shape)
        for head in self.heads:
            head.build(shape)
        self.add_loss(K.sum(K.square(K.constant(self.heads[0].get_weights()[0]))))
        super().build(shape)

    @property
    def trainable_weights(self):
        return [weight for head in self.heads for weight in head.trainable_weights]

    @property
    def non_trainable_weights(self):
        return [weight for head in self.heads for weight in head.non_trainable_weights]

    def call(self, x):
        return K.concatenate([head.call(x) for head in self.heads])

    def compute_output_shape(self, shape):
        return shape[0], sum(head.compute_output_shape(shape)[-1] for head in self.heads)

    def get_config(self):
        heads = [{"class_name": type(h).__name__, "config": h.get_config()} for h in self.heads]
        return {**super().get_config(), "heads": heads}


def lstm(i):
    return LSTM(2, name=f"LSTM_{i}", kernel_initializer="ones")


def both_ways(i):
    return Bidirectional(LSTM(2, name="same", kernel_initializer="ones"), name=f"B{i}")


def scaled(i):
    return Scaled(name=f"s{i}")


CASES = {
    lstm: (6, [-0.20077, 0.2903, 0.05763, -0.16837], [24.03506, 24.03503]),
    both_ways: (
        12,
        [-0.20077, 0.2903, 0.07472, -0.18242, -0.40819, 0.31814, 0.08117, -0.07476],
        [24.04747, 24.04743],
    ),
    scaled: (2, [0.31864, -0.23104, -0.23104, -0.5683], [6.09816, 6.08654]),
}


@pytest.mark.parametrize("head", CASES, ids=lambda head: head.__name__)
def test_layers_in_lists_are_trained_and_saved(head, tmp_path):
    count, outputs, losses = CASES[head]
    with speaking("2.2"):
        model = Sequential([Heads([head(1), head(2)], input_shape=(4, 3))])
        start = model.get_weights()
        assert len(start) == count
        values = [np.sin(np.arange(w.size) + i).reshape(w.shape) for i, w in enumerate(start)]
        model.set_weights(values)
        np.testing.assert_allclose(model.predict(X)[1], outputs, atol=1e-5)
        model.compile("sgd", "mse")
        target = np.zeros((2, len(outputs)))
        trained = [float(model.train_on_batch(X, target)) for _ in losses]
        np.testing.assert_allclose(trained, losses, rtol=1e-5)
        model.save_weights(str(tmp_path / "weights.h5"))
        other = Sequential([Heads([head(1), head(2)], input_shape=(4, 3))])
        other.load_weights(str(tmp_path / "weights.h5"))
        np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_weights_in_lists_are_no_layers():
    class Several(Layer):
        def build(self, shape):
            self.parts = [self.add_weight(name=f"w_{i}", shape=(3,)) for i in (0, 1)]
            super().build(shape)

        @property
        def trainable_weights(self):
            return self.parts[:1]

        @property
        def non_trainable_weights(self):
            return self.parts[1:]

        def call(self, x):
            return x * self.parts[0] + self.parts[1]

    with speaking("2.2"):
        model = Sequential([Several(input_shape=(3,))])
        assert model.predict(X[:, 0]).shape == (2, 3)
