"""Grids of images."""

import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.visualization import (
    image_grid,
)

from .conftest import titles


@pytest.mark.parametrize("shape", [(5, 8, 6), (5, 8, 6, 1), (5, 8, 6, 3)])
def test_grid_shows_every_image_with_its_title(tmp_path, drawn, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    image_grid(images, tmp_path / "a.png", titles=list("abcde"), columns=3)
    assert titles(drawn[0]) == list("abcde")
    for axes, image in zip(drawn[0].axes, images, strict=True):
        np.testing.assert_allclose(axes.get_images()[0].get_array(), np.squeeze(image) / 255)


def test_grid_reads_channels_first_where_that_is_set(tmp_path, drawn):
    images = np.random.default_rng(0).random((2, 3, 8, 6))
    config.set_image_data_format("channels_first")
    try:
        image_grid(images, tmp_path / "a.png")
    finally:
        config.reset()
    np.testing.assert_allclose(
        drawn[0].axes[1].get_images()[0].get_array(), images[1].transpose(1, 2, 0), rtol=1e-6
    )


def test_grid_stretches_fractions_outside_0_to_1(tmp_path, drawn):
    image_grid(np.array([[[-1.0, 0.0], [1.0, 3.0]]]), tmp_path / "a.png")
    np.testing.assert_allclose(drawn[0].axes[0].get_images()[0].get_array(), [[0, 0.25], [0.5, 1]])


@pytest.mark.parametrize("shape", [(28, 28), (2, 8, 8, 2), (0, 8, 8), (2, 8, 8, 3, 1)])
def test_grid_refuses_other_shapes(tmp_path, shape):
    with pytest.raises(ValueError, match=r"expected images \(n, height, width\)"):
        image_grid(np.zeros(shape), tmp_path / "a.png")


def test_grid_refuses_another_number_of_titles(tmp_path):
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        image_grid(np.zeros((2, 4, 4)), tmp_path / "a.png", titles=["a"])
