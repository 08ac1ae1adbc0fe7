"""Layers that a user's layer keeps in a list and names in `trainable_weights`."""

import numpy as np

import jaxcnn.backend as K
from jaxcnn import Model
from jaxcnn.compat.legacy import Wrapper
from jaxcnn.layers import LSTM, Embedding, Input, Layer

TOKENS = np.array([[1, 2, 0], [3, 1, 2]])


class Several(Wrapper):
    """Runs copies of its layer, which the first of them is not."""

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.copies = []
        self.supports_masking = True

    def build(self, input_shape):
        self.layer.build(input_shape)
        for name in "ab":
            copy = type(self.layer).from_config({**self.layer.get_config(), "name": name})
            copy.build(input_shape)
            self.copies.append(copy)
        super().build(input_shape)

    def compute_mask(self, inputs, mask=None):
        return self.copies[0].compute_mask(inputs, mask)

    def call(self, inputs, mask=None):
        return K.concatenate([copy.call(inputs, mask=mask) for copy in self.copies])

    @property
    def trainable_weights(self):
        return self._trainable_weights[:] + [w for c in self.copies for w in c.trainable_weights]

    @property
    def non_trainable_weights(self):
        return self._non_trainable_weights[:]


def test_listed_layers_are_trained_and_the_others_are_not():
    inputs = Input((None,))
    layer = Several(LSTM(2))
    model = Model(inputs, layer(Embedding(4, 3, mask_zero=True)(inputs)))
    one = 4 * 2 * (3 + 2 + 1)
    assert (layer.count_params(), model.count_params()) == (2 * one, 2 * one + 12)
    assert [w.name for w in layer.weights[:2]] == ["a/kernel:0", "a/recurrent_kernel:0"]
    assert layer.trainable_weights == layer.weights
    model.compile("sgd", "mse")
    before = layer.get_weights()
    model.fit(TOKENS, np.ones((2, 4)), verbose=0)
    assert all((a != b).any() for a, b in zip(before, layer.get_weights(), strict=True))
    padded = model.predict(np.array([[1, 2, 0, 0]]))
    np.testing.assert_allclose(padded, model.predict(TOKENS[:1]), rtol=1e-5)


def test_own_weights_are_those_without_the_layers_inside():
    class Outer(Layer):
        def build(self, input_shape):
            self.shift = self.add_weight((1,), "zeros")
            self.inner = LSTM(2)
            self.inner.build(input_shape)

        def call(self, inputs):
            return self.inner(inputs) + self.shift

    layer = Outer()
    layer(Input((3, 2)))
    assert layer._trainable_weights == [layer.shift]
    assert len(layer.trainable_weights) == 4 and layer._non_trainable_weights == []
