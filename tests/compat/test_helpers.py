"""The helpers that users' own layers and models call."""

import numpy as np
import pytest

from jaxcnn import config, layers
from jaxcnn.compat import helpers, helpers1
from jaxcnn.layers import Add, Conv2D, Conv2DTranspose, Dense, Input, InputSpec, Layer
from jaxcnn.models import Sequential


def test_inputs_of_a_tensor():
    a, b, unused = Input((3,)), Input((3,)), Input((3,))
    shared = Dense(4)
    out = Add()([shared(a), shared(b), shared(a)])
    assert helpers.get_source_inputs(out) == [a, b]
    assert helpers.get_source_inputs(shared(unused)) == [unused]
    assert helpers.get_source_inputs(a) == [a]
    assert helpers.get_source_inputs(None, shared, 1) == [b]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "kernel", "stride"), [(7, 3, 2), (8, 3, 1), (9, 4, 3)])
def test_lengths_are_those_of_the_layers(padding, size, kernel, stride):
    x = Input((size, size, 1))
    length = helpers.conv_output_length(size, kernel, padding, stride)
    assert Conv2D(1, kernel, strides=stride, padding=padding)(x).shape[1] == length
    made = Conv2DTranspose(1, kernel, strides=stride, padding=padding)(x).shape[1]
    assert helpers.deconv_length(size, stride, kernel, padding) == made
    if padding == "valid":
        assert helpers.conv_input_length(length, kernel, padding, stride) <= size
    assert helpers.conv_output_length(None, kernel, padding, stride) is None


def test_lengths_with_an_output_padding():
    assert helpers.deconv_length(224, 2, 7, "same", 0) == 447
    assert helpers.deconv_length(6, 2, 3, "full", 2) == 11
    assert helpers.deconv_length(None, 2, 3, "full", 2) is None
    with pytest.raises(AssertionError, match="diagonal"):
        helpers.conv_output_length(32, 5, "diagonal", 2)


def test_checked_settings():
    assert helpers.normalize_tuple(3, 2, "size") == (3, 3)
    assert helpers.normalize_tuple([1, 2], 2, "size") == (1, 2)
    with pytest.raises(ValueError, match="`size` must be one integer or 2"):
        helpers.normalize_tuple((1, 2, 3), 2, "size")
    assert helpers.normalize_padding("SAME") == "same"
    assert helpers.normalize_data_format(None) == "channels_last"
    config.set_image_data_format("channels_first")
    assert helpers.normalize_data_format(None) == "channels_first"
    for wrong in (
        lambda: helpers.normalize_padding("half"),
        lambda: helpers.normalize_data_format("tf"),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_turned_kernels():
    kernel = np.arange(2 * 3 * 1 * 2).reshape(2, 3, 1, 2)
    np.testing.assert_array_equal(helpers.convert_kernel(kernel), kernel[::-1, ::-1])
    model = Sequential([Conv2D(2, (2, 3), input_shape=(5, 5, 1)), layers.Flatten(), Dense(1)])
    before = model.get_weights()
    helpers.convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0][::-1, ::-1])
    np.testing.assert_array_equal(model.get_weights()[2], before[2])
    assert helpers.count_params(model.get_weights()) == model.count_params()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (InputSpec(ndim=3), "of 3 axes; given \\(None, 4\\)"),
        (InputSpec(min_ndim=3), "at least 3"),
        (InputSpec(max_ndim=1), "at most 1"),
        (InputSpec(shape=(None, 5)), "size 5 along axis 1"),
        (InputSpec(axes={-1: 5}), "size 5 along axis -1"),
        (InputSpec(dtype="int32"), "dtype int32"),
        ([InputSpec(ndim=2), InputSpec(ndim=2)], "needs 2 inputs; given 1"),
    ],
)
def test_what_a_layer_demands_is_checked(spec, message):
    class Demanding(Layer):
        def __init__(self):
            super().__init__(name="demanding")
            self.input_spec = spec

        def call(self, x):
            return x

    with pytest.raises(ValueError, match=message):
        Demanding()(Input((4,)))
    with pytest.raises(ValueError, match="demanding"):
        Demanding()(np.ones((2, 4), "f"))


def test_what_fits_passes():
    class Demanding(Layer):
        def build(self, input_shape):
            self.input_spec = [InputSpec(ndim=2, axes={-1: input_shape[-1]}, dtype="float32")]

        def call(self, x):
            return x * 2

    layer = Demanding()
    assert layer(Input((4,))).shape == (None, 4)
    with pytest.raises(ValueError, match="size 4 along axis -1"):
        layer(Input((5,)))


def test_numbers_in_layers():
    """Each layer counts once, and not if it was met before."""
    shared = Dense(2, input_dim=3)
    inner = Sequential([shared, layers.BatchNormalization()])
    met = {Dense(1)}
    assert helpers1.count_total_params([inner, shared, Dense(5)], met) == (8 + 4, 4)
    assert shared in met and helpers1.count_total_params([shared], met) == (0, 0)
