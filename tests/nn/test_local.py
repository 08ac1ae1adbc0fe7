"""Locally connected layers against loops over positions, and the counts that the book states."""

import numpy as np
import pytest

from jaxcnn import config, layers

RNG = np.random.default_rng(0)


def test_one_kernel_and_one_bias_a_step():
    x = RNG.normal(size=(2, 7, 3)).astype("float32")
    layer = layers.LocallyConnected1D(4, 3, strides=2, activation="tanh")
    layer(layers.Input((7, 3)))
    kernel, bias = (RNG.normal(size=w.shape).astype("float32") for w in layer.get_weights())
    assert (kernel.shape, bias.shape) == ((3, 9, 4), (3, 4))
    layer.set_weights([kernel, bias])
    wanted = [
        np.tanh(x[:, 2 * p : 2 * p + 3].reshape(2, -1) @ kernel[p] + bias[p]) for p in range(3)
    ]
    np.testing.assert_allclose(layer(x), np.stack(wanted, axis=1), rtol=1e-5, atol=1e-6)


def test_one_kernel_and_one_bias_a_place():
    x = RNG.normal(size=(2, 4, 6, 3)).astype("float32")
    layer = layers.LocallyConnected2D(5, (2, 3), strides=(1, 2))
    layer(layers.Input((4, 6, 3)))
    kernel, bias = (RNG.normal(size=w.shape).astype("float32") for w in layer.get_weights())
    assert (kernel.shape, bias.shape) == ((3 * 2, 2 * 3 * 3, 5), (3, 2, 5))
    layer.set_weights([kernel, bias])
    wanted = np.zeros((2, 3, 2, 5))
    for i, j in np.ndindex(3, 2):
        patch = x[:, i : i + 2, 2 * j : 2 * j + 3].reshape(2, -1)
        wanted[:, i, j] = patch @ kernel[2 * i + j] + bias[i, j]
    np.testing.assert_allclose(layer(x), wanted, rtol=1e-5, atol=1e-5)


def test_the_book_counts_its_parameters():
    first, second = layers.LocallyConnected2D(64, (3, 3)), layers.LocallyConnected2D(32, (3, 3))
    x = first(layers.Input((32, 32, 3)))
    assert x.shape == (None, 30, 30, 64)
    assert first.count_params() == (30 * 30) * (3 * 3 * 3 * 64) + (30 * 30) * 64 == 1_612_800
    assert second(x).shape == (None, 28, 28, 32)
    assert second.count_params() == 14_475_776


def test_a_sequence_is_no_picture():
    """The configured data format is about pictures: a sequence stays (batch, steps, channels)
    unless told otherwise.
    """
    config.set_image_data_format("channels_first")
    try:
        assert layers.LocallyConnected1D(4, 2)(layers.Input((7, 3))).shape == (None, 6, 4)
        assert layers.LocallyConnected2D(4, 2)(layers.Input((3, 7, 5))).shape == (None, 4, 6, 4)
    finally:
        config.reset()
    first = layers.LocallyConnected1D(4, 2, data_format="channels_first")
    assert first(layers.Input((3, 7))).shape == (None, 4, 6)


@pytest.mark.parametrize("shape", [(None, 3), (None, 5, 3)])
def test_every_position_must_be_known(shape):
    layer = getattr(layers, f"LocallyConnected{len(shape) - 1}D")(2, 2)
    with pytest.raises(ValueError, match="its weights depend on a size that is None"):
        layer(layers.Input(shape))
