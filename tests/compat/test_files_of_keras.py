"""Names that packages of 2017 to 2020 import from the files of Keras."""

import importlib

import h5py
import numpy as np
import pytest

from jaxcnn import compat


@pytest.fixture
def keras(as_keras):
    compat.install("2.2")
    return importlib.import_module("keras")


def test_an_optimizer_with_the_decorator_of_old_arguments(keras):
    from keras import backend as K
    from keras.legacy import interfaces
    from keras.optimizers import Optimizer, clip_norm

    class Plain(Optimizer):
        def __init__(self, lr=0.25, **kwargs):
            super().__init__(**kwargs)
            self.lr = K.variable(lr)

        @interfaces.legacy_get_updates_support
        def get_updates(self, loss, params):
            gradients = self.get_gradients(loss, params)
            moved = [p - self.lr * g for p, g in zip(params, gradients, strict=True)]
            self.updates = [K.update(p, new) for p, new in zip(params, moved, strict=True)]
            return self.updates

    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))
    model = keras.models.Sequential([layer])
    model.compile(Plain(), "mse")
    model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
    assert layer.get_weights()[0] == 0.5
    pairs = Plain().get_updates([layer.kernel], {}, K.sum(layer.kernel))  # the order of Keras 1
    assert pairs[0][0] is layer.kernel
    assert K.eval(clip_norm(K.constant([4.0]), 1.0, K.constant(2.0))) == 2.0


def test_kinds_of_layers(keras):
    from keras.layers.convolutional import _Conv, _UpSampling
    from keras.layers.pooling import _GlobalPooling2D, _Pooling2D

    layers = keras.layers
    assert isinstance(layers.MaxPooling2D(), _Pooling2D)
    assert isinstance(layers.AveragePooling2D(), _Pooling2D)
    assert not isinstance(layers.GlobalMaxPooling2D(), _Pooling2D)
    assert issubclass(layers.GlobalMaxPooling2D, _GlobalPooling2D)
    assert isinstance(layers.Conv2DTranspose(1, 1), _Conv)
    assert not isinstance(layers.Dense(1), _Conv | _UpSampling)
    with pytest.raises(TypeError, match="for isinstance alone"):
        _Conv(2, 3, 3)


def test_weights_of_a_list_of_layers(keras, tmp_path):
    from keras.engine import saving, topology

    def model(last):
        dense = keras.layers.Dense
        return keras.models.Sequential([dense(3, name="a", input_shape=(2,)), dense(1, name=last)])

    one, two = model("b"), model("c")
    one.save_weights(tmp_path / "weights.h5")
    kept = two.get_weights()[2]
    with h5py.File(tmp_path / "weights.h5") as file:
        names = saving.load_attributes_from_hdf5_group(file, "layer_names")
        topology.load_weights_from_hdf5_group_by_name(file, two.layers)
        np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])
        np.testing.assert_array_equal(two.get_weights()[2], kept)
        saving.load_weights_from_hdf5_group(file, two.layers)
        with pytest.raises(ValueError, match="weights of 2 layers; there are 1"):
            saving.load_weights_from_hdf5_group(file, two.layers[:1])
    np.testing.assert_array_equal(two.get_weights()[2], one.get_weights()[2])
    assert names == ["a", "b"]
    with h5py.File(tmp_path / "names.h5", "w") as file:
        saving.save_attributes_to_hdf5_group(file, "names", [b"x", b"y"])
        assert saving.load_attributes_from_hdf5_group(file, "names") == ["x", "y"]


def test_helpers_from_any_file(keras):
    from keras import backend as K
    from keras.backend.tensorflow_backend import has_arg as of_backend
    from keras.engine.base_layer import _to_snake_case
    from keras.layers.recurrent import has_arg, to_list
    from keras.utils.generic_utils import is_all_none, transpose_shape

    assert of_backend is has_arg
    assert has_arg(lambda x: x, "x") and to_list(1) == [1]
    assert _to_snake_case("MaxPool2D") == "max_pool2d"
    assert is_all_none([None, None]) and not is_all_none([None, 1])
    assert transpose_shape((None, 4, 5, 3), "channels_first", (1, 2)) == (None, 3, 4, 5)
    x = keras.layers.Input((2,))
    assert K.is_tensor(x) and K.is_tensor(K.ones(3)) and not K.is_tensor(np.ones(3))
    assert K.is_placeholder(x) and not K.is_placeholder(x + 1)


def test_brightness_and_channel_shift(keras):
    image = keras.preprocessing.image
    x = np.stack([np.full((2, 2), 10.0), np.full((2, 2), 200.0), np.full((2, 2), 100.0)], -1)
    np.testing.assert_array_equal(image.apply_channel_shift(x, 50, 2)[0, 0], [60, 200, 150])
    assert image.apply_brightness_shift(x, 0.5).mean() < image.img_to_array(x).mean()
    np.random.seed(0)
    assert image.random_brightness(x, (0.5, 1.5)).shape == (2, 2, 3)
    with pytest.raises(ValueError, match="two numbers"):
        image.random_brightness(x, (1,))


def test_what_else_packages_ask_for(keras):
    import keras_applications
    from keras import backend as K

    assert keras_applications._KERAS_BACKEND is K

    class Shifted(keras.layers.Layer):
        def build(self, input_shape):
            self.bias = self.add_weight(shape=(3,), initializer="zeros", name="bias")
            K.set_value(self.bias, np.array([1.0, 2.0, 3.0]))

        def call(self, inputs):
            return inputs + self.bias

    model = keras.models.Sequential([Shifted(input_shape=(3,))])
    np.testing.assert_array_equal(model.predict(np.zeros((1, 3))), [[1, 2, 3]])
    assert not model._is_compiled
    model.compile("sgd", "mse")
    (inputs,), targets, weights = model._standardize_user_data(np.zeros((1, 3)))
    assert inputs.shape == (1, 3) and targets == weights == []
    assert model._is_compiled and K.dtype(model.optimizer.decay) == "float32"
    with pytest.warns(Warning, match="depthwise_initializer"):
        keras.layers.DepthwiseConv2D(3, kernel_initializer="he_normal")
