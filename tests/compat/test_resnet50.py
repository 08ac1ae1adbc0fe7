"""The ResNet50 of old Kerases, with values measured with Keras 1.2.2, 2.0.4 and 2.2.4."""

import hashlib

import pytest

from jaxcnn import compat
from jaxcnn.applications import pretrained
from jaxcnn.compat import resnet50

from ..era.test_era import REFERENCE, cases, helper
from ..other_keras import set_aside

FIRST = {
    "1.2": "input_1 zeropadding2d_1 conv1 bn_conv1 activation_1 maxpooling2d_1 res2a_branch2a",
    "2.0": "input_1 zero_padding2d_1 conv1 bn_conv1 activation_1 max_pooling2d_1 res2a_branch2a",
    "2.2": "input_1 conv1_pad conv1 bn_conv1 activation_1 pool1_pad max_pooling2d_1",
}
LAST = {
    "1.2": "merge_16 activation_49 avg_pool flatten_1 fc1000",
    "2.0": "add_16 activation_49 avg_pool flatten_1 fc1000",
    "2.2": "bn5c_branch2c add_16 activation_49 avg_pool fc1000",
}


@pytest.fixture(params=FIRST)
def version(request):
    """The version of Keras that programs speak within the test."""
    with set_aside():
        compat.install(request.param)
        yield request.param


def test_names_and_shapes(version):
    from keras.applications import ResNet50
    from keras.applications.resnet50 import ResNet50 as ResNet50OfFile

    model = ResNet50(weights=None)
    names = [layer.name for layer in model.layers]
    assert model.name == "resnet50" and len(names) == 177 and model.count_params() == 25_636_712
    assert " ".join(names[:7]) == FIRST[version] and " ".join(names[-5:]) == LAST[version]
    assert model.get_layer("bn_conv1").epsilon == 0.001
    began = model.get_layer("res2a_branch2a").kernel_initializer
    assert began.get_config()["scale"] == (2.0 if version == "2.2" else 1.0)
    assert model.get_layer("res2a_branch2a").padding == "valid"
    assert ResNet50OfFile.__name__ == "ResNet50"


def test_maps_end_in_an_average_before_2_2(version):
    from keras.applications.resnet50 import ResNet50

    maps = ResNet50(weights=None, include_top=False, input_shape=(300, 300, 3))
    assert maps.output_shape == ((None, 10, 10, 2048) if version == "2.2" else (None, 1, 1, 2048))
    if version == "2.2":
        small = ResNet50(weights=None, include_top=False, input_shape=(100, 100, 3))
        assert small.output_shape == (None, 4, 4, 2048)
    else:
        with pytest.raises(ValueError, match="at least 197"):
            ResNet50(weights=None, include_top=False, input_shape=(100, 100, 3))


@pytest.mark.slow
def test_answers_of_2_2_4():
    with set_aside():
        compat.install("2.2")
        ours = helper("harness").run(cases("applications")["answer ResNet50"])
    theirs = REFERENCE["applications"]["answer ResNet50"]["224"]
    assert not helper("compare").compare("applications", theirs, ours)


def test_weights_of_then_are_told_from_those_of_today(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "folders", lambda: (tmp_path, tmp_path))
    name = "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    assert resnet50.weight_file(None, True).name == f"v0.2/{name}"
    (tmp_path / name).write_bytes(b"weights of today")
    assert resnet50.weight_file(None, True).name == f"v0.2/{name}"
    checksum = hashlib.md5(b"weights of today").hexdigest()
    monkeypatch.setattr(resnet50, "CHECKSUMS", (checksum, checksum))
    assert resnet50.weight_file(None, True) == pretrained.WeightFile(
        name,
        f"https://github.com/fchollet/deep-learning-models/releases/download/v0.2/{name}",
        checksum,
    )
