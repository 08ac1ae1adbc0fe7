"""Old files from the wild, where the data folder has them."""

import importlib.util

import h5py
import numpy as np
import pytest

from jaxcnn import config
from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential, load_model

MODELS = config.home() / "models"


def real(name):
    path = MODELS / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "fer2013_big_XCEPTION.54-0.66.hdf5",
        "fer2013_mini_XCEPTION.102-0.66.hdf5",
        "gender_mini_XCEPTION.21-0.95.hdf5",
    ],
)
def test_networks_of_keras_2_0_5(name):
    """Structure, weights and the optimizer's state; Keras 3, which cannot read the training part,
    agrees.
    """
    path = real(name)
    model = load_model(path)
    assert model.metrics_names == ["loss", "acc"]
    with h5py.File(path) as file:
        group = file["optimizer_weights"]
        count, *rest = (group[weight][()] for weight in group.attrs["weight_names"])
    arrays = dict(model.optimizer_arrays())
    assert int(arrays["iterations"]) == int(count)
    # each weight has a moment of its shape, and every array of the file has found its place
    assert sorted(float(a.sum()) for a in rest) == sorted(
        float(np.asarray(a).sum()) for a in list(arrays.values())[1:]
    )
    assert load_model(path, compile=False).optimizer is None
    if importlib.util.find_spec("keras") is None:
        return
    import keras

    x = np.random.default_rng(0).random((2, *model.input_shape[1:]), np.float32)
    theirs = keras.models.load_model(path, compile=False)
    np.testing.assert_allclose(model.predict(x), theirs.predict(x, verbose=0), rtol=1e-5, atol=1e-5)
    same_weights = load_model(path, compile=False)
    same_weights.set_weights([0 * w for w in same_weights.get_weights()])
    same_weights.load_weights(path)
    for found, expected in zip(same_weights.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_layers_with_slashes_in_their_names():
    """SqueezeNet's file keeps 'fire2/squeeze1x1' as a group inside a group."""
    path = real("squeezenet_weights_tf_dim_ordering_tf_kernels.h5")
    source = x = L.Input((21, 21, 3))
    for name, filters, size in (
        ("conv1", 64, 3),
        ("fire2/squeeze1x1", 16, 1),
        ("fire2/expand3x3", 64, 3),
    ):
        x = L.Conv2D(filters, size, name=name)(x)
    model = Model(source, x)
    model.load_weights(path, by_name=True)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(model.get_weights()[0], file["conv1/kernel:0"][()])
        np.testing.assert_array_equal(model.get_weights()[4], file["fire2/expand3x3/kernel:0"][()])


def test_the_weights_of_mobilenet():
    """Weights of Keras 2.1.4 by name: a depthwise and a pointwise convolution with their
    statistics.
    """
    path = real("mobilenet_1_0_224_tf.h5")
    model = Sequential(
        [
            L.Conv2D(32, 3, strides=2, use_bias=False, name="conv1", input_shape=(16, 16, 3)),
            L.BatchNormalization(name="conv1_bn"),
            L.DepthwiseConv2D(3, use_bias=False, name="conv_dw_1"),
            L.BatchNormalization(name="conv_dw_1_bn"),
            L.Conv2D(64, 1, use_bias=False, name="conv_pw_1"),
        ]
    )
    model.load_weights(path, by_name=True)
    with h5py.File(path) as file:
        for layer in model.layers:
            stored = [
                file[layer.name][name.decode()][()]
                for name in file[layer.name].attrs["weight_names"]
            ]
            for found, expected in zip(layer.get_weights(), stored, strict=True):
                np.testing.assert_array_equal(found, expected)
