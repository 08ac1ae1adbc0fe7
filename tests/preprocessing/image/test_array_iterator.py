"""The batches of arrays: their parts, subsets, and what is refused."""

import numpy as np
import pytest

from jaxcnn.preprocessing.image import ImageDataGenerator

from .samples import images

PLAIN = ImageDataGenerator()


def test_what_a_batch_consists_of():
    x = images()
    assert isinstance(next(PLAIN.flow(x)), np.ndarray)
    assert len(next(PLAIN.flow(x, np.zeros(10)))) == 2
    weights = np.arange(10) / 10
    batch, labels, batch_weights = next(PLAIN.flow(x, np.arange(10), 5, sample_weight=weights))
    np.testing.assert_array_equal(batch_weights, labels / 10)
    np.testing.assert_array_equal(batch, x[labels])


def test_subsets():
    generator = ImageDataGenerator(validation_split=0.3)
    x, y = images(), np.arange(10) + 0.5
    validation = generator.flow(x, y, shuffle=False, subset="validation")
    training = generator.flow(x, y, shuffle=False, subset="training")
    assert next(validation)[1].tolist() == [0.5, 1.5, 2.5]
    assert next(training)[1].tolist() == [3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]
    weighted = generator.flow(
        x, y, shuffle=False, subset="training", sample_weight=np.arange(10) / 10
    )
    assert next(weighted)[2].tolist() == [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    with pytest.raises(ValueError, match="Invalid subset name: 'test'"):
        generator.flow(x, subset="test")
    with pytest.raises(ValueError, match="validation_split"):
        PLAIN.flow(x, subset="training")


@pytest.mark.parametrize(
    ("x", "settings", "message"),
    [
        (
            images(),
            {"y": np.zeros(9)},
            r"should have the same length. Found: x.shape = \(10, 6, 7, 3\), y.shape = \(9,\)",
        ),
        (
            images(),
            {"y": np.zeros(10), "sample_weight": np.zeros(3)},
            r"sample_weight.shape = \(3,\)",
        ),
        (images(), {"sample_weight": np.zeros(10)}, "`sample_weight` needs labels"),
        (images()[0], {}, r"rank 4. You passed an array with shape \(6, 7, 3\)"),
        (images(channels=2), {}, r"1, 3 or 4 channels.*\(2 channels\)"),
        ([np.zeros((3, 3, 3)), np.zeros((4, 4, 3))], {}, "different shapes; resize them"),
        (
            np.where(np.arange(10).reshape(-1, 1, 1, 1) == 4, np.nan, images()),
            {},
            "1 of 10 images.*number 4",
        ),
        (images()[:0], {}, "no images"),
        (images(), {"batch_size": 0}, "`batch_size` is 0"),
        (np.array([["a"]]), {}, "dtype <U1"),
    ],
)
def test_bad_input(x, settings, message):
    with pytest.raises(ValueError, match=message):
        PLAIN.flow(x, **settings)


def test_batches_of_images_and_other_inputs():
    images, one, two = np.ones((5, 4, 4, 3)), np.arange(5), np.ones((5, 2))
    flow = ImageDataGenerator().flow((images, [one, two]), one, batch_size=2, shuffle=False)
    (x, a, b), y = next(flow)
    assert x.shape == (2, 4, 4, 3) and a.tolist() == y.tolist() == [0, 1] and b.shape == (2, 2)
    x, a = next(ImageDataGenerator().flow((images, one), batch_size=5, shuffle=False))
    assert a.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="All of the arrays in `x`"):
        ImageDataGenerator().flow((images, np.ones(6)))
