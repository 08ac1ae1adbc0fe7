"""Handles of layers: what a call does, configurations, settings."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import config, utils
from jaxcnn.layers import BatchNormalization, Dense, Dropout, Embedding, Input, Layer, SimpleRNN


class Double(Layer):
    def call(self, inputs, extra=0.0):
        return inputs * 2.0 + extra


def test_a_layer_has_no_base_but_object():
    assert Layer.__mro__ == (Layer, object)


def test_settings_of_a_new_layer():
    layer = Double(input_shape=(3,), dtype="int32", trainable=False)
    assert (layer.name, layer.trainable, layer.dtype) == ("double_1", False, "int32")
    assert layer.batch_input_shape == (None, 3) and not layer.built
    assert layer.children == {} and layer.inbound_nodes == []
    assert (Double().name, Double(name="mine").name) == ("double_2", "mine")
    assert Double().trainable and Double().dtype == "float32"
    assert repr(layer) == "<Double 'double_1'>"
    config.set_floatx("float16")
    assert Double().dtype == "float16"


def test_the_configuration_rebuilds_the_layer():
    assert Double().get_config() == {"name": "double_1", "trainable": True}
    layer = Double(batch_input_shape=(8, 3), trainable=False)
    assert layer.get_config() == {
        "name": "double_2",
        "trainable": False,
        "batch_input_shape": (8, 3),
        "dtype": "float32",
    }
    again = Double.from_config(layer.get_config())
    assert again.get_config() == layer.get_config() and again is not layer


def test_a_call_on_arrays_is_the_value_and_leaves_no_record():
    layer, x = Double(), np.ones((2, 3), "float32")
    assert layer(x).tolist() == [[2] * 3] * 2
    assert layer(x, 1.0).tolist() == layer(x, extra=1.0).tolist() == [[3] * 3] * 2
    assert layer.inbound_nodes == [] and layer.built


def test_numbers_of_numpy_are_taken_in_the_widths_of_jax():
    """In the tests a warning is an error."""
    layer = Dense(2)
    assert layer(np.ones((2, 3))).dtype == layer(np.ones((2, 3))).dtype == np.float32
    assert Embedding(4, 2)(np.ones((2, 3), np.int64)).shape == (2, 3, 2)


def test_a_call_on_symbolic_arguments_is_recorded():
    layer, x, extra = Double(), Input((3,)), Input((3,))
    y = layer(x, extra=extra)
    (node,) = layer.inbound_nodes
    assert y.shape == (None, 3) and node.kwargs == {"extra": extra}
    assert layer(np.ones((1, 3), "float32"), extra).layer is layer


@pytest.mark.parametrize("word", ["train", "training"])
def test_the_mode_of_a_call_on_arrays(word):
    dropout, x = Dropout(0.5, name="d"), np.ones((4, 50), "float32")
    np.testing.assert_array_equal(dropout(x), x)
    noisy = dropout(x, **{word: True})
    assert set(np.unique(noisy)) == {0, 2}
    np.testing.assert_array_equal(dropout(x, **{word: True}), noisy)  # a function of the seed
    utils.set_random_seed(1)
    assert (np.asarray(dropout(x, **{word: True})) != np.asarray(noisy)).any()


def test_the_mode_may_be_given_in_the_first_call():
    x = np.ones((2, 3), "float32")
    assert Dense(4)(x, training=True).shape == (2, 4)


def test_statistics_move_in_training_mode_only():
    layer, x = BatchNormalization(momentum=0.5), np.full((2, 1), 4.0, "float32")
    layer(x)
    assert layer.get_weights()[2].tolist() == [0]
    layer(x, training=True)
    assert layer.get_weights()[2].tolist() == [2]


def test_states_move_in_every_mode():
    layer = SimpleRNN(1, stateful=True, batch_input_shape=(1, 2, 1))
    x = np.ones((1, 2, 1), "float32")
    first, second = layer(x), layer(x)
    assert (first != second).all()
    layer.reset_states()
    np.testing.assert_array_equal(layer(x), first)


def test_the_module_is_made_once():
    layer = Double()
    assert layer.module is layer.module and layer.module.layer is layer
    assert Dense(3).module.units == 3


def test_built_cannot_be_set():
    layer = Dense(2)
    layer.built = True
    assert not layer.built
    layer(jnp.ones((1, 3)))
    layer.built = False
    assert layer.built


def test_layers_are_read_from_the_store_by_name():
    layer = Dense(2)
    layer(Input((3,)))
    assert [v.label for v in layer.weights] == ["kernel", "bias"]
    assert layer.variable(("params", "bias")) is layer.bias
    assert layer.weight_shape(("params", "bias")) == (2,)
