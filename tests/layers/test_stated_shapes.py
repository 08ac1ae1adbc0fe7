"""Shapes and parameter counts that the books state for single layers (S: image book; Q1.P, Q1.X: quick start)."""

import numpy as np
import pytest

from jaxcnn import config, layers


@pytest.fixture
def channels_first():
    config.set_image_data_format("channels_first")
    yield
    config.reset()


# id, layers in a row, shape of a sample, shapes after each layer, parameters of each layer
STACKS = [
    ("S20, Q1.P10", [layers.Dense, (32,)], (16,), [(32,)], [544]),
    ("S22, Q1.P27", [layers.Reshape, ((6, 2),), layers.Reshape, ((-1, 2, 2),)], (3, 4), [(6, 2), (3, 2, 2)], [0, 0]),
    ("S23, Q1.P28", [layers.Permute, ((2, 1),)], (10, 64), [(64, 10)], [0]),
    ("S24, Q1.P29", [layers.Dense, (32,), layers.RepeatVector, (3,)], (32,), [(32,), (3, 32)], [1056, 0]),
    ("S27", [layers.Conv2D, (1, 3)], (9, 9, 1), [(7, 7, 1)], [10]),
    ("S29", [layers.MaxPooling1D, (2,)], (10, 64), [(5, 64)], [0]),
    ("S31", [layers.Conv1D, (32, 3)], (10, 128), [(8, 32)], [3 * 128 * 32 + 32]),
    ("S31, any length", [layers.Conv1D, (32, 3)], (None, 128), [(None, 32)], [3 * 128 * 32 + 32]),
    ("Q1.A41", [layers.Flatten, ()], (64, 32, 32), [(65536,)], [0]),
    ("Q1.P07", [layers.Dense, (32,), layers.Dense, (10,)], (784,), [(32,), (10,)], [25120, 330]),
    ("Q1.P25", [layers.Dense, (32,), layers.Dense, (32,)], (16,), [(32,), (32,)], [544, 1056]),
]


@pytest.mark.parametrize(("stack", "shape", "shapes", "counts"), [s[1:] for s in STACKS], ids=[s[0] for s in STACKS])
def test_stack(stack, shape, shapes, counts):
    x = layers.Input(shape)
    for make, arguments, wanted, count in zip(stack[::2], stack[1::2], shapes, counts, strict=True):
        layer = make(*arguments)
        x = layer(x)
        assert x.shape == (None, *wanted)
        assert layer.count_params() == count


@pytest.mark.usefixtures("channels_first")
def test_pictures_with_channels_first():
    """S21, S26, S28, Q1.P26, Q1.X20."""
    convolution = layers.Conv2D(64, (3, 3), padding="same")
    x = convolution(layers.Input((3, 32, 32)))
    assert x.shape == (None, 64, 32, 32)
    assert convolution.count_params() == 1792
    assert layers.Flatten()(x).shape == (None, 65536)
    assert layers.Conv2D(32, (3, 3))(layers.Input(batch_shape=(10, 3, 28, 28))).shape == (10, 32, 26, 26)
    assert layers.MaxPooling2D((2, 2))(layers.Input((3, 28, 28))).shape == (None, 3, 14, 14)
    assert layers.MaxPooling2D((4, 4))(layers.Input((3, 28, 28))).shape == (None, 3, 7, 7)


@pytest.mark.usefixtures("channels_first")
def test_one_layer_on_two_sizes():
    """Q1.P24: with channels last the second call would find 64 channels instead of 32."""
    layer = layers.Conv2D(16, (3, 3), padding="same")
    layer(layers.Input((3, 32, 32)))
    assert layer.input_shape == (None, 3, 32, 32)
    assert layer.count_params() == 448
    layer(layers.Input((3, 64, 64)))
    assert layer.get_input_shape_at(0) == (None, 3, 32, 32)
    assert layer.get_input_shape_at(1) == (None, 3, 64, 64)


@pytest.mark.usefixtures("channels_first")
def test_a_film_frame_by_frame():
    """Q1.P36."""
    layer = layers.TimeDistributed(layers.Conv2D(64, (3, 3)))
    assert layer(layers.Input((10, 3, 299, 299))).shape == (None, 10, 64, 297, 297)
    assert layer.count_params() == 1792


def test_a_kernel_has_k_k_d_weights():
    """S30, and F07: a causal convolution does not look ahead."""
    layer = layers.Conv2D(1, 5, use_bias=False)
    layer(layers.Input((8, 8, 3)))
    assert layer.count_params() == 5 * 5 * 3
    causal = layers.Conv1D(2, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(0).normal(size=(1, 8, 3)).astype("float32")
    y, changed = causal(x), np.array(x)
    changed[:, 5:] += 1
    np.testing.assert_array_equal(causal(changed)[:, :5], y[:, :5])


def test_a_convolution_over_time_is_one_over_a_picture_of_one_column():
    """S31."""
    x = np.random.default_rng(0).normal(size=(2, 10, 4)).astype("float32")
    over_time, over_picture = layers.Conv1D(5, 3), layers.Conv2D(5, (3, 1))
    wanted = over_time(x)
    kernel, bias = over_time.get_weights()
    over_picture(layers.Input((10, 1, 4)))
    over_picture.set_weights([kernel[:, None], bias])
    np.testing.assert_allclose(over_picture(x[:, :, None])[:, :, 0], wanted, rtol=1e-5, atol=1e-6)


def test_dot_products_and_cosines():
    """Q1.F16: (batch, n) and (batch, n) to (batch, 1)."""
    a, b = np.float32([[1, 2, 2], [0, 0, 0]]), np.float32([[2, 1, 2], [1, 2, 3]])
    np.testing.assert_allclose(layers.dot([a, b], axes=1), [[8], [0]])
    np.testing.assert_allclose(layers.dot([a, b], axes=1, normalize=True), [[8 / 9], [0]], rtol=1e-6)


def test_activity_regularization_sums_over_the_batch():
    """Q1.A46: l1 * sum|x| + l2 * sum x**2 over the whole output (Keras 3 divides by the batch size)."""
    layer = layers.ActivityRegularization(l1=0.1, l2=0.01)
    x = np.float32([[1, -2], [3, 4]])
    _, collected = layer.module.apply({}, x, mutable=["losses"])
    np.testing.assert_allclose(collected["losses"]["activity"], 0.1 * 10 + 0.01 * 30, rtol=1e-6)
