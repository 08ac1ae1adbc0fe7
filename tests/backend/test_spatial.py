"""Convolution, pooling, padding and resizing against loops in NumPy, in both data formats."""

import itertools

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Input

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def windows(x, size, strides, padding, dilation, fill):
    """Every window position of x (N, *spatial, C) with the part of the (padded) input that it
    covers.
    """
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    pads = [(0, 0)] * x.ndim
    for i, (n, r, s) in enumerate(zip(x.shape[1:-1], reach, strides, strict=True), start=1):
        total = max((-(-n // s) - 1) * s + r - n, 0) if padding == "same" else 0
        pads[i] = (r - 1, 0) if padding == "causal" else (total // 2, total - total // 2)
    x = np.pad(x, pads, constant_values=fill)
    counts = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:-1], reach, strides, strict=True)]
    for place in itertools.product(*map(range, counts)):
        cut = tuple(
            slice(i * s, i * s + r, d)
            for i, s, r, d in zip(place, strides, reach, dilation, strict=True)
        )
        yield counts, place, x[(slice(None), *cut)]


def convolved(x, kernel, strides, padding, dilation):
    rank = kernel.ndim - 2
    result = None
    for counts, place, part in windows(x, kernel.shape[:-2], strides, padding, dilation, 0.0):
        result = np.zeros((len(x), *counts, kernel.shape[-1]), "f") if result is None else result
        result[(slice(None), *place)] = np.tensordot(part, kernel, axes=rank + 1)
    return result


def first(x):
    return np.moveaxis(x, -1, 1)


@pytest.mark.parametrize(
    ("rank", "strides", "padding", "dilation"),
    [
        (1, 2, "valid", 1),
        (1, 1, "causal", 2),
        (2, 1, "same", 2),
        (2, 2, "same", 1),
        (2, 1, "valid", 1),
        (3, 2, "same", 1),
        (3, 1, "valid", 1),
    ],
)
def test_convolution(rank, strides, padding, dilation):
    convolve = {1: K.conv1d, 2: K.conv2d, 3: K.conv3d}[rank]
    x, kernel = draw(2, *(5, 6, 4)[:rank], 3), draw(*(3, 2, 2)[:rank], 3, 4)
    wanted = convolved(x, kernel, (strides,) * rank, padding, (dilation,) * rank)
    settings = {"padding": padding}
    settings["strides"], settings["dilation_rate"] = (
        (n if rank == 1 else (n,) * rank) for n in (strides, dilation)
    )
    np.testing.assert_allclose(convolve(x, kernel, **settings), wanted, rtol=1e-4, atol=1e-5)
    found = convolve(first(x), K.variable(kernel), data_format="channels_first", **settings)
    np.testing.assert_allclose(found, first(wanted), rtol=1e-4, atol=1e-5)


def test_data_format_is_the_configured_one():
    x, kernel = draw(2, 3, 5, 6), draw(3, 3, 3, 4)
    K.set_image_data_format("channels_first")
    assert K.conv2d(x, kernel).shape == (2, 4, 3, 4)
    assert K.int_shape(K.conv2d(Input((3, None, 6)), kernel)) == (None, 4, None, 4)
    assert K.pool2d(x, (2, 2), (2, 2)).shape == (2, 3, 2, 3)
    assert K.conv1d(x[:, :, 0], kernel[0]).shape == (2, 4, 4)
    assert K.bias_add(x, np.ones(3)).shape == x.shape
    with pytest.raises(ValueError, match="data_format"):
        K.conv2d(x, kernel, data_format="channels_middle")


def test_separable_convolution():
    x, depthwise, pointwise = draw(2, 5, 5, 3), draw(3, 3, 3, 2), draw(1, 1, 6, 4)
    channels = [
        convolved(x[..., i : i + 1], depthwise[:, :, i : i + 1], (1, 1), "same", (1, 1))
        for i in range(3)
    ]
    wanted = np.concatenate(channels, -1)
    np.testing.assert_allclose(
        K.depthwise_conv2d(x, depthwise, padding="same"), wanted, rtol=1e-4, atol=1e-5
    )
    found = K.separable_conv2d(x, depthwise, pointwise, padding="same")
    np.testing.assert_allclose(found, wanted @ pointwise[0, 0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("padding", "size"), [("same", 7), ("same", 8), ("valid", 9), ("valid", 10)]
)
def test_transposed_convolution_chooses_the_size_and_is_the_gradient(padding, size):
    x, kernel = draw(2, 4, 4, 3), draw(3, 3, 5, 3)
    found = K.conv2d_transpose(x, kernel, (None, size, size, 5), (2, 2), padding)
    assert found.shape == (2, size, size, 5)
    image = draw(2, size, size, 5)
    forward = convolved(image, kernel, (2, 2), padding, (1, 1))
    np.testing.assert_allclose(np.sum(found * image), np.sum(forward * x), rtol=1e-3)
    cf = K.conv2d_transpose(first(x), kernel, (2, 5, size, size), (2, 2), padding, "channels_first")
    np.testing.assert_allclose(cf, first(np.asarray(found)), rtol=1e-4, atol=1e-5)


def test_transposed_convolution_refuses_a_size_that_does_not_fit():
    with pytest.raises(ValueError, match="a size of 4 can become 7, 8"):
        K.conv2d_transpose(draw(1, 4, 4, 1), draw(3, 3, 1, 1), (1, 6, 6, 1), (2, 2), "same")


def test_transposed_convolution_of_variables():
    x = np.array([[1.0, 1], [2, 2]]).reshape(1, 2, 2, 1)
    found = K.conv2d_transpose(x, np.ones((3, 3, 1, 1)), (1, 4, 4, 1), (2, 2), "same")
    assert found[0, ..., 0].tolist() == [[1, 1, 2, 1], [1, 1, 2, 1], [3, 3, 6, 3], [2, 2, 4, 2]]


@pytest.mark.parametrize("mode", ["max", "avg"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pooling(mode, padding):
    reduce, fill = (np.max, -np.inf) if mode == "max" else (np.nanmean, np.nan)
    for pool, rank in ((K.pool2d, 2), (K.pool3d, 3)):
        x = draw(2, *(5, 6, 5)[:rank], 3)
        wanted = None
        for counts, place, part in windows(
            x, (3, 2, 2)[:rank], (2,) * rank, padding, (1,) * rank, fill
        ):
            wanted = np.zeros((2, *counts, 3)) if wanted is None else wanted
            wanted[(slice(None), *place)] = reduce(part, axis=tuple(range(1, rank + 1)))
        settings = {"strides": (2,) * rank, "padding": padding, "pool_mode": mode}
        np.testing.assert_allclose(
            pool(x, (3, 2, 2)[:rank], **settings), wanted, rtol=1e-5, atol=1e-6
        )
        found = pool(first(x), (3, 2, 2)[:rank], data_format="channels_first", **settings)
        np.testing.assert_allclose(found, first(wanted), rtol=1e-5, atol=1e-6)


def test_pooling_strides_are_one_by_default_and_the_mode_is_known():
    assert K.pool2d(draw(1, 4, 4, 1), (2, 2)).shape == (1, 3, 3, 1)
    with pytest.raises(ValueError, match="pool_mode"):
        K.pool2d(draw(1, 4, 4, 1), (2, 2), pool_mode="min")


def test_padding():
    x = draw(2, 3, 4, 5)
    np.testing.assert_array_equal(
        K.temporal_padding(x[:, 0], (1, 2)), np.pad(x[:, 0], ((0, 0), (1, 2), (0, 0)))
    )
    padded = np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 0)))
    np.testing.assert_array_equal(K.spatial_2d_padding(x, ((1, 0), (2, 3))), padded)
    np.testing.assert_array_equal(
        K.spatial_2d_padding(first(x), ((1, 0), (2, 3)), "channels_first"), first(padded)
    )
    volume = draw(1, 2, 2, 2, 1)
    assert K.spatial_3d_padding(volume).shape == (1, 4, 4, 4, 1)
    assert K.spatial_3d_padding(volume, ((0, 1), (1, 0), (2, 2))).shape == (1, 3, 3, 6, 1)


def test_resizing():
    x = draw(1, 2, 3, 2)
    np.testing.assert_array_equal(
        K.resize_images(x, 2, 3, "channels_last"), x.repeat(2, 1).repeat(3, 2)
    )
    np.testing.assert_array_equal(
        K.resize_images(first(x), 2, 3, "channels_first"), first(x).repeat(2, 2).repeat(3, 3)
    )
    line = K.resize_images(np.array([0.0, 4.0]).reshape(1, 1, 2, 1), 1, 2, interpolation="bilinear")
    np.testing.assert_allclose(line[0, 0, :, 0], [0, 1, 3, 4])
    volume = draw(1, 2, 2, 2, 1)
    np.testing.assert_array_equal(
        K.resize_volumes(volume, 1, 2, 3, "channels_last"), volume.repeat(2, 2).repeat(3, 3)
    )


def test_bias():
    x, bias = draw(2, 3, 4, 5), draw(5)
    np.testing.assert_allclose(K.bias_add(x, bias), x + bias)
    np.testing.assert_allclose(K.bias_add(first(x), bias, "channels_first"), first(x + bias))
    np.testing.assert_allclose(K.bias_add(x[:, 0, 0], bias, "channels_first"), x[:, 0, 0] + bias)
    with pytest.raises(ValueError, match="one axis"):
        K.bias_add(x, x)
