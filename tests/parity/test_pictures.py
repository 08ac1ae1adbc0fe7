"""Folders of pictures, subsets and statistics come out as from Keras's own generator."""

import numpy as np
import pytest
from keras.src.legacy.preprocessing import image as keras_image

from jaxcnn.preprocessing import image


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("b/2.png", "b/1.PNG", "a/x.jpg", "a/sub/y.bmp", "a/0.png", "c/z.png", "c/w.jpeg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        image.save_img(tmp_path / name, rng.integers(0, 256, (9, 7, 3)))
    return str(tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"class_mode": "sparse", "color_mode": "grayscale", "target_size": (5, 6)},
        {
            "classes": ["c", "a"],
            "class_mode": "binary",
            "interpolation": "bilinear",
            "color_mode": "rgba",
        },
        {"subset": "training"},
        {"subset": "validation", "class_mode": None},
    ],
)
def test_folders(folder, settings, capsys):
    found, printed = [], []
    for module in (image, keras_image):
        generator = module.ImageDataGenerator(rescale=1 / 255, validation_split=0.4)
        arguments = {"target_size": (9, 7), "batch_size": 4, "shuffle": False, **settings}
        flow = generator.flow_from_directory(folder, **arguments)
        printed.append(capsys.readouterr().out)
        found.append((flow, [next(flow) for _ in range(2 * len(flow))]))
    (ours, our_batches), (theirs, their_batches) = found
    assert printed[0] == printed[1]
    assert ours.filenames == theirs.filenames and ours.class_indices == theirs.class_indices
    np.testing.assert_array_equal(ours.classes, theirs.classes)
    for a, b in zip(our_batches, their_batches, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, atol=1e-6)


def test_subsets_of_arrays():
    rng = np.random.default_rng(0)
    x, y = rng.random((10, 4, 4, 3)), rng.integers(0, 2, 10)
    y[:4] = [0, 1, 0, 1]
    for subset in ("training", "validation"):
        batches = []
        for module in (image, keras_image):
            generator = module.ImageDataGenerator(validation_split=0.4)
            flow = generator.flow(x, y, 3, shuffle=False, subset=subset)
            batches.append([next(flow) for _ in range(len(flow))])
        for ours, theirs in zip(*batches, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a, b, atol=1e-6)


def test_statistics():
    x = np.random.default_rng(0).random((40, 3, 3, 3)).astype(np.float32)
    for settings in (
        {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 0.5},
        {"samplewise_center": True, "samplewise_std_normalization": True},
        {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3},
    ):
        found = []
        for module in (image, keras_image):
            generator = module.ImageDataGenerator(**settings)
            generator.fit(x)
            found.append(generator.standardize(x[0].copy()))
        # Keras divides by the singular values plus epsilon, 2.0.4 by the root of the variances plus
        # epsilon.
        np.testing.assert_allclose(*found, atol=0.05 if "zca_whitening" in settings else 1e-4)


def test_flips_and_channels_first():
    x = np.random.default_rng(0).random((3, 4, 5)).astype(np.float32)
    ours = image.ImageDataGenerator(data_format="channels_first")
    theirs = keras_image.ImageDataGenerator(data_format="channels_first")
    for numbers in (
        {"flip_horizontal": True},
        {"flip_vertical": True},
        {"channel_shift_intensity": 0.25},
    ):
        np.testing.assert_allclose(
            ours.apply_transform(x, numbers), theirs.apply_transform(x, numbers), atol=1e-6
        )
