"""Rotation compared with scipy.ndimage and OpenCV, and squares with bars."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from jaxcnn import vision


def smooth(shape=(2, 24, 37, 3)):
    return ndimage.gaussian_filter(
        np.random.default_rng(0).random(shape).astype(np.float32), (0, 2, 2, 0)
    )


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("angle", [0, 30, 60, 90, -45, 123.4, 180, 270, 450])
def test_rotation_is_that_of_scipy(angle, expand):
    x = smooth()
    expected = ndimage.rotate(x, angle, axes=(2, 1), reshape=expand, order=1)
    actual = np.asarray(vision.rotate(x, angle, expand=expand))
    assert actual.shape == expected.shape
    # Places within rounding of the image's edge are in it for one and not for the other.
    assert np.mean(np.abs(actual - expected) > 1e-3) < 0.01


@pytest.mark.parametrize(("angle", "scale"), [(60, 1.0), (60, 2**0.5), (-20, 0.7)])
def test_rotation_is_that_of_opencv_inside(angle, scale):
    x = smooth((1, 40, 60, 3))
    matrix = cv2.getRotationMatrix2D(((60 - 1) / 2, (40 - 1) / 2), angle, scale)
    expected = cv2.warpAffine(x[0], matrix, (60, 40))
    actual = np.asarray(vision.rotate(x, angle, scale)[0])
    inside = ndimage.binary_erosion((expected > 0).all(-1), np.ones((5, 5)))
    assert inside.sum() > 500
    # OpenCV rounds positions to 1/32 pixel.
    np.testing.assert_allclose(actual[inside], expected[inside], atol=0.01)


@settings(max_examples=20, deadline=None)
@given(turns=st.integers(-5, 5), seed=st.integers(0, 99))
def test_quarter_turns_are_exact(turns, seed):
    x = np.random.default_rng(seed).integers(0, 256, (1, 7, 10, 2)).astype(np.float32)
    actual = vision.rotate(x, 90 * turns, expand=True)
    np.testing.assert_array_equal(actual, np.rot90(x, turns, (1, 2)))


def test_nothing_is_cut_off_when_expanded_and_nothing_empty_at_the_covering_scale():
    x = np.ones((1, 30, 50, 1), np.float32)
    for angle in (17, 45, 60, 90):
        whole = vision.rotate(x, angle, expand=True)
        np.testing.assert_allclose(whole.sum(), x.sum(), rtol=0.06)
        full = np.asarray(vision.rotate(x, angle, vision.covering_scale((30, 50), angle)))
        assert full.shape == x.shape and (full[:, 1:-1, 1:-1] > 0.99).all()


@pytest.mark.parametrize(
    ("shape", "angle", "scale"),
    [
        ((512, 512), 60, 1.4142),
        ((400, 600), 90, 1.5),
        ((400, 600), 60, 1.8028),
        ((400, 600), 180, 1.0),
    ],
)
def test_covering_scale(shape, angle, scale):
    assert vision.covering_scale(shape, angle) == pytest.approx(scale, abs=1e-4)


def test_rotation_refuses():
    with pytest.raises(ValueError, match=r"\(n, rows, columns, channels\); given \(5, 5\)"):
        vision.rotate(np.ones((5, 5)), 3)
    with pytest.raises(ValueError, match="`scale` must be above 0"):
        vision.rotate(np.ones((1, 5, 5, 1)), 3, 0)


def test_square_of_the_book_s_image():
    image = np.full((200, 300, 3), 200, np.uint8)
    actual = vision.square(image)
    assert actual.shape == (300, 300, 3)
    assert not actual[:50].any() and not actual[250:].any() and (actual[50:250] == 200).all()
    small = vision.resize_with_bars(image, (64, 64))
    assert small.shape == (64, 64, 3)
    assert not small[:10].any() and not small[-10:].any() and (small[12:-12] == 200).all()


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 30), columns=st.integers(1, 30), gray=st.booleans())
def test_squares(rows, columns, gray):
    image = np.full((rows, columns) if gray else (rows, columns, 3), 7, np.uint8)
    actual = vision.square(image)
    assert actual.shape[:2] == (max(rows, columns),) * 2
    assert actual.sum() == image.sum()  # nothing but bars of 0 came to it
    assert vision.resize_with_bars(image, (5, 9)).shape[:2] == (5, 9)


@pytest.mark.parametrize(
    "image", [np.ones((3, 3)), np.ones((0, 3), np.uint8), np.ones(3, np.uint8)]
)
def test_bars_are_refused(image):
    with pytest.raises(ValueError, match="An image must be uint8"):
        vision.resize_with_bars(image, (2, 2))
