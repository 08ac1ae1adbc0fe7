"""Filters and corners compared with scipy.ndimage and OpenCV, and laws that always hold."""

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from jaxcnn import vision

BORDERS = {
    "nearest": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT,
    "mirror": cv2.BORDER_REFLECT_101,
    "wrap": None,  # OpenCV does not filter with it
}


def images(seed=0, shape=(2, 23, 31, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def each_plane(function, x):
    """`function` of each (rows, columns) of (n, rows, columns, channels)."""
    planes = np.moveaxis(x.astype(np.float32), -1, 1)
    return np.moveaxis(np.array([[function(plane) for plane in image] for image in planes]), 1, -1)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (4, 7), (1, 1)])
def test_correlate_is_that_of_scipy(border, shape):
    x, kernel = images(), np.random.default_rng(1).normal(size=shape).astype(np.float32)
    expected = each_plane(lambda plane: ndimage.correlate(plane, kernel, mode=border), x)
    np.testing.assert_allclose(vision.correlate(x, kernel, border), expected, atol=1e-3)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("sigma", [0.6, 3.0])
def test_gaussian_filter_is_that_of_scipy(border, sigma):
    x = images()
    expected = each_plane(lambda plane: ndimage.gaussian_filter(plane, sigma, mode=border), x)
    np.testing.assert_allclose(vision.gaussian_filter(x, sigma, border=border), expected, atol=1e-3)


@pytest.mark.parametrize(("size", "sigma"), [(3, 3.0), (5, 3.0), (9, 1.2)])
def test_gaussian_filter_of_a_size_is_that_of_opencv(size, sigma):
    x = images(shape=(1, 40, 30, 3))
    expected = cv2.GaussianBlur(x[0].astype(np.float32), (size, size), sigma)
    np.testing.assert_allclose(
        vision.gaussian_filter(x, sigma, size, "mirror")[0], expected, atol=1e-3
    )
    whole = cv2.GaussianBlur(x[0], (size, size), sigma).astype(int)  # computed with few bits
    assert (
        np.abs(
            np.rint(np.asarray(vision.gaussian_filter(x, sigma, size, "mirror")[0])) - whole
        ).max()
        <= 1
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5, (2, 5)])
def test_mean_filter_is_that_of_scipy_and_opencv(size):
    x = images()
    expected = each_plane(lambda plane: ndimage.uniform_filter(plane, size), x)
    np.testing.assert_allclose(vision.mean_filter(x, size), expected, atol=1e-3)
    rows, columns = (size, size) if isinstance(size, int) else size
    expected = cv2.blur(x[0].astype(np.float32), (columns, rows))
    np.testing.assert_allclose(vision.mean_filter(x[0], size, "mirror"), expected, atol=1e-3)


def test_kernel_of_mathematics_is_the_turned_one():
    x, kernel = images(shape=(9, 9, 1)), np.arange(9.0).reshape(3, 3)
    expected = ndimage.convolve(x[..., 0].astype(float), kernel)
    np.testing.assert_allclose(vision.correlate(x, kernel[::-1, ::-1])[..., 0], expected, rtol=1e-5)


@pytest.mark.parametrize("size", [3, 5, 7, 23, 31])
def test_sobel_kernels_are_those_of_opencv(size):
    derivative, smoothing = (kernel.ravel() for kernel in cv2.getDerivKernels(1, 0, size))
    actual = vision.sobel_kernels(size)
    np.testing.assert_array_equal(np.float32(actual[0]), smoothing)
    np.testing.assert_array_equal(np.float32(actual[1]), derivative)


@pytest.mark.parametrize(("block", "size", "k"), [(2, 3, 0.04), (3, 5, 0.06), (2, 23, 0.04)])
def test_corner_harris_is_that_of_opencv(block, size, k):
    board = np.kron(np.indices((6, 6)).sum(0) % 2, np.ones((12, 12))).astype(np.float32) * 255
    board += np.random.default_rng(0).normal(0, 4, board.shape).astype(np.float32)
    for gray in (board, board.clip(0, 255).astype(np.uint8)):
        expected = cv2.cornerHarris(gray, block, size, k)
        actual = np.asarray(vision.corner_harris(gray, block, size, k))
        np.testing.assert_allclose(actual, expected, atol=2e-5 * np.abs(expected).max())


