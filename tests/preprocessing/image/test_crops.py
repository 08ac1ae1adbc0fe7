import jax
import numpy as np
import pytest

from jaxcnn.preprocessing.image import color_axes, pca_lighting, random_crop, random_resized_crop

KEY = jax.random.key(0)


def places(n, rows, columns):
    """Images whose two channels hold the row and the column of each pixel."""
    row, column = np.mgrid[:rows, :columns]
    return np.broadcast_to(np.stack([row, column], -1), (n, rows, columns, 2)).astype(np.float32)


def test_crops_are_parts_at_even_places():
    actual = np.asarray(random_crop(KEY, places(300, 8, 9), (5, 7)))
    assert actual.shape == (300, 5, 7, 2)
    assert set(actual[:, 0, 0, 0]) == {0, 1, 2, 3} and set(actual[:, 0, 0, 1]) == {0, 1, 2}
    np.testing.assert_array_equal(actual - actual[:, :1, :1], places(300, 5, 7))


def test_padding_and_dtype():
    actual = random_crop(KEY, np.ones((50, 4, 4, 1), np.uint8), (4, 4), padding=2)
    assert actual.dtype == np.uint8 and actual.min() == 0 and actual.max() == 1
    assert int(actual.sum(axis=(1, 2, 3)).min()) >= 4  # at most 2 x 2 of the image is left


def test_an_image_that_is_too_small():
    with pytest.raises(ValueError, match="no part of 5 x 4"):
        random_crop(KEY, np.ones((1, 4, 4, 1)), (5, 4))


def test_resized_crops_have_the_asked_areas():
    actual = np.asarray(random_resized_crop(KEY, places(500, 40, 60), (10, 10), scale=(0.25, 0.5)))
    assert actual.shape == (500, 10, 10, 2)
    # The size of a new pixel in old ones, in the middle of the image.
    step = actual[:, 5, 5] - actual[:, 4, 4]
    height, width = step[:, 0] * 10, step[:, 1] * 10
    area = height * width / 2400
    assert 0.245 < area.min() < 0.27 and 0.48 < area.max() < 0.505
    shape = width / height
    assert 0.74 < shape.min() < 0.78 and 1.29 < shape.max() < 1.34
    assert actual[..., 0].max() <= 39 and actual[..., 1].max() <= 59 and actual.min() >= 0


def test_the_whole_image_stays_as_it_is():
    batch = np.random.default_rng(0).random((3, 6, 6, 3), np.float32)
    actual = random_resized_crop(KEY, batch, (6, 6), scale=(1, 1), ratio=(1, 1))
    np.testing.assert_allclose(actual, batch, atol=1e-5)


def test_lighting_moves_along_the_axes_of_colour():
    rng = np.random.default_rng(0)
    grey = rng.normal(100, 40, (20, 8, 8, 1)).astype(np.float32)
    batch = np.repeat(grey, 3, axis=-1)  # all colours lie on the diagonal
    shift = np.asarray(pca_lighting(KEY, batch, color_axes(batch), 0.1)) - batch
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:, :1, :1, :1], shift.shape), atol=1e-2)
    many = np.repeat(batch[:1, :1, :1], 4000, axis=0)
    shift = np.asarray(pca_lighting(KEY, many, color_axes(batch), 0.1) - many)[:, 0, 0, 0]
    np.testing.assert_allclose(shift.std(), 0.1 * grey.std(), rtol=0.05)
    np.testing.assert_array_equal(pca_lighting(KEY, batch, color_axes(batch), 0.0), batch)
