"""The value of a call on arrays."""

import numpy as np

from jaxcnn import utils
from jaxcnn.layers import BatchNormalization, Dense, Dropout, Input, Layer
from jaxcnn.layers.evaluation import evaluated

X = np.ones((4, 50), "float32")


def test_training_mode_draws_noise_from_the_seed():
    dropout = Dropout(0.5, name="d")
    dropout(Input((50,)))
    np.testing.assert_array_equal(evaluated(dropout, (X,), {}, False), X)
    noisy = np.asarray(evaluated(dropout, (X,), {}, True))
    assert set(np.unique(noisy)) == {0, 2}
    np.testing.assert_array_equal(evaluated(dropout, (X,), {}, True), noisy)
    utils.set_random_seed(1)
    assert (np.asarray(evaluated(dropout, (X,), {}, True)) != noisy).any()


def test_training_mode_moves_statistics():
    layer = BatchNormalization(momentum=0.5)
    layer(Input((50,)))
    evaluated(layer, (X,), {}, False)
    assert np.unique(layer.get_weights()[2]).tolist() == [0]
    evaluated(layer, (X,), {}, True)
    assert np.unique(layer.get_weights()[2]).tolist() == [0.5]


def test_weights_that_training_moves_stay():
    dense = Dense(2)
    dense(Input((50,)))
    kernel = dense.weights_store.arrays[("params", "kernel")]
    evaluated(dense, (X,), {}, True)
    assert dense.weights_store.arrays[("params", "kernel")] is kernel


class Scaled(Layer):
    def call(self, inputs, factor):
        return inputs * factor


def test_further_arguments_are_handed_on():
    layer, options = Scaled(), {"factor": 3.0}
    layer(Input((50,)), **options)
    assert np.unique(evaluated(layer, (X,), options, False)).tolist() == [3]
    assert options == {"factor": 3.0}
