"""Every application against keras.applications: the same layers, and the same outputs for weights
that Keras wrote.
"""

import json

import numpy as np
import pytest

from jaxcnn import applications

from ..applications.architecture import RECORD, architecture, fingerprint

keras = pytest.importorskip("keras")

# Name -> two sizes of pictures. The first MobileNet runs always, the others with -m slow.
SIZES = {
    "MobileNet": ((32, 32), (48, 40)),
    "EfficientNetB0": ((32, 32), (40, 64)),
    "MobileNetV2": ((32, 32), (49, 40)),
    "VGG16": ((32, 32), (48, 40)),
    "VGG19": ((32, 32), (48, 40)),
    "ResNet50": ((32, 32), (48, 65)),
    "ResNet101": ((32, 32), (48, 65)),
    "ResNet152": ((32, 32), (48, 65)),
    "ResNet50V2": ((32, 32), (48, 65)),
    "ResNet101V2": ((32, 32), (48, 65)),
    "ResNet152V2": ((32, 32), (48, 65)),
    "Xception": ((71, 71), (80, 96)),
    "InceptionV3": ((75, 75), (96, 80)),
    "InceptionResNetV2": ((75, 75), (96, 80)),
    "DenseNet121": ((32, 32), (48, 64)),
    "DenseNet169": ((32, 32), (48, 64)),
    "DenseNet201": ((32, 32), (48, 64)),
    "NASNetMobile": ((32, 32), (64, 48)),
    "NASNetLarge": ((32, 32), (64, 48)),
}
NARROW = {"MobileNet": {"alpha": 0.25}, "MobileNetV2": {"alpha": 0.35}}
CASES = [
    pytest.param(
        name,
        top,
        size,
        marks=() if quick else pytest.mark.slow,
        id=f"{name}-{top=}-{size[0]}x{size[1]}",
    )
    for name, sizes in SIZES.items()
    for size in sizes
    for top in (True, False)
    for quick in [name == "MobileNet" and top and size == sizes[0]]
]


def randomised(model, seed=0):
    """The Keras model with statistics, scales and shifts that are not 0 and 1, as training would
    leave them.
    """
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        kind = variable.path.rsplit("/", 1)[-1]
        if kind in ("gamma", "moving_variance", "variance"):
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
        elif kind in ("beta", "bias", "moving_mean", "mean"):
            variable.assign(0.1 * rng.normal(size=variable.shape))
    return model


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras 3 while it writes HDF5
@pytest.mark.parametrize(("name", "top", "size"), CASES)
def test_outputs_for_weights_that_keras_wrote(name, top, size, tmp_path):
    arguments = {
        "include_top": top,
        "input_shape": (*size, 3),
        "classes": 7,
        **NARROW.get(name, {}),
    }
    theirs = randomised(getattr(keras.applications, name)(weights=None, **arguments))
    theirs.save(tmp_path / "weights.h5")
    ours = getattr(applications, name)(weights=tmp_path / "weights.h5", **arguments)
    assert architecture(ours) == architecture(theirs)
    assert ours.count_params() == theirs.count_params()
    x = np.random.default_rng(1).uniform(-1.0, 1.0, (2, *size, 3)).astype("float32")
    expected = np.asarray(theirs(x, training=False))
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(ours.predict(x), expected, atol=1e-4 * scale, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", SIZES)
def test_the_record_is_what_keras_says(name):
    with keras.StatelessScope():  # no weights are drawn
        theirs = getattr(keras.applications, name)(weights=None)
    assert fingerprint(theirs) == json.loads(RECORD.read_text())[name]


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_preprocessing(mode, data_format):
    shape = (2, 5, 4, 3) if data_format == "channels_last" else (2, 3, 5, 4)
    x = np.random.default_rng(0).uniform(0.0, 255.0, shape).astype("float32")
    kept = x.copy()
    ours = applications.imagenet_utils.preprocess_input(x, data_format, mode)
    np.testing.assert_array_equal(x, kept)
    theirs = keras.applications.imagenet_utils.preprocess_input(
        x.copy(), data_format=data_format, mode=mode
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    np.testing.assert_allclose(
        applications.imagenet_utils.preprocess_input(x[0], data_format, mode),
        keras.applications.imagenet_utils.preprocess_input(
            x[0].copy(), data_format=data_format, mode=mode
        ),
        atol=1e-4,
    )
