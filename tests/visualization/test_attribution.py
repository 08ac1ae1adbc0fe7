"""Attribution on networks so small that the right answer is known."""

import numpy as np
import pytest

from jaxcnn import visualization
from jaxcnn.layers import (
    Dense,
    Flatten,
)
from jaxcnn.models import Sequential


def test_feature_maps(colours):
    x = np.random.default_rng(0).random((2, 12, 10, 3), np.float32)
    actual = visualization.feature_maps(colours, x, ["conv", "pool"])
    np.testing.assert_allclose(actual["conv"], x[..., :2], rtol=1e-6)
    np.testing.assert_allclose(actual["pool"], x[..., :2].mean(axis=(1, 2)), rtol=1e-5)


def test_saliency_finds_the_pixels_that_count():
    model = Sequential(
        [Flatten(input_shape=(6, 6, 1)), Dense(2, activation="softmax", use_bias=False)]
    )
    kernel = np.zeros((6, 6, 2), np.float32)
    kernel[1, 4, 0], kernel[3, 2, 1] = 3, -2
    model.set_weights([kernel.reshape(36, 2)])
    x = np.ones((2, 6, 6, 1), np.float32)
    np.testing.assert_allclose(visualization.saliency(model, x)[0], np.abs(kernel[..., 0]))
    np.testing.assert_allclose(visualization.saliency(model, x, [0, 1])[1], np.abs(kernel[..., 1]))


def test_grad_cam_shows_where_the_class_is(colours):
    x = np.zeros((2, 12, 10, 3), np.float32)
    x[:, :6, :5, 0] = 1  # red above on the left, green below
    x[:, 6:, :, 1] = 1
    red, green = visualization.grad_cam(colours, x, "conv", [0, 1])
    np.testing.assert_array_equal(red > 0, x[0, ..., 0] > 0)
    np.testing.assert_array_equal(green > 0, x[0, ..., 1] > 0)
    assert visualization.grad_cam(colours, x, "conv").shape == (2, 12, 10)
    with pytest.raises(ValueError, match="rows, columns, maps"):
        visualization.grad_cam(colours, x, "pool")


def test_occlusion_falls_where_the_class_is_covered(colours):
    x = np.zeros((12, 10, 3), np.float32)
    x[2:4, 6:8, 0] = 20
    actual = visualization.occlusion_map(colours, x, patch=2, stride=2, at_once=7)
    assert actual.shape == (6, 5)
    assert np.unravel_index(actual.argmax(), actual.shape) == (1, 3)
    assert np.count_nonzero(np.abs(actual) > 1e-6) == 1
    whole = colours.predict(x[None])[0, 0]
    assert actual[1, 3] == pytest.approx(whole - 0.5, abs=1e-5)


def test_deprocess_and_overlay():
    x = np.random.default_rng(0).standard_normal((2, 50, 50, 3)) * 7 + 3
    copy = x.copy()
    shown = visualization.deprocess(x)
    np.testing.assert_array_equal(x, copy)
    assert shown.dtype == np.uint8
    assert shown.mean() == pytest.approx(127, abs=1)
    assert shown.std() == pytest.approx(25.5, abs=1)
    heat = np.zeros((2, 3))
    heat[0, 0] = 1
    over = visualization.heat_overlay(np.full((20, 30, 3), 100, np.uint8), heat)
    assert over[0, 0, 0] > over[0, 0, 2]
    assert over[19, 29, 2] > over[19, 29, 0]
    channel = np.zeros((20, 30))
    channel[:, :15] = 1
    parted = visualization.heat_overlay(np.full((20, 30, 3), 100, np.uint8), heat, alpha=channel)
    assert (parted[:, 15:] == 100).all()
    whole = visualization.heat_overlay(np.full((20, 30, 3), 100, np.uint8), heat, alpha=1.0)
    np.testing.assert_array_equal(parted[:, :15], whole[:, :15])
    with pytest.raises(ValueError, match="rows, columns"):
        visualization.heat_overlay(np.zeros((20, 30, 3)), np.zeros(5))
    for alpha in (np.ones((3, 3)), 1.5):
        with pytest.raises(ValueError, match="`alpha` must be 0 to 1"):
            visualization.heat_overlay(np.zeros((20, 30, 3)), heat, alpha)


def test_wrong_requests(colours):
    with pytest.raises(ValueError, match="filters 0 to 1; asked for"):
        visualization.maximise_filters(colours, "conv", [2])
    with pytest.raises(ValueError, match="classes 0 to 1"):
        visualization.saliency(colours, np.zeros((1, 12, 10, 3)), [7])
    with pytest.raises(ValueError, match="1 classes for 2 images"):
        visualization.saliency(colours, np.zeros((2, 12, 10, 3)), [1])
    with pytest.raises(ValueError, match="must take images"):
        visualization.maximise_classes(Sequential([Dense(2, input_shape=(4,))]))
    with pytest.raises(ValueError, match="patch"):
        visualization.occlusion_map(colours, np.zeros((12, 10, 3)), patch=11)
