"""The private helpers by which programs write convolutions, as the real Keras has them."""

import sys

import numpy as np
import pytest

from jaxcnn import compat


@pytest.fixture(params=["1.2", "2.0", "2.2"])
def version(request):
    """`import keras` finds jaxcnn as that Keras."""
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    compat.install(request.param)
    yield request.param
    compat.uninstall()
    sys.modules.update(other)


def test_a_convolution_of_a_program(version):
    """Its way around `K.conv2d`: channels last, the sum, and back."""
    from keras import backend as K
    from keras.backend import tensorflow_backend as KTF

    first = "th" if version == "1.2" else "channels_first"
    x, kernel = np.random.default_rng(0).normal(size=(2, 2, 3, 5, 6)).astype("float32")
    kernel = kernel[:, :, :2, :2]  # (filters, channels, rows, columns)
    prepared = KTF._preprocess_conv2d_input(K.variable(x), first)
    if version == "2.2":
        prepared, order = prepared
        assert order == "NHWC"
    assert K.int_shape(prepared) == (2, 5, 6, 3)
    np.testing.assert_array_equal(K.eval(prepared), x.transpose(0, 2, 3, 1))
    turned = KTF._preprocess_conv2d_kernel(K.variable(kernel), first)
    np.testing.assert_array_equal(K.eval(turned), kernel.transpose(2, 3, 1, 0))
    padding = KTF._preprocess_padding if version != "1.2" else KTF._preprocess_border_mode
    assert padding("valid") == "VALID"
    back = KTF._postprocess_conv2d_output(K.variable(x.transpose(0, 2, 3, 1)), first)
    np.testing.assert_array_equal(K.eval(back), x)
    with pytest.raises(ValueError, match="Unknown data_format: 'nope'"):
        KTF._postprocess_conv2d_output(K.variable(x), "nope")
    with pytest.raises(ValueError, match="Invalid padding: 'x'"):
        padding("x")


def test_small_helpers(version):
    from keras import backend as K
    from keras.backend.tensorflow_backend import (
        _convert_string_dtype,
        _normalize_axis,
        _preprocess_deconv_output_shape,
        _to_tensor,
    )

    assert _normalize_axis([-1, 0], 3) == [2, 0] and _normalize_axis(-1, 2) == 1
    assert (
        K.dtype(_to_tensor(1, "float32")) == "float32" and _convert_string_dtype("int32") == "int32"
    )
    x = K.placeholder((4, 3, 5, 6))
    order = "th" if version == "1.2" else "channels_first"
    assert _preprocess_deconv_output_shape(x, (None, 2, 9, 8), order) == (4, 9, 8, 2)


def test_addresses_of_weights(version):
    from keras.applications import imagenet_utils, inception_v3, vgg16

    word = "TF_WEIGHTS_PATH" if version == "1.2" else "WEIGHTS_PATH"
    file = "v0.1/vgg16_weights_tf_dim_ordering_tf_kernels"
    assert getattr(vgg16, word).endswith(f"/{file}.h5")
    assert getattr(vgg16, f"{word}_NO_TOP").endswith(f"/{file}_notop.h5")
    release = "v0.2" if version == "1.2" else "v0.5"
    assert f"/{release}/inception_v3_weights_tf" in getattr(inception_v3, word)
    assert imagenet_utils.CLASS_INDEX_PATH.endswith("/imagenet_class_index.json")
