"""Histograms and heat maps compared with OpenCV and NumPy."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from jaxcnn import vision


def test_histogram_is_that_of_opencv_and_numpy():
    x = np.random.default_rng(0).integers(0, 256, (3, 40, 50)).astype(np.uint8)
    actual = np.asarray(vision.histogram(x))
    assert actual.shape == (3, 256)
    for image, counts in zip(x, actual, strict=True):
        np.testing.assert_array_equal(
            counts, cv2.calcHist([image], [0], None, [256], [0, 256]).ravel()
        )
        np.testing.assert_array_equal(counts, np.histogram(image.ravel(), 256, [0, 256])[0])
        np.testing.assert_array_equal(counts, np.bincount(image.ravel(), minlength=256))
    wide = np.asarray(vision.histogram(x, 18, (0, 270)))
    np.testing.assert_array_equal(wide[0], np.bincount(x[0].ravel() // 15, minlength=18))


def test_histogram_within_a_mask():
    x = np.random.default_rng(0).integers(0, 256, (300, 300)).astype(np.uint8)
    mask = np.zeros((300, 300), bool)
    mask[100:200, 100:200] = True
    actual = np.asarray(vision.histogram(x, mask=mask))
    assert actual.sum() == 10_000
    np.testing.assert_array_equal(
        actual, cv2.calcHist([x], [0], mask.astype(np.uint8), [256], [0, 256]).ravel()
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), bins=st.sampled_from([1, 7, 16]))
def test_histograms_count_each_pixel_within_the_limits_once(seed, bins):
    x = np.random.default_rng(seed).normal(size=(2, 8, 9)).astype(np.float32)
    x[0, 0, 0] = np.nan
    actual = np.asarray(vision.histogram(x, bins, (-1, 1)))
    np.testing.assert_array_equal(actual.sum(-1), ((x >= -1) & (x < 1)).sum((1, 2)))


def test_histogram_refuses():
    with pytest.raises(ValueError, match="limits that rise"):
        vision.histogram(np.ones((3, 3)), 5, (1, 1))
    with pytest.raises(ValueError, match="at least 1 bin"):
        vision.histogram(np.ones((3, 3)), 0)


def test_point_density_is_numpy_s_histogram_blurred():
    x, y = np.random.default_rng(0).uniform(-5, 45, (2, 500)).astype(np.float32)
    counts = np.histogram2d(x, y, bins=(np.arange(41), np.arange(31)))[0].T
    np.testing.assert_array_equal(vision.point_density(x, y, (30, 40)), counts)
    expected = ndimage.gaussian_filter(counts, 2.0)
    np.testing.assert_allclose(vision.point_density(x, y, (30, 40), 2.0), expected, atol=1e-5)
