"""Architectures: parameters, names and order, and what the networks compute where no other library
has them.
"""

import json

import jax
import numpy as np
import pytest

from jaxcnn import applications, config
from jaxcnn.applications import dcgan
from jaxcnn.applications.googlenet import MODULES, inception_module
from jaxcnn.layers import AveragePooling2D, Conv2D, Input
from jaxcnn.models import Model

from .architecture import RECORD, architecture, fingerprint

KERAS = json.loads(RECORD.read_text())
LARGE = {
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "DenseNet169",
    "DenseNet201",
    "InceptionResNetV2",
    "NASNetLarge",
    "NASNetMobile",
}

# What the papers and the books count, for the default arguments.
COUNTS = {
    "VGG11": 132_863_336,
    "VGG11LRN": 132_863_336,
    "VGG13": 133_047_848,
    "VGG16C": 133_638_952,
    "SqueezeNet": 1_235_496,
    "GoogLeNet": 6_998_552,
    "AlexNet": 60_965_224,
}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in KERAS]
)
def test_layers_are_those_of_keras(name):
    assert fingerprint(getattr(applications, name)(weights=None)) == KERAS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_parameters(name):
    assert getattr(applications, name)(weights=None).count_params() == COUNTS[name]


def test_every_application_is_counted():
    assert set(applications.APPLICATIONS.items()) == {*KERAS, *COUNTS}


@pytest.mark.parametrize(
    ("build", "parameters"),
    [
        (applications.LeNet5, 61_706),
        (applications.LeNet5Classic, 60_840),
        (applications.MiniXception, 58_423),
        (applications.VGG15, 1_071_542),
        (applications.TextCNN, 2_819_604),
        (applications.convolutional_autoencoder, 28_353),
        (applications.dense_autoencoder, 222_384),
        (dcgan.discriminator, 4_311_553),
        (dcgan.generator, 2_394_241),
        (applications.UNet, 31_030_593),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_parameters_of_the_smaller_networks(build, parameters):
    assert build().count_params() == parameters


def test_the_course_resnet():
    model = applications.CourseResNet50()
    trained = sum(np.prod(w.shape) for w in model.trainable_weights)
    assert (model.count_params(), trained) == (23_600_006, 23_546_886)
    names = [layer.name for layer in model.layers]
    assert {"conv1", "bn_conv1", "res2a_branch1", "bn2a_branch2c", "res5c_branch2b", "fc6"} <= set(
        names
    )
    shared = [
        model.get_layer(name).get_weights()[0] for name in ("res2b_branch2a", "res2c_branch2a")
    ]
    np.testing.assert_array_equal(*shared)  # glorot_uniform(seed=0) everywhere


def test_lenet_5_as_published():
    """The parameters of each layer, and the sizes of the maps."""
    model = applications.LeNet5Classic()
    rows = {
        layer.name: (layer.count_params(), layer.output_shape[1:]) for layer in model.layers[1:]
    }
    assert rows["C1"] == (156, (28, 28, 6))
    assert rows["S2"] == (12, (14, 14, 6))
    assert rows["C3"] == (1_516, (10, 10, 16))
    assert rows["S4"] == (32, (5, 5, 16))
    assert rows["C5"] == (48_120, (1, 1, 120))
    assert rows["F6"] == (10_164, (84,))
    assert rows["output"] == (840, (10,))
    assert set(np.unique(model.get_layer("output").get_weights()[0])) == {-1.0, 1.0}
    rows_of_c3 = [len(row) for row in model.get_layer("C3").connections]
    assert rows_of_c3 == [3] * 6 + [4] * 9 + [6]
    # A convolution uses each weight at each position; a unit of a subsampling layer has 4 inputs
    # and a bias.
    connections = {name: rows[name][0] * np.prod(rows[name][1][:2]) for name in ("C1", "C3", "C5")}
    assert connections == {"C1": 122_304, "C3": 151_600, "C5": 48_120}
    assert [(2 * 2 + 1) * np.prod(rows[name][1]) for name in ("S2", "S4")] == [5_880, 2_000]
    assert rows["C1"][0] == (5 * 5 + 1) * 6 and rows["F6"][0] == 84 * (120 + 1)


def test_the_toy_convolution():
    """A weight of 0.2 everywhere and the mean over a window of 2 x 2."""
    x = 0.2 * np.float32([[1, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
    np.testing.assert_allclose(AveragePooling2D(2, strides=1)(x)[0, 0, :, 0], [0.6, 0.8], rtol=1e-6)


def test_lenet_5_learns_with_its_centres_fixed():
    model = applications.LeNet5Classic()
    x = np.random.default_rng(0).uniform(size=(32, 32, 32, 1)).astype("float32")
    y = np.eye(10, dtype="float32")[np.arange(32) % 10]
    centres = model.get_layer("output").get_weights()[0]

    def nearest(labels, distances):
        return -(labels * jax.nn.log_softmax(-distances)).sum(-1)

    model.compile("adam", nearest)
    history = model.fit(x, y, batch_size=32, epochs=25, verbose=0).history["loss"]
    assert history[-1] < history[0]
    np.testing.assert_array_equal(model.get_layer("output").get_weights()[0], centres)


def test_partial_connections_are_a_convolution_with_holes():
    table = applications.lenet.CONNECTIONS
    model = applications.LeNet5Classic(activation=None)
    layer = model.get_layer("C3")
    full = Conv2D(16, 5)
    x = np.random.default_rng(0).normal(size=(2, 14, 14, 6)).astype("float32")
    full(x)
    windows, bias = layer.get_weights()
    kernel = np.zeros((5, 5, 6, 16), "float32")
    pairs = [(c, j) for j, row in enumerate(table) for c in row]
    for k, (c, j) in enumerate(pairs):
        kernel[:, :, c, j] = windows[:, :, k]
    full.set_weights([kernel, bias])
    np.testing.assert_allclose(layer(x), full(x), atol=1e-5)


def test_an_inception_module_joins_four_branches():
    image = Input((8, 8, 6))
    model = Model(image, inception_module(image, MODULES["3a"], "m"))
    assert model.output_shape == (None, 8, 8, 64 + 128 + 32 + 32)
    assert "m/3x3_reduce 1" not in architecture(model) and model.get_layer("m/5x5").kernel_size == (
        5,
        5,
    )


def test_unet_keeps_the_size_and_refuses_what_cannot_be_halved():
    model = applications.UNet((None, None, 3), classes=3, filters=2, depth=2)
    out = model.predict(np.ones((1, 8, 12, 3), "float32"))
    assert out.shape == (1, 8, 12, 3)
    np.testing.assert_allclose(out.sum(-1), 1.0, rtol=1e-5)
    with pytest.raises(ValueError, match="multiples of 16"):
        applications.UNet((100, 96, 1))


def test_channels_first_gives_the_same_numbers():
    arguments = {"weights": None, "alpha": 0.25, "classes": 4}
    last = applications.MobileNet(input_shape=(32, 40, 3), **arguments)
    config.set_image_data_format("channels_first")
    first = applications.MobileNet(input_shape=(3, 32, 40), **arguments)
    first.set_weights(last.get_weights())
    x = np.random.default_rng(0).uniform(-1, 1, (2, 32, 40, 3)).astype("float32")
    np.testing.assert_allclose(first.predict(x.transpose(0, 3, 1, 2)), last.predict(x), atol=1e-5)
