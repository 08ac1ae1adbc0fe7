"""Gradient ascent on networks so small that the right answer is known."""

import numpy as np
import pytest

from jaxcnn import applications, config, visualization
from jaxcnn.layers import (
    Conv2D,
)
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.image import img_to_array, load_img

from .networks import branched


def test_filters_become_the_colours_they_look_for(colours):
    images, liked = visualization.maximise_filters(colours, "conv", steps=20, at_once=1)
    assert images.shape == (2, 12, 10, 3)
    # The gradient is in one channel only, so that its root mean square is 1 / sqrt(3) of it.
    for i in range(2):
        assert liked[i] > 138 + 20 * 1.6
        others = [c for c in range(3) if c != i]
        assert images[i][..., others].min() >= 128 and images[i][..., others].max() <= 148
    together, _ = visualization.maximise_filters(colours, "conv", steps=20)
    np.testing.assert_allclose(together, images, rtol=1e-5)
    one, _ = visualization.maximise_filters(colours, "conv", [1], steps=1, seed=5)
    assert one.shape == (1, 12, 10, 3)


def test_a_whole_layer_climbs_in_one_program():
    model = branched()
    before = visualization.maximise_filters(model, "second", steps=0)[1]
    images, after = visualization.maximise_filters(model, "second", steps=10)
    assert images.shape == (4, 8, 8, 3)
    assert (after > before).all()


def test_fooling_images_reach_their_class(colours):
    start = np.zeros((2, 12, 10, 3), np.float32) + 0.5
    images, probability = visualization.maximise_classes(
        colours, [1, 0], start=start, steps=60, step_size=0.2
    )
    assert (probability > 0.999).all()
    np.testing.assert_allclose(colours.predict(images)[[0, 1], [1, 0]], probability, rtol=1e-5)


def test_deep_dream_makes_stronger_what_is_there():
    model = Sequential(
        [Conv2D(3, 3, padding="same", activation="relu", input_shape=(None, None, 3), name="conv")]
    )
    image = np.random.default_rng(0).random((20, 30, 3), np.float32)
    dream = visualization.deep_dream(
        model, image, {"conv": 1.0}, octaves=2, steps=5, step_size=0.05
    )
    assert dream.shape == image.shape
    before, after = (
        (visualization.feature_maps(model, p[None], ["conv"])["conv"] ** 2).mean()
        for p in (image, dream)
    )
    assert after > 1.5 * before
    still = visualization.deep_dream(model, image, {"conv": 1.0}, octaves=2, steps=0)
    np.testing.assert_allclose(still, image, atol=1e-5)  # nothing is lost by shrinking


@pytest.mark.slow
def test_mobilenet_sees_the_panda_and_is_fooled_by_noise():
    panda, weights = (
        config.home() / "media/panda.jpg",
        config.home() / "models/mobilenet_1_0_224_tf.h5",
    )
    if missing := [str(path) for path in (panda, weights) if not path.is_file()]:
        pytest.skip(f"needs {', '.join(missing)}")
    model = applications.MobileNet(weights=str(weights))
    x = img_to_array(load_img(panda, target_size=(224, 224)))[None] / 127.5 - 1
    heat = visualization.grad_cam(model, x, "conv_pw_13_relu", [388])[0]
    animal = heat[60:180, 60:190].sum() / heat.sum()
    assert animal > 0.6  # in 31 % of the image
    start = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 224, 224, 3))
    images, probability = visualization.maximise_classes(
        model, [65, 388], start=start, steps=40, step_size=0.05
    )
    assert (probability > 0.999).all()
    np.testing.assert_allclose(model.predict(images)[[0, 1], [65, 388]], probability, rtol=1e-4)
