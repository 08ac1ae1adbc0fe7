import numpy as np
import pytest
from scipy import ndimage

from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.preprocessing.image.augmentation import Augmentation

from .samples import images


def test_arguments_of_keras_in_their_order():
    positional = (
        True,
        False,
        True,
        False,
        True,
        10,
        0.1,
        0.2,
        0.3,
        0.4,
        5,
        "wrap",
        7.0,
        True,
        False,
        0.5,
        None,
    )
    generator = ImageDataGenerator(*positional, "channels_first")
    assert (
        generator.featurewise_center
        and generator.featurewise_std_normalization
        and generator.zca_whitening
    )
    augmentation = generator.augmentation
    assert (
        augmentation.rotation_range,
        augmentation.width_shift_range,
        augmentation.height_shift_range,
    ) == (
        10,
        0.1,
        0.2,
    )
    assert (augmentation.shear_range, augmentation.channel_shift_range) == (0.3, 5)
    assert (
        augmentation.zoom_range == (0.6, 1.4)
        and augmentation.fill_mode == "wrap"
        and augmentation.cval == 7
    )
    assert (
        augmentation.horizontal_flip and not augmentation.vertical_flip and generator.rescale == 0.5
    )
    assert generator.data_format == "channels_first" and generator.channel_axis == 1


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_random_transform_is_apply_of_the_drawn_numbers(data_format):
    x = images(6, 8, 10)[0]
    x = x if data_format == "channels_last" else x.transpose(2, 0, 1)
    generator = ImageDataGenerator(
        rotation_range=30,
        width_shift_range=0.2,
        zoom_range=0.3,
        channel_shift_range=9,
        brightness_range=(0.5, 1),
        horizontal_flip=True,
        data_format=data_format,
    )
    numbers = generator.get_random_transform(x.shape, seed=5)
    others = {"flip_horizontal", "flip_vertical", "channel_shift_intensity", "brightness"}
    assert set(numbers) == {"theta", "tx", "ty", "shear", "zx", "zy"} | others
    assert numbers["tx"] == 0 and abs(numbers["ty"]) <= 2 and not numbers["flip_vertical"]
    changed = generator.random_transform(x, seed=5)
    assert changed.shape == x.shape
    np.testing.assert_allclose(changed, generator.apply_transform(x, numbers), atol=1e-3)
    assert not np.array_equal(changed, generator.random_transform(x, seed=6))
    assert not np.array_equal(generator.random_transform(x), generator.random_transform(x))


def test_the_nearest_pixel_is_taken_as_in_keras_2():
    x = images(6, 8, 10)[0]
    changed = ImageDataGenerator().apply_transform(x, {"theta": 20.0, "tx": 1.5})
    t = np.deg2rad(20.0)
    rotation, shift = (
        np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]),
        np.array([1.5, 0]),
    )
    middle = np.array([8, 10]) / 2 + 0.5
    offset = middle + rotation @ shift - rotation @ middle
    expected = np.stack(
        [
            ndimage.affine_transform(x[..., c], rotation, offset, order=0, mode="nearest")
            for c in range(3)
        ],
        -1,
    )
    np.testing.assert_array_equal(changed, expected)


def test_names_of_numbers():
    generator = ImageDataGenerator()
    with pytest.raises(
        ValueError, match="Unknown transform parameters angle; expected some of theta, "
    ):
        generator.apply_transform(images(6, 8, 10)[0], {"angle": 3})
    x = images(6, 8, 10)[0]
    np.testing.assert_array_equal(generator.apply_transform(x, {}), x)
    with pytest.raises(ValueError, match=r"three axes; given an array of shape \(6, 8, 10, 3\)"):
        generator.random_transform(images(6, 8, 10))


