"""The parts of `keras.applications`, and the weights of other versions."""

import numpy as np
import pytest

from jaxcnn.compat import blocks, objects, testing
from jaxcnn.compat.backend1 import time_distributed_dense
from jaxcnn.compat.weights import preprocess_weights_for_loading
from jaxcnn.layers import LSTM, Conv2D, Dense, Input
from jaxcnn.models import Model, Sequential

RNG = np.random.default_rng(0)


def test_input_shapes():
    shape = blocks.obtain_input_shape
    assert shape(None, 224, 48, "channels_last", True) == (224, 224, 3)
    assert shape(None, 224, 48, "channels_last", False) == (None, None, 3)
    assert shape(None, 224, 48, dim_ordering="th", include_top=True) == (3, 224, 224)
    assert shape((60, 50, 3), 224, 48, "channels_last", False) == (60, 50, 3)
    assert shape((60, 50, 1), 224, 48, require_flatten=True, weights=None) == (60, 50, 1)
    for given, top, message in (
        ((60, 60, 3), True, "should be"),
        ((60, 60, 1), False, "3 channels"),
        ((20, 60, 3), False, "at least 48x48"),
        ((60, 60), False, "three integers"),
    ):
        with pytest.raises(ValueError, match=message):
            shape(given, 224, 48, "channels_last", top)


def test_blocks_of_resnet_and_inception():
    x = Input((8, 8, 4))
    y = blocks.conv_block(x, 3, [2, 2, 6], stage=2, block="a")
    y = blocks.identity_block(y, 3, [2, 2, 6], stage=2, block="b")
    model = Model(x, blocks.conv2d_bn(y, 5, 1, 3))
    names = [layer.name for layer in model.layers]
    assert y.shape == (None, 4, 4, 6) and model.output_shape == (None, 4, 4, 5)
    assert {"res2a_branch1", "bn2a_branch2b", "res2b_branch2c"} <= set(names)
    assert "res2b_branch1" not in names
    assert model.get_layer("res2b_branch2a").use_bias


def test_dense_rows_for_the_other_order_of_maps():
    maps = RNG.normal(size=(2, 3, 4)).astype("f")  # rows, columns, channels
    layer = Dense(5, input_shape=(24,))
    model = Sequential([layer])
    before = model.predict(maps.reshape(1, 24))
    blocks.convert_dense_weights_data_format(layer, (4, 2, 3), "channels_first")
    first = maps.transpose(2, 0, 1).reshape(1, 24)
    np.testing.assert_allclose(model.predict(first), before, atol=1e-5)
    blocks.convert_dense_weights_data_format(layer, (2, 3, 4), "channels_last")
    np.testing.assert_allclose(model.predict(maps.reshape(1, 24)), before, atol=1e-5)


def test_weights_of_keras_1():
    lstm = LSTM(3, input_shape=(2, 4))
    Sequential([lstm])
    parts = [RNG.normal(size=s) for _ in "icfo" for s in ((4, 3), (3, 3), (3,))]
    kernel, recurrent, bias = preprocess_weights_for_loading(lstm, parts, "1")
    np.testing.assert_array_equal(kernel, np.hstack([parts[i] for i in (0, 6, 3, 9)]))
    np.testing.assert_array_equal(recurrent, np.hstack([parts[i] for i in (1, 7, 4, 10)]))
    np.testing.assert_array_equal(bias, np.hstack([parts[i] for i in (2, 8, 5, 11)]))
    conv = Conv2D(2, 3, data_format="channels_first", input_shape=(4, 5, 5))
    Sequential([conv])
    old = [RNG.normal(size=(2, 4, 3, 3)), np.zeros(2)]
    turned = preprocess_weights_for_loading(conv, old, "1", "theano")
    np.testing.assert_array_equal(turned[0], old[0].transpose(2, 3, 1, 0)[::-1, ::-1])
    same = preprocess_weights_for_loading(conv, turned, "2.0.4", "tensorflow")
    np.testing.assert_array_equal(same[0], turned[0])


def test_objects_by_description():
    described = objects.serialize_keras_object(Dense(3, name="a"))
    again = objects.deserialize_keras_object(described, {"Dense": Dense})
    assert (again.name, again.units) == ("a", 3)
    assert objects.serialize_keras_object(None) is None
    assert objects.serialize_keras_object(len) == "len"
    assert objects.deserialize_keras_object("f", {"f": 1}, {"f": 2}) == 2
    with pytest.raises(ValueError, match="Unknown layer: dense"):
        objects.deserialize_keras_object("dense", {"Dense": 1}, printable_module_name="layer")
    with pytest.raises(ValueError, match="Improper"):
        objects.deserialize_keras_object({"class_name": "Dense"})
    assert objects.get_from_module("dict", {"dict": dict}, "x", kwargs={"a": 1}) == {"a": 1}
    with pytest.raises(ValueError, match="Invalid thing"):
        objects.get_from_module("f", {"g": 1}, "thing")
    factor = 3
    dumped = objects.func_dump(lambda x, y=2: x * y * factor)
    assert objects.func_load(dumped)(5) == objects.func_load(*dumped)(5) == 30
    assert objects.func_load(objects.func_dump(lambda: 1)).__defaults__ is None
    assert objects.has_arg(lambda a, **rest: 0, "a")
    assert not objects.has_arg(lambda a, **rest: 0, "b")
    assert objects.has_arg(lambda a, **rest: 0, "b", accept_all=True)
    assert objects.unpack_singleton([1]) == 1 and objects.unpack_singleton([1, 2]) == [1, 2]


def test_probabilities_as_classes():
    assert objects.probas_to_classes(np.array([[0.2, 0.8], [0.9, 0.1]])).tolist() == [1, 0]
    assert objects.probas_to_classes(np.array([[0.2], [0.8]])).tolist() == [0, 1]
    loss = objects.binary_logloss(np.array([0.5, 0.5]), np.array([0, 1]))
    assert loss == pytest.approx(np.log(2))


def test_data_to_learn_and_the_test_of_a_layer():
    (x, y), (xt, yt) = testing.get_test_data(20, 10, (3,), num_classes=2)
    assert (x.shape, y.shape, xt.shape, yt.shape) == ((20, 3), (20,), (10, 3), (10,))
    (_, y), _ = testing.get_test_data(20, 10, (3,), (2,), classification=False)
    assert y.shape == (20, 2)
    np.random.seed(0)  # the numbers of Keras 2.0.4 and 2.2.4
    (x, y), _ = testing.get_test_data(4, 2, (3,))
    assert y.tolist() == [0, 1, 1, 0] and x.sum() == pytest.approx(10.809522863133315)
    np.random.seed(0)
    (x, y), _ = testing.get_test_data(4, 2, (3,), (2,), classification=False)
    assert x.sum() == pytest.approx(11.022212111786137)
    assert y.sum() == pytest.approx(3.9416369779669576)
    assert testing.layer_test(Dense, {"units": 3}, (2, 4)).shape == (2, 3)
    with pytest.raises(AssertionError):
        ones = np.ones((2, 3), "f")
        testing.layer_test(Dense, {"units": 3}, (2, 4), expected_output=ones)
    assert testing.keras_test(lambda a: a)(3) == 3


def test_a_dense_layer_at_every_step():
    x, w, b = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(4, 5)), RNG.normal(size=5)
    outputs = time_distributed_dense(x, w, b, input_dim=4, output_dim=5, timesteps=3)
    np.testing.assert_allclose(outputs, x @ w + b, atol=1e-5)
