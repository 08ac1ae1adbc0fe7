"""Order, position, seeds, threads and saved images of iterators."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.runtime.arrays import named_key

from .samples import images

PLAIN = ImageDataGenerator()
RANDOM = ImageDataGenerator(rotation_range=30, width_shift_range=0.1, horizontal_flip=True)


def test_batches_of_an_epoch_in_order():
    x, y = images(), np.arange(10)
    flow = PLAIN.flow(x, y, batch_size=4, shuffle=False)
    assert len(flow) == 3
    for _ in range(2):
        batches = [next(flow) for _ in range(3)]
        assert [len(b[0]) for b in batches] == [4, 4, 2]
        np.testing.assert_array_equal(np.concatenate([b[0] for b in batches]), x)
        np.testing.assert_array_equal(np.concatenate([b[1] for b in batches]), y)
    assert batches[0][0].flags.writeable and batches[0][0].dtype == np.float32


def test_shuffling():
    flow = PLAIN.flow(images(), np.arange(10), batch_size=3, seed=1)
    epochs = [np.concatenate([next(flow)[1] for _ in range(4)]) for _ in range(3)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(10))
    assert len({tuple(epoch) for epoch in epochs}) == 3


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_batch_is_the_changed_and_standardised_image(data_format):
    x = images() if data_format == "channels_last" else images().transpose(0, 3, 1, 2)
    both = ImageDataGenerator(vertical_flip=True, rescale=1 / 255, data_format=data_format)
    rows = 1 if data_format == "channels_last" else 2
    batch = next(both.flow(x, batch_size=10, shuffle=False, seed=0))
    flipped = [
        np.allclose(b, np.flip(a, rows - 1) / 255, atol=1e-6) for a, b in zip(x, batch, strict=True)
    ]
    same = [np.allclose(b, a / 255, atol=1e-6) for a, b in zip(x, batch, strict=True)]
    assert all(f != s for f, s in zip(flipped, same, strict=True)) and any(flipped) and any(same)


def test_the_users_function_comes_between_changes_and_rescaling():
    seen = []

    def function(image):
        seen.append(image.shape)
        return image + 255

    generator = ImageDataGenerator(preprocessing_function=function, rescale=1 / 255)
    batch = next(generator.flow(images(), batch_size=5, shuffle=False))
    np.testing.assert_allclose(batch, images()[:5] / 255 + 1, rtol=1e-5)
    assert set(seen) == {(6, 7, 3)}


def test_one_seed_decides_everything():
    def batches(**settings):
        flow = RANDOM.flow(images(), batch_size=4, **settings)
        return np.concatenate([next(flow) for _ in range(6)])

    np.testing.assert_array_equal(batches(seed=7), batches(seed=7))
    assert not np.array_equal(batches(seed=7), batches(seed=8))
    config.set_random_seed(3)
    first, second = batches(), batches()
    assert not np.array_equal(first, second)
    config.set_random_seed(3)
    np.testing.assert_array_equal(batches(), first)


def test_images_and_masks_change_alike():
    flow = RANDOM.flow(images(), seed=5, batch_size=4)
    masks = RANDOM.flow(images()[..., :1], seed=5, batch_size=4)
    for _ in range(4):
        np.testing.assert_array_equal(next(flow)[..., :1], next(masks))


def test_threads_get_what_one_would():
    expected = RANDOM.flow(images(), np.arange(10), batch_size=3, seed=2)
    expected = [next(expected) for _ in range(12)]
    flow = RANDOM.flow(images(), np.arange(10), batch_size=3, seed=2)
    with ThreadPoolExecutor(4) as threads:
        actual = list(threads.map(lambda _: next(flow), range(12)))

    def content(batches):
        return sorted((x.tobytes(), y.tobytes()) for x, y in batches)

    assert content(actual) == content(expected)


def test_batches_by_number():
    flow = RANDOM.flow(images(), np.arange(10), batch_size=4, seed=0)
    again = RANDOM.flow(images(), np.arange(10), batch_size=4, seed=0)
    for epoch in range(2):
        for i in (2, 0, 1):
            assert len(again[i][0]) == (2 if i == 2 else 4)
        for i in range(3):
            for a, b in zip(next(flow), again[i], strict=True):
                np.testing.assert_array_equal(a, b)
        again.on_epoch_end()
        assert again.epoch == epoch + 1 == flow.epoch
    np.testing.assert_array_equal(again[-1][1], again[2][1])
    with pytest.raises(IndexError, match="3 batches; asked for number 3"):
        again[3]


def test_reset_goes_back_to_the_beginning_of_the_epoch():
    flow = RANDOM.flow(images(), batch_size=4, seed=0)
    first = next(flow)
    flow.next()
    flow.reset()
    np.testing.assert_array_equal(next(flow), first)


def test_saved_images(tmp_path):
    """21 images of one, named as Keras names them."""
    generator = ImageDataGenerator(
        rotation_range=40, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    folder = tmp_path / "preview"
    for _ in range(2):  # the second run does not overwrite the first
        flow = generator.flow(
            images(1), batch_size=1, save_to_dir=folder, save_prefix="cat", seed=0
        )
        for _ in range(21):
            next(flow)
    names = os.listdir(folder)
    assert len(names) == 42
    for name in names:
        prefix, index, number = name.removesuffix(".jpeg").split("_")
        assert (prefix, index) == ("cat", "0") and number.isdigit()
    with Image.open(folder / names[0]) as image:
        assert image.format == "JPEG" and image.size == (7, 6)


def test_index_of_saved_images_is_their_place_in_the_epoch(tmp_path):
    flow = PLAIN.flow(
        images(), batch_size=4, save_to_dir=tmp_path, save_format="png", shuffle=False
    )
    for _ in range(3):
        next(flow)
    assert sorted(int(n.split("_")[1]) for n in os.listdir(tmp_path)) == list(range(10))


def test_order_changes_and_file_names_follow_from_the_seed_as_ever(tmp_path):
    """The streams of random numbers are part of what a saved run depends on."""
    x = images()
    flow = RANDOM.flow(x, batch_size=4, seed=5, save_to_dir=tmp_path, save_format="png")
    for epoch in range(2):
        order = np.random.default_rng([5, epoch]).permutation(10)
        for step in range(2):
            rows = order[4 * step : 4 * step + 4]
            key = named_key(5, "augmentation", str(epoch), str(step))
            np.testing.assert_array_equal(next(flow), RANDOM.augmentation(key, x[rows]))
        next(flow)
    numbers = [
        np.random.SeedSequence((5, epoch, index)).generate_state(1)[0] % 10_000
        for epoch in range(2)
        for index in range(10)
    ]
    names = {f"_{i % 10}_{number}.png" for i, number in enumerate(numbers)}
    assert {path.name for path in tmp_path.iterdir()} == names