def test_standardize_in_the_order_of_keras():
    x = images(6, 8, 10)
    generator = ImageDataGenerator(
        rescale=1 / 255,
        samplewise_center=True,
        samplewise_std_normalization=True,
        preprocessing_function=lambda image: image**2,
    )
    squared = x.astype(np.float64) ** 2 / 255
    expected = squared - squared.mean((1, 2, 3), keepdims=True)
    expected /= squared.std((1, 2, 3), keepdims=True) + 1e-7
    np.testing.assert_allclose(generator.standardize(x), expected, atol=1e-4)
    np.testing.assert_allclose(generator.standardize(x[2]), expected[2], atol=1e-4)
    np.testing.assert_array_equal(x, images(6, 8, 10))  # what is given stays
    whole = ImageDataGenerator(rescale=0.5).standardize(np.full((2, 2, 1), 3, np.uint8))
    np.testing.assert_array_equal(whole, np.full((2, 2, 1), 1.5))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_featurewise_statistics(data_format):
    x = images(300, 8, 10)
    x = x if data_format == "channels_last" else x.transpose(0, 3, 1, 2)
    axes = (0, 1, 2) if data_format == "channels_last" else (0, 2, 3)
    generator = ImageDataGenerator(
        featurewise_center=True,
        featurewise_std_normalization=True,
        rescale=1 / 255,
        data_format=data_format,
    )
    generator.fit(x)
    np.testing.assert_allclose(generator.mean.ravel(), x.mean(axes) / 255, rtol=1e-5)
    np.testing.assert_allclose(generator.std.ravel(), x.std(axes) / 255, rtol=1e-5)
    actual = generator.standardize(x)
    np.testing.assert_allclose(actual.mean(axes), 0, atol=1e-4)
    np.testing.assert_allclose(actual.std(axes), 1, atol=1e-4)
    alone = ImageDataGenerator(featurewise_std_normalization=True, data_format=data_format)
    alone.fit(x.astype(np.uint8))
    assert alone.mean is None
    np.testing.assert_allclose(alone.std.ravel(), x.astype(np.uint8).std(axes), rtol=1e-5)


def test_zca_whitening():
    rng = np.random.default_rng(0)
    x = (
        (rng.normal(size=(800, 12)) @ rng.normal(size=(12, 12)))
        .reshape(800, 2, 2, 3)
        .astype(np.float32)
    )
    generator = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    generator.fit(x)
    centred = (x - x.mean((0, 1, 2))).reshape(800, 12).astype(np.float64)
    u, s, _ = np.linalg.svd(centred.T @ centred / 800)
    np.testing.assert_allclose(
        generator.principal_components,
        u @ np.diag(1 / np.sqrt(s + 1e-6)) @ u.T,
        rtol=0.05,
        atol=0.01,
    )
    white = generator.standardize(x).reshape(800, 12)
    np.testing.assert_allclose(white.T @ white / 800, np.eye(12), atol=0.05)


def test_statistics_of_changed_images():
    x = images(5, 8, 10)
    generator = ImageDataGenerator(
        featurewise_center=True, rotation_range=90, fill_mode="constant", cval=1000.0
    )
    generator.fit(x, augment=True, rounds=3, seed=1)
    first = generator.mean
    generator.fit(x, augment=True, rounds=3, seed=1)
    np.testing.assert_array_equal(first, generator.mean)
    assert first.mean() > x.mean() + 50


def test_statistics_that_are_missing():
    for name in ("featurewise_center", "featurewise_std_normalization", "zca_whitening"):
        with pytest.raises(RuntimeError, match=rf"`{name}` needs the statistics.*\.fit\(x\)"):
            ImageDataGenerator(**{name: True}).standardize(images(6, 8, 10))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 3, 3)), "rank 4"),
        (np.zeros((2, 3, 3, 2)), r"1, 3 or 4 channels on axis 3.*\(2 channels\)"),
        (np.full((2, 3, 3, 1), np.nan), "2 of 2 images have pixels that are NaN"),
    ],
)
def test_data_that_cannot_be_learned_from(x, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(featurewise_center=True).fit(x)


def test_settings_without_a_meaning():
    with pytest.raises(ValueError, match=r"`validation_split` is 1\.5"):
        ImageDataGenerator(validation_split=1.5)
    with pytest.raises(ValueError, match="Unknown data_format"):
        ImageDataGenerator(data_format="last")


def test_settings_are_attributes_that_may_be_set():
    """As in Keras, where what is set afterwards counts."""
    generator = ImageDataGenerator(zoom_range=0.2, fill_mode="wrap")
    assert generator.zoom_range == (0.8, 1.2) and generator.fill_mode == "wrap"
    generator.zoom_range, generator.horizontal_flip = 0.0, True
    assert generator.augmentation == Augmentation(fill_mode="wrap", horizontal_flip=True)
    with pytest.raises(ValueError, match="must be one of"):
        generator.fill_mode = "mirror"
    assert generator.fill_mode == "wrap"
