"""Arguments of the applications: what they choose, and the errors about wrong ones."""

import inspect

import numpy as np
import pytest

from jaxcnn import applications
from jaxcnn.applications import APPLICATIONS
from jaxcnn.applications.pretrained import WeightsNotFoundError
from jaxcnn.layers import Input, Rescaling

SMALL = {"weights": None, "input_shape": (32, 32, 3), "alpha": 0.25}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A JAXCNN_HOME with nothing in it, and no network."""
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    return tmp_path


def test_the_order_of_the_arguments_is_that_of_keras():
    def names(application):
        return list(inspect.signature(application).parameters)

    common = [
        "include_top",
        "weights",
        "input_tensor",
        "input_shape",
        "pooling",
        "classes",
        "classifier_activation",
    ]
    assert names(applications.VGG16)[:7] == common
    assert names(applications.MobileNet)[:7] == [
        *(
            "input_shape",
            "alpha",
            "depth_multiplier",
            "dropout",
            "include_top",
            "weights",
            "input_tensor",
        ),
    ]
    assert names(applications.NASNetMobile)[:4] == [
        "input_shape",
        "include_top",
        "weights",
        "input_tensor",
    ]
    assert "include_top=True" in repr(applications.ResNet50) and applications.ResNet50.__doc__


def test_pooling_and_activation():
    assert applications.MobileNet(include_top=False, **SMALL).output_shape == (None, 1, 1, 256)
    assert applications.MobileNet(include_top=False, pooling="max", **SMALL).output_shape == (
        None,
        256,
    )
    assert applications.MobileNet(include_top=False, weights=None).input_shape == (
        None,
        None,
        None,
        3,
    )
    logits = applications.MobileNet(classes=5, classifier_activation=None, name="mine", **SMALL)
    assert logits.output_shape == (None, 5) and logits.name == "mine"
    assert logits.layers[-1].activation(3.0) == 3.0


def test_an_input_tensor_may_be_the_end_of_other_layers():
    image = Input((56, 48, 3))
    model = applications.SqueezeNet(
        weights=None, include_top=False, input_tensor=Rescaling(2.0)(image), pooling="avg"
    )
    assert model.inputs == [image]
    assert [type(layer).__name__ for layer in model.layers[:2]] == ["InputLayer", "Rescaling"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pooling": "average"}, "`pooling` is 'average'"),
        ({"classes": 0}, "`classes` is 0"),
        ({"weights": "imagenet", "classes": 10}, "1000 classes, but `classes` is 10"),
        ({"weights": "imagenet", "classifier_activation": "sigmoid"}, "'softmax' or None"),
        ({"weights": None, "input_shape": (31, 40, 3)}, "at least 32"),
        ({"weights": None, "input_shape": (40, 40)}, r"must be \(height, width, channels\)"),
        ({"weights": None, "input_shape": (None, 40, 3)}, "must be known"),
        ({"weights": "imagenet", "input_shape": (224, 224, 1)}, "3 for ImageNet weights"),
        ({"weights": "imagenet", "input_shape": (64, 64, 3)}, "224 x 224"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        applications.VGG16(**arguments)


def test_bad_arguments_of_other_kinds():
    with pytest.raises(TypeError, match="Did you mean 'weights'"):
        applications.VGG16(weigths=None)
    with pytest.raises(TypeError, match="must be symbolic"):
        applications.VGG16(weights=None, input_tensor=np.ones((1, 32, 32, 3)))
    with pytest.raises(ValueError, match=r"is \(64, 64, 3\), but `input_tensor`"):
        applications.VGG16(weights=None, input_tensor=Input((32, 32, 3)), input_shape=(64, 64, 3))
    with pytest.raises(FileNotFoundError, match=r"no such file; it is None, 'imagenet'"):
        applications.VGG16(weights="nowhere.h5")
    with pytest.raises(ValueError, match="no ImageNet weights are known"):
        applications.GoogLeNet(weights="imagenet")
    with pytest.raises(ValueError, match=r"alpha 1\.0, 0\.75, 0\.5, 0\.25; given 1 and 0\.3"):
        applications.MobileNet(alpha=0.3)


@pytest.mark.parametrize(
    ("build", "file"),
    [
        (lambda: applications.ResNet50(), "resnet50_weights_tf_dim_ordering_tf_kernels.h5"),
        (
            lambda: applications.Xception(include_top=False),
            "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
        ),
        (lambda: applications.MobileNet((160, 160, 3), 0.5), "mobilenet_5_0_160_tf.h5"),
        (lambda: applications.MobileNetV2(alpha=1.4, include_top=False), "_1.4_224_no_top.h5"),
        (lambda: applications.NASNetMobile(), "nasnet_mobile.h5"),
        (lambda: applications.EfficientNetB0(), "efficientnetb0.h5"),
        (lambda: applications.AlexNet(), "bvlc_alexnet.npy"),
    ],
)
def test_absent_weights_are_named(home, build, file):
    with pytest.raises(WeightsNotFoundError, match=f"{file} is neither in {home}/models"):
        build()


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / "weights.h5"
    applications.MobileNet(classes=5, **SMALL).save_weights(path)
    with pytest.raises(ValueError, match=r"weights\.h5.*conv_preds"):
        applications.MobileNet(classes=6, **{**SMALL, "weights": path})
    with pytest.raises(ValueError, match=r"weights\.h5"):
        applications.SqueezeNet(weights=path)
    path.write_bytes(b"not a weight file")
    with pytest.raises(ValueError, match="neither an HDF5 file"):
        applications.SqueezeNet(weights=path)


def test_every_application_preprocesses_its_images():
    x = np.full((1, 4, 4, 3), 255.0, "float32")
    for application in map(APPLICATIONS.find, APPLICATIONS.items()):
        assert application.preprocess_input(x).shape == x.shape
        assert application.size >= application.smallest
