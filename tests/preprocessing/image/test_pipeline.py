"""The steps of a generator as one value: they are pure, in either data format."""

import jax
import numpy as np
import pytest

from jaxcnn.preprocessing.image import Augmentation
from jaxcnn.preprocessing.image.pipeline import Pipeline, from_channels_last, to_channels_last
from jaxcnn.preprocessing.image.standardization import SampleSteps, Statistics

from .samples import images

KEY = jax.random.key(0)
STEPS = SampleSteps(1 / 255, True, False)
CHANGES = {
    "moves": Augmentation(rotation_range=20, horizontal_flip=True),
    "colours": Augmentation(rotation_range=20, channel_shift_range=9),
}


def reversed_rows(image):
    return image[::-1]


@pytest.mark.parametrize("function", [None, reversed_rows])
@pytest.mark.parametrize("change", CHANGES)
def test_processing_is_the_changes_and_then_the_steps(change, function):
    pipeline = Pipeline(CHANGES[change], function, STEPS, channels_first=False)
    changed = np.asarray(CHANGES[change](KEY, images(3)))
    expected = (changed if function is None else changed[:, ::-1]) / 255
    expected = expected - expected.mean((1, 2, 3), keepdims=True)
    processed = pipeline.process(KEY, images(3), Statistics())
    np.testing.assert_allclose(processed, expected, atol=1e-5)


@pytest.mark.parametrize("change", CHANGES)
def test_channels_first_is_the_same_transposed(change):
    last = Pipeline(CHANGES[change], None, STEPS, channels_first=False)
    first = Pipeline(CHANGES[change], None, STEPS, channels_first=True)
    batch = images(3).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(
        np.asarray(first.process(KEY, batch, Statistics())).transpose(0, 2, 3, 1),
        last.process(KEY, images(3), Statistics()),
        atol=1e-5,
    )


def test_formats_there_and_back():
    x = images(2)
    assert to_channels_last(x.transpose(0, 3, 1, 2), True).shape == x.shape
    np.testing.assert_array_equal(to_channels_last(from_channels_last(x, True), True), x)
    assert to_channels_last(x, False) is x is from_channels_last(x, False)


def test_chunks_cover_all_images_in_every_round():
    pipeline = Pipeline(CHANGES["moves"], None, SampleSteps(None, False, False), False)
    x = images(300, 2, 2)
    plain = list(pipeline.chunks(x, None, rounds=3))
    assert [len(chunk) for chunk in plain] == [256, 44]
    np.testing.assert_array_equal(np.concatenate(plain), x)
    changed = list(pipeline.chunks(x, KEY, rounds=2))
    assert [len(chunk) for chunk in changed] == [256, 44] * 2
    assert not np.array_equal(changed[0], changed[2])
