"""The settings of iterators, and the constructors of Keras that they are made by."""

import inspect
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from jaxcnn.preprocessing import image
from jaxcnn.preprocessing.image.flow import Flow, Reading, Saving

SAVED = "save_to_dir=None, save_prefix='', save_format='jpeg'"
READ = "target_size=(256, 256), color_mode='rgb', classes=None, class_mode='categorical'"
SIGNATURES = {
    "NumpyArrayIterator": "x, y, image_data_generator, batch_size=32, shuffle=False, seed=None, "
    f"data_format='channels_last', {SAVED}, sample_weight=None, subset=None",
    "DirectoryIterator": f"directory, image_data_generator, {READ}, batch_size=32, shuffle=True, "
    f"seed=None, data_format='channels_last', {SAVED}, follow_links=False, subset=None, "
    "interpolation='nearest', skip_unreadable=False, draft=False",
    "DataFrameIterator": "dataframe, directory, image_data_generator, x_col='filename', "
    f"y_col='class', weight_col=None, {READ}, batch_size=32, shuffle=True, seed=None, "
    f"data_format='channels_last', {SAVED}, subset=None, interpolation='nearest', "
    "validate_filenames=True, skip_unreadable=False, draft=False",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_iterators_take_the_arguments_of_keras(name):
    parameters = inspect.signature(getattr(image, name)).parameters.values()
    plain = [str(parameter.replace(annotation=parameter.empty)) for parameter in parameters]
    assert ", ".join(plain) == SIGNATURES[name]


def test_arguments_by_position_arrive():
    x = np.zeros((4, 2, 3, 1), np.float32)
    generator = image.ImageDataGenerator(validation_split=0.5)
    flow = image.NumpyArrayIterator(
        x, np.arange(4) / 4, generator, 2, True, 7, "channels_last", "out", "a", "png", None,
        "training",
    )  # fmt: skip
    assert (flow.n, flow.batch_size, flow.shuffle, flow.seed) == (2, 2, True, 7)
    assert (flow.save_to_dir, flow.save_prefix, flow.save_format) == ("out", "a", "png")
    assert flow.y.tolist() == [0.5, 0.75] and flow.image_data_generator is generator


def test_any_transform_serves_an_iterator():
    class Doubled:
        validation_split = 0.0

        def process(self, key, batch):
            return 2 * batch

    x = np.ones((3, 2, 2, 1), np.float32)
    np.testing.assert_array_equal(next(image.NumpyArrayIterator(x, None, Doubled())), 2 * x)


def test_reading():
    reading = Reading([4, np.int64(5)], "rgba", "bilinear")
    assert reading == Reading((4, 5), "rgba", "bilinear")
    assert reading.shape("channels_last") == (4, 5, 4)
    assert reading.shape("channels_first") == (4, 4, 5)


@pytest.mark.parametrize(("mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)])
def test_files_have_their_channels_last(tmp_path, mode, channels):
    image.save_img(tmp_path / "a.png", np.full((6, 8, 3), 9, np.uint8), scale=False)
    pixels = Reading((3, 4), mode, "nearest").read(str(tmp_path / "a.png"))
    assert pixels.shape == (3, 4, channels) and pixels.dtype == np.uint8
    assert (pixels[..., 0] == 9).all()


def test_values_do_not_change():
    flow = Flow(2, False, None, "channels_last", Saving(None, "", "jpeg"))
    with pytest.raises(FrozenInstanceError):
        flow.batch_size = 3
    with pytest.raises(ValueError, match=r"`batch_size` is 2\.0"):
        Flow(2.0, False, None, "channels_last", Saving(None, "", "jpeg"))
