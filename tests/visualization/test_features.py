"""Drawn filters and feature maps."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.layers import Conv2D, Dense, Flatten
from jaxcnn.models import Sequential
from jaxcnn.visualization import features, plot_feature_maps, plot_filters


@pytest.fixture
def grids(monkeypatch):
    """What is drawn, instead of drawing it."""
    drawn = []
    monkeypatch.setattr(
        features,
        "image_grid",
        lambda images, path, title: drawn.append((np.asarray(images), title)),
    )
    return drawn


def images_model():
    return Sequential(
        [
            Conv2D(6, 3, input_shape=(8, 8, 3), name="first"),
            Conv2D(4, 3, name="second"),
            Flatten(),
            Dense(2, name="out"),
        ]
    )


def test_filters(grids):
    model = images_model()
    first, second = (model.get_layer(name) for name in ("first", "second"))
    plot_filters(first, "unused.png")
    plot_filters(first, "unused.png", channel=2, count=4)
    plot_filters(second, "unused.png")
    colour, single, mean = (images for images, _ in grids)
    assert (colour.shape, single.shape, mean.shape) == ((6, 3, 3, 3), (4, 3, 3), (4, 3, 3))
    assert colour.min() == 0 and colour.max() == 1
    kernel = first.get_weights()[0]
    np.testing.assert_allclose(
        single[1], (kernel[..., 2, 1] - kernel[..., 2, 1].min()) / np.ptp(kernel[..., 2, 1])
    )
    with pytest.raises(ValueError, match="layer 'first' has 3"):
        plot_filters(first, "unused.png", channel=3)
    with pytest.raises(ValueError, match="layer 'out' has none"):
        plot_filters(model.get_layer("out"), "unused.png")
    config.set_image_data_format("channels_first")
    plot_filters(first, "unused.png")
    assert grids[-1][0].shape == (6, 3, 3, 3)


def test_feature_maps(grids, tmp_path):
    model = images_model()
    x = np.random.default_rng(0).random((8, 8, 3), np.float32)
    plot_feature_maps(model, x, "second", "unused.png", count=3)
    maps, title = grids[0]
    assert (maps.shape, title) == ((3, 4, 4), "second: 4 channels")
    expected = np.asarray(model.get_layer("second")(model.get_layer("first")(x[None])))[0, ..., 1]
    np.testing.assert_allclose(maps[1], (expected - expected.min()) / np.ptp(expected), atol=1e-5)
    plot_feature_maps(model, x[None], 0, "unused.png")
    assert grids[1][0].shape == (6, 6, 6)
    with pytest.raises(ValueError, match=r"layer 'out' returns \(2,\)"):
        plot_feature_maps(model, x, "out", "unused.png")
    with pytest.raises(ValueError, match="one sample"):
        plot_feature_maps(model, np.stack([x, x]), 0, "unused.png")


def test_a_grid_of_filters_is_an_image(tmp_path):
    path = plot_filters(images_model().get_layer("first"), tmp_path / "filters.png")
    with Image.open(path) as image:
        assert image.format == "PNG" and image.size[0] > 100
