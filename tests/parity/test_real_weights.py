"""Published weights on real photographs, beside the real Keras 3; without the files under
JAXCNN_HOME these skip.
"""

import numpy as np
import pytest

from jaxcnn import applications, config
from jaxcnn.applications.imagenet_utils import preprocess_input
from jaxcnn.commands.classify import read_images

keras = pytest.importorskip("keras")

MOBILENET = "mobilenet_1_0_224_tf.h5"
SQUEEZENET = "squeezenet_weights_tf_dim_ordering_tf_kernels.h5"
VGG16 = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
MINI_XCEPTION = "fer2013_mini_XCEPTION.102-0.66.hdf5"


def file(kind, name):
    """A file under JAXCNN_HOME; the test skips, saying what it misses, where it is not."""
    path = config.home() / kind / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def picture(name, size):
    return read_images([file("media", name)], size)


def top_five(probabilities):
    return np.argsort(probabilities[0])[::-1][:5].tolist()


@pytest.mark.slow
def test_mobilenet_names_the_panda_as_keras_does():
    weights = file("models", MOBILENET)
    x = preprocess_input(picture("panda.jpg", 224), mode="tf")
    ours = applications.MobileNet().predict(x)
    theirs = np.asarray(keras.applications.MobileNet(weights=str(weights))(x, training=False))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    file("models", "imagenet_class_index.json")
    ((best, *_),) = applications.imagenet_utils.decode_predictions(ours)
    assert best[:2] == ("n02510455", "giant_panda") and best[2] > 0.99


def keras_squeezenet(model):
    """The graph in Keras 3, written out once more, with the weights of ours."""
    k = keras.layers
    image = x = keras.Input((227, 227, 3))
    x = k.MaxPooling2D(3, 2)(k.Conv2D(64, 3, 2, activation="relu", name="conv1")(x))
    sizes = [(n, 4 * n) for n in (16, 16, 32, 32, 48, 48, 64, 64)]
    for i, (squeezed, expanded) in enumerate(sizes, 2):
        if i in (4, 6):
            x = k.MaxPooling2D(3, 2)(x)
        x = k.Conv2D(squeezed, 1, activation="relu", name=f"fire{i}-squeeze1x1")(x)
        sides = [(1, f"fire{i}-expand1x1"), (3, f"fire{i}-expand3x3")]
        x = k.Concatenate()(
            [k.Conv2D(expanded, n, padding="same", activation="relu", name=s)(x) for n, s in sides]
        )
    x = k.GlobalAveragePooling2D()(k.Conv2D(1000, 1, activation="relu", name="conv10")(x))
    theirs = keras.Model(image, k.Softmax()(x))
    for layer in theirs.layers:
        if layer.weights:
            layer.set_weights(model.get_layer(layer.name.replace("-", "/")).get_weights())
    return theirs


CATS = range(281, 286)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "wanted"), [("panda.jpg", [388]), ("cat2.jpg", CATS), ("cat.jpeg", CATS)]
)
def test_squeezenet_sees_what_keras_sees(name, wanted):
    file("models", SQUEEZENET)
    x = preprocess_input(picture(name, 227), mode="caffe")
    model = applications.SqueezeNet()
    ours, theirs = model.predict(x), np.asarray(keras_squeezenet(model)(x, training=False))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert top_five(ours) == top_five(theirs)
    assert set(top_five(ours)) & set(wanted)


def test_vgg16_features_are_those_of_keras():
    weights = file("models", VGG16)
    x = preprocess_input(picture("cat2.jpg", 96), mode="caffe")
    ours = applications.VGG16(include_top=False).predict(x)
    theirs = keras.applications.VGG16(
        include_top=False, weights=str(weights), input_shape=(96, 96, 3)
    )
    expected = np.asarray(theirs(x, training=False))
    np.testing.assert_allclose(ours, expected, atol=1e-4 * expected.max())


def test_the_emotion_network_takes_its_published_weights():
    model = applications.MiniXception()
    model.load_weights(file("models", MINI_XCEPTION))
    with np.load(file("datasets", "fer2013.npz")) as data:
        faces, labels = data["x_PrivateTest"][:300], data["y_PrivateTest"][:300]
    enlarged = np.stack(
        [np.asarray(np.kron(face.reshape(48, 48), np.ones((4, 4)))) for face in faces]
    )
    enlarged = enlarged.reshape(-1, 64, 3, 64, 3).mean((2, 4))[..., None]
    found = model.predict((enlarged.astype("float32") / 255 - 0.5) * 2).argmax(-1)
    assert (found == labels.reshape(-1)).mean() > 0.55  # about 0.65 on the whole set
