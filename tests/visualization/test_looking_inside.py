"""What networks like and look at, on networks so small that the right answer is known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import applications, config, visualization
from jaxcnn.layers import (
    Activation,
    Add,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
)
from jaxcnn.models import Model, Sequential, parts
from jaxcnn.preprocessing.image import img_to_array, load_img


@pytest.fixture
def colours():
    """Two classes: how red, and how green the picture is."""
    model = Sequential(
        [
            Conv2D(2, 1, activation="relu", input_shape=(12, 10, 3), use_bias=False, name="conv"),
            GlobalAveragePooling2D(name="pool"),
            Dense(2, activation="softmax", use_bias=False, name="classes"),
        ]
    )
    model.set_weights([np.eye(3, dtype=np.float32)[None, None, :, :2], np.eye(2, dtype=np.float32)])
    return model


def branched():
    """A graph with a shortcut around the layer of interest."""
    config.set_random_seed(0)
    picture = Input((8, 8, 3))
    x = Conv2D(4, 3, padding="same", activation="relu", name="first")(picture)
    y = Conv2D(4, 3, padding="same", name="second")(x)
    x = Activation("relu", name="joined_relu")(Add(name="joined")([x, y]))
    x = Flatten(name="flat")(MaxPooling2D(name="pool")(x))
    return Model(picture, Dense(3, activation="softmax", name="out")(x))


def some_pictures(n=2):
    return np.random.default_rng(0).standard_normal((n, 8, 8, 3)).astype(np.float32)


def test_parts_compute_what_the_model_does_and_no_more():
    model, x = branched(), some_pictures()
    second, first = parts.up_to(model, ["second", "first"]).apply(model.variables, x)
    expected = Model(
        model.input, [model.get_layer(name).output for name in ("second", "first")]
    ).predict(x)
    np.testing.assert_allclose(second, expected[0], atol=1e-5)
    np.testing.assert_allclose(first, expected[1], atol=1e-5)
    assert [call.name for call in parts.up_to(model, ["second"]).topology.calls] == [
        "first",
        "second",
    ]
    scores, softmax = parts.scores(model)
    assert softmax
    np.testing.assert_allclose(
        jax.nn.softmax(scores.apply(model.variables, x)), model.predict(x), atol=1e-5
    )
    with pytest.raises(ValueError, match="Did you mean 'second'"):
        parts.up_to(model, ["secnd"])


def test_a_moved_layer_gives_the_gradient_of_its_output():
    model, x = branched(), some_pictures()
    scores, _ = parts.scores(model)
    module = parts.moved(scores, "joined")

    def total(change):
        found, output = module.apply(model.variables, [x, change])
        return found[:, 1].sum(), output

    gradient, output = jax.grad(total, has_aux=True)(jnp.zeros((2, 8, 8, 4)))
    kernel = np.asarray(model.get_layer("out").kernel)[:, 1].reshape(4, 4, 4)
    relu = np.maximum(np.asarray(output), 0)
    windows = relu.reshape(2, 4, 2, 4, 2, 4)
    largest = windows == windows.max(axis=(2, 4), keepdims=True)
    expected = np.where(largest, kernel[None, :, None, :, None, :], 0).reshape(2, 8, 8, 4) * (
        relu > 0
    )
    np.testing.assert_allclose(gradient, expected, atol=1e-5)


def test_feature_maps(colours):
    x = np.random.default_rng(0).random((2, 12, 10, 3), np.float32)
    found = visualization.feature_maps(colours, x, ["conv", "pool"])
    np.testing.assert_allclose(found["conv"], x[..., :2], rtol=1e-6)
    np.testing.assert_allclose(found["pool"], x[..., :2].mean(axis=(1, 2)), rtol=1e-5)


def test_filters_become_the_colours_they_look_for(colours):
    pictures, liked = visualization.maximise_filters(colours, "conv", steps=20, at_once=1)
    assert pictures.shape == (2, 12, 10, 3)
    for i in range(
        2
    ):  # the gradient is in one channel only, so that its root mean square is 1 / sqrt(3) of it
        assert liked[i] > 138 + 20 * 1.6
        others = [c for c in range(3) if c != i]
        assert pictures[i][..., others].min() >= 128 and pictures[i][..., others].max() <= 148
    together, _ = visualization.maximise_filters(colours, "conv", steps=20)
    np.testing.assert_allclose(together, pictures, rtol=1e-5)
    one, _ = visualization.maximise_filters(colours, "conv", [1], steps=1, seed=5)
    assert one.shape == (1, 12, 10, 3)


def test_a_whole_layer_climbs_in_one_program():
    model = branched()
    before = visualization.maximise_filters(model, "second", steps=0)[1]
    pictures, after = visualization.maximise_filters(model, "second", steps=10)
    assert pictures.shape == (4, 8, 8, 3)
    assert (after > before).all()


def test_fooling_pictures_reach_their_class(colours):
    start = np.zeros((2, 12, 10, 3), np.float32) + 0.5
    pictures, probability = visualization.maximise_classes(
        colours, [1, 0], start=start, steps=60, step_size=0.2
    )
    assert (probability > 0.999).all()
    np.testing.assert_allclose(colours.predict(pictures)[[0, 1], [1, 0]], probability, rtol=1e-5)


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
    found = visualization.occlusion_map(colours, x, patch=2, stride=2, at_once=7)
    assert found.shape == (6, 5)
    assert np.unravel_index(found.argmax(), found.shape) == (1, 3)
    assert np.count_nonzero(np.abs(found) > 1e-6) == 1
    whole = colours.predict(x[None])[0, 0]
    assert found[1, 3] == pytest.approx(whole - 0.5, abs=1e-5)


def test_deep_dream_makes_stronger_what_is_there():
    model = Sequential(
        [Conv2D(3, 3, padding="same", activation="relu", input_shape=(None, None, 3), name="conv")]
    )
    picture = np.random.default_rng(0).random((20, 30, 3), np.float32)
    dream = visualization.deep_dream(
        model, picture, {"conv": 1.0}, octaves=2, steps=5, step_size=0.05
    )
    assert dream.shape == picture.shape
    before, after = (
        (visualization.feature_maps(model, p[None], ["conv"])["conv"] ** 2).mean()
        for p in (picture, dream)
    )
    assert after > 1.5 * before
    still = visualization.deep_dream(model, picture, {"conv": 1.0}, octaves=2, steps=0)
    np.testing.assert_allclose(still, picture, atol=1e-5)  # nothing is lost by shrinking


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
    with pytest.raises(ValueError, match="1 classes for 2 pictures"):
        visualization.saliency(colours, np.zeros((2, 12, 10, 3)), [1])
    with pytest.raises(ValueError, match="must take pictures"):
        visualization.maximise_classes(Sequential([Dense(2, input_shape=(4,))]))
    with pytest.raises(ValueError, match="patch"):
        visualization.occlusion_map(colours, np.zeros((12, 10, 3)), patch=11)


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
    assert animal > 0.6  # in 31 % of the picture
    start = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 224, 224, 3))
    pictures, probability = visualization.maximise_classes(
        model, [65, 388], start=start, steps=40, step_size=0.05
    )
    assert (probability > 0.999).all()
    np.testing.assert_allclose(model.predict(pictures)[[0, 1], [65, 388]], probability, rtol=1e-4)
