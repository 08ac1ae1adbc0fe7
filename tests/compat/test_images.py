"""Images changed at random in programs for old Keras: the numbers of Keras 1.2.2, 2.0.4 and 2.2.4,
with the random numbers of NumPy after the same seeds.
"""

import numpy as np
import pytest

from jaxcnn.compat.image_functions import (
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from jaxcnn.compat.image_generator import ImageDataGenerator
from jaxcnn.spellings.dialect import speaking

X = (np.arange(4 * 5 * 4 * 3) * 37 % 101).reshape(4, 5, 4, 3).astype("float32")
# The pixel that a rotation brings in by each mode, then those of the other functions.
FUNCTIONS = {
    "1.2": ([10, 0, 50, 69], [77, 32, 50, 66.806]),
    "2.0": ([10, 0, 50, 69], [77, 32, 50, 66.806]),
    "2.2": ([13.5686, 0, 47.4371, 66.4371], [76.2556, 32.5263, 46.6051, 54.1756]),
}
# Labels, a pixel and a hundredth of the sum of the images, of each of six batches.
BATCHES = {
    "1.2": (
        [[3, 1], [0, 2], [3, 1], [0, 2], [3, 1], [0, 2]],
        [22.6839, 27.1121, 70.3315, 24.5385, 22.2969, 84.2423],
        [59.5734, 59.9549, 59.189, 61.0679, 54.87, 58.9795],
    ),
    "2.0": (
        [[3, 1], [0, 2], [0, 1], [2, 3], [2, 1], [0, 3]],
        [22.6839, 27.1121, 34.8348, 20.5385, 53.2864, 84.2423],
        [59.5734, 59.9549, 61.8994, 60.4186, 58.6469, 58.7996],
    ),
    "2.2": (
        [[3, 1], [0, 2], [0, 1], [2, 3], [2, 1], [0, 3]],
        [48.6665, 40.517, 50.8955, 36.3968, 72.2161, 83.9621],
        [60.9411, 57.0462, 62.2963, 56.8877, 57.1156, 65.9649],
    ),
}


@pytest.mark.parametrize("keras", FUNCTIONS)
def test_functions_of_one_image(keras):
    entering, others = FUNCTIONS[keras]
    with speaking(keras):
        for mode, pixel in zip(("nearest", "constant", "reflect", "wrap"), entering, strict=True):
            np.random.seed(1)
            values = [
                random_rotation(X[0], 40, 0, 1, 2, mode)[0, 1, 0],
                random_shift(X[0], 0.4, 0.4, 0, 1, 2, mode)[0, 2, 1],
                random_shear(X[0], 0.5, 0, 1, 2, mode)[4, 0, 2],
                random_zoom(X[0], (0.5, 1.8), 0, 1, 2, mode)[0, 0, 0],
                random_channel_shift(X[0], 30, 2)[2, 2, 2],
            ]
            np.testing.assert_allclose(values, [pixel, *others], atol=1e-4)


@pytest.mark.parametrize("keras", BATCHES)
def test_batches(keras):
    with speaking(keras):
        generator = ImageDataGenerator(
            rotation_range=30,
            width_shift_range=0.2,
            height_shift_range=0.2,
            shear_range=0.2,
            zoom_range=0.3,
            channel_shift_range=9.0,
            horizontal_flip=True,
            vertical_flip=True,
            fill_mode="reflect",
        )
        batches = generator.flow(X, np.arange(4), batch_size=2, seed=3)
        given = [next(batches) for _ in range(6)]
    labels, pixels, sums = BATCHES[keras]
    assert [y.tolist() for _, y in given] == labels
    np.testing.assert_allclose([x[0, 2, 1, 1] for x, _ in given], pixels, atol=1e-4)
    np.testing.assert_allclose([x.sum() / 100 for x, _ in given], sums, atol=1e-4)


@pytest.mark.parametrize(
    ("keras", "first"), [("2.0", [-0.69, -2.846, -1.5878]), ("2.2", [-0.0185, -2.1796, -0.9233])]
)
def test_statistics(keras, first):
    with speaking(keras):
        generator = ImageDataGenerator(
            featurewise_center=True,
            featurewise_std_normalization=True,
            samplewise_center=True,
            horizontal_flip=True,
        )
        generator.fit(X, augment=True, rounds=2, seed=1)
        np.testing.assert_allclose(generator.mean.ravel(), [50.3375, 49.4625, 49.85], rtol=1e-5)
        np.testing.assert_allclose(generator.std.ravel(), [28.9918, 29.2087, 29.2964], rtol=1e-5)
        np.testing.assert_allclose(generator.standardize(X[1])[0, 0], first, atol=1e-4)


def test_whitening_takes_the_correlations_out():
    generator = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    images = np.random.default_rng(0).uniform(0, 255, (12, 1, 1, 3))
    generator.fit(images)
    white = np.stack([generator.standardize(image).ravel() for image in images])
    np.testing.assert_allclose(white.T @ white / len(images), np.eye(3), atol=1e-3)


def test_batches_by_number_and_parameters_of_keras_2_2():
    with speaking("2.2"):
        generator = ImageDataGenerator(
            width_shift_range=3, height_shift_range=[1, 2], brightness_range=(0.5, 1.5)
        )
        drawn = [generator.get_random_transform((5, 4, 3), seed=seed) for seed in (1, 2)]
        assert [(p["tx"], p["ty"], round(p["brightness"], 4)) for p in drawn] == [
            (2.0, 0.0, 0.6468),
            (1.0, -1.0, 0.9204),
        ]
        batches = generator.flow(X, np.arange(4), batch_size=2, seed=3)
        assert [batches[1][1].tolist(), batches[0][1].tolist()] == [[0, 2], [3, 1]]
        batches.on_epoch_end()
        assert batches[0][1].tolist() == [1, 3]


def test_normalising_before_there_are_statistics():
    with speaking("2.2"), pytest.warns(UserWarning, match="sets `featurewise_center`"):
        generator = ImageDataGenerator(featurewise_std_normalization=True)
    with pytest.warns(UserWarning, match="changes nothing before"):
        np.testing.assert_array_equal(generator.standardize(X[0]), X[0])


def test_saved_images(tmp_path):
    batches = ImageDataGenerator().flow(
        X, batch_size=2, seed=0, save_to_dir=tmp_path, save_prefix="image", save_format="png"
    )
    next(batches)
    assert len(list(tmp_path.glob("image_*_*.png"))) == 2
