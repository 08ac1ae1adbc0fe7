"""Weights of Caffe and MatConvNet, and files that are none."""

import numpy as np
import pytest

from jaxcnn import applications
from jaxcnn.applications.other_frameworks import load_matconvnet, read_caffe_npy, read_matconvnet
from jaxcnn.layers import Conv2D


def small_alexnet_arrays():
    """The arrays of AlexNet's convolutions, as a Python 2 program would have pickled them."""
    shapes = {"conv1": (11, 11, 3, 96), "conv2": (5, 5, 48, 256), "conv3": (3, 3, 256, 384)}
    shapes |= {"conv4": (3, 3, 192, 384), "conv5": (3, 3, 192, 256)}
    rng = np.random.default_rng(0)
    return {
        n: [rng.normal(size=s).astype("float32"), rng.normal(size=s[-1:]).astype("float32")]
        for n, s in shapes.items()
    }


def test_alexnet_from_caffe(tmp_path):
    arrays = small_alexnet_arrays()
    np.save(tmp_path / "bvlc_alexnet.npy", np.array(arrays, dtype=object), allow_pickle=True)
    model = applications.AlexNet(include_top=False, weights=tmp_path / "bvlc_alexnet.npy")
    for name, (kernel, bias) in arrays.items():
        np.testing.assert_array_equal(model.get_layer(name).get_weights()[0], kernel)
        np.testing.assert_array_equal(model.get_layer(name).get_weights()[1], bias)
    with pytest.raises(ValueError, match="no weights for layer 'fc6'"):
        applications.AlexNet(weights=tmp_path / "bvlc_alexnet.npy")
    arrays["conv3"][0] = arrays["conv3"][0][:2]
    np.save(tmp_path / "bvlc_alexnet.npy", np.array(arrays, dtype=object), allow_pickle=True)
    with pytest.raises(
        ValueError, match=r"layer 'conv3' needs weights of shapes .* the file has \[\(2, 3"
    ):
        applications.AlexNet(include_top=False, weights=tmp_path / "bvlc_alexnet.npy")


class Evil:
    def __reduce__(self):
        return print, ("this must not run",)


def test_a_pickle_that_calls_something_is_refused(tmp_path, capsys):
    np.save(tmp_path / "evil.npy", np.array({"conv1": [Evil()]}, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"asks for builtins\.print"):
        read_caffe_npy(tmp_path / "evil.npy")
    assert capsys.readouterr().out == ""
    np.save(tmp_path / "plain.npy", np.zeros(3))
    for name in ("plain.npy", "cut.npy"):
        (tmp_path / "cut.npy").write_bytes((tmp_path / "evil.npy").read_bytes()[:90])
        with pytest.raises(ValueError, match=name):
            read_caffe_npy(tmp_path / name)


def test_vgg_from_matconvnet(tmp_path):
    savemat = pytest.importorskip("scipy.io").savemat
    model = applications.VGG11(include_top=False, weights=None, input_shape=(32, 32, 3))
    rng = np.random.default_rng(0)
    layers, expected = [], {}
    for layer in model.layers:
        if not isinstance(layer, Conv2D):
            continue
        kernel, bias = (rng.normal(size=w.shape).astype("float32") for w in layer.weights)
        name = layer.name.replace("block", "conv").replace("_conv", "_")
        layers.append(
            {"name": name, "type": "conv", "weights": np.array([kernel, bias[None]], dtype=object)}
        )
        layers.append({"name": name.replace("conv", "relu"), "type": "relu"})
        expected[layer.name] = kernel[:, :, ::-1] if name == "conv1_1" else kernel
    savemat(tmp_path / "vgg.mat", {"layers": np.array(layers, dtype=object)})
    load_matconvnet(model, tmp_path / "vgg.mat")
    for name, kernel in expected.items():
        np.testing.assert_array_equal(model.get_layer(name).get_weights()[0], kernel)
    (tmp_path / "vgg.mat").write_bytes(b"nothing of the kind" * 20)
    with pytest.raises(ValueError, match=r"vgg\.mat: It is no file of MATLAB.s version 5"):
        read_matconvnet(tmp_path / "vgg.mat")