def test_corners_of_a_square_are_found_and_edges_are_not():
    image = np.zeros((2, 30, 30), np.float32)
    image[:, 10:20, 10:20] = 1
    strength = np.asarray(vision.corner_harris(image, block_size=3))
    assert strength.shape == image.shape
    assert (strength[0, [10, 10, 19, 19], [10, 19, 10, 19]] > 0.5 * strength.max()).all()
    assert strength[0, 15, 10] < 0  # an edge
    assert strength[0, 3, 3] == 0  # nothing


@settings(max_examples=25, deadline=None)
@given(
    sigma=st.floats(0.3, 3),
    border=st.sampled_from([name for name in BORDERS if name != "constant"]),
    value=st.floats(-100, 100),
    seed=st.integers(0, 100),
)
def test_averages_keep_constants_and_range(sigma, border, value, seed):
    flat = np.full((1, 12, 12, 1), value, np.float32)
    np.testing.assert_allclose(
        vision.gaussian_filter(flat, sigma, 9, border), flat, rtol=1e-4, atol=1e-4
    )
    x = images(seed, (1, 12, 12, 1))
    for actual in (vision.gaussian_filter(x, sigma, 9, border), vision.mean_filter(x, 3, border)):
        assert x.min() - 1e-3 <= actual.min() and actual.max() <= x.max() + 1e-3


def test_separable_is_the_outer_product():
    x, kernel = images(shape=(1, 15, 15, 2)), vision.gaussian_kernel(5, 1.5)
    whole = vision.correlate(x, jnp.outer(kernel, kernel))
    np.testing.assert_allclose(vision.separable(x, kernel, kernel), whole, rtol=1e-4)


def test_filters_are_differentiable_and_compile():
    x = images(shape=(1, 8, 8, 1)).astype(np.float32) / 255

    def blurred(sigma):
        return jnp.sum(vision.gaussian_filter(x, sigma, 7)[0, 3:5, 3:5] ** 2)

    by_hand = (blurred(1.001) - blurred(0.999)) / 0.002
    np.testing.assert_allclose(jax.jit(jax.grad(blurred))(1.0), by_hand, rtol=1e-2)
    gradient = jax.grad(lambda x: vision.mean_filter(x, 3)[0, 4, 4, 0])(x)
    np.testing.assert_allclose(gradient[0, 3:6, 3:6, 0], 1 / 9, rtol=1e-5)
    assert np.isfinite(jax.grad(lambda x: vision.corner_harris(x[..., 0]).sum())(x)).all()


def test_dtypes():
    assert vision.mean_filter(images(), 3).dtype == jnp.float32
    assert vision.mean_filter(images().astype(jnp.bfloat16), 3).dtype == jnp.bfloat16


def test_what_is_refused():
    x = images()
    with pytest.raises(ValueError, match="`border` is 'edge'; it must be one of nearest"):
        vision.correlate(x, np.ones((3, 3)), "edge")
    with pytest.raises(ValueError, match=r"given \(23, 31\) and"):
        vision.correlate(x[0, ..., 0], np.ones((3, 3)))
    with pytest.raises(ValueError, match="odd and at least 1; given 4"):
        vision.gaussian_filter(x, 1.0, 4)
    for sigma in (0, -1, np.nan):
        with pytest.raises(ValueError, match="above 0"):
            vision.gaussian_kernel(3, sigma)
    with pytest.raises(ValueError, match="traced `sigma` needs `size`"):
        jax.jit(lambda sigma: vision.gaussian_filter(x, sigma))(1.0)
    with pytest.raises(ValueError, match="at least 1; given 0"):
        vision.mean_filter(x, 0)
    for size in (1, 4, 33):
        with pytest.raises(ValueError, match="odd, from 3 to 31"):
            vision.corner_harris(x[..., 0], 2, size)
