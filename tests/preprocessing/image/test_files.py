import numpy as np
import pytest
from PIL import Image

from jaxcnn import config
from jaxcnn.preprocessing.image import array_to_img, img_to_array, list_pictures, load_img, save_img


def noise(rows=6, columns=9, channels=3):
    return np.random.default_rng(0).integers(0, 256, (rows, columns, channels), np.uint8)


def stored(path):
    """(format, mode) of a file."""
    with Image.open(path) as image:
        return image.format, image.mode


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_array_to_image_and_back(channels, data_format):
    x = noise(channels=channels)
    x = x if data_format == "channels_last" else x.transpose(2, 0, 1)
    image = array_to_img(x, data_format, scale=False)
    assert image.size == (9, 6)
    back = img_to_array(image, data_format)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, x)


def test_scaling_stretches_to_255():
    x = np.array([-1.0, 0.0, 1.0]).reshape(1, 3, 1)
    assert np.asarray(array_to_img(x)).tolist() == [[0, 127, 255]]
    assert np.asarray(array_to_img(np.zeros((1, 2, 3)))).max() == 0
    x = np.array([10.0, 20.0]).reshape(1, 2, 1)  # the least value becomes 0 only if it is negative
    assert np.asarray(array_to_img(x)).tolist() == [[127, 255]]


def test_configured_formats():
    config.set_image_data_format("channels_first")
    config.set_floatx("float16")
    x = img_to_array(Image.new("RGB", (4, 2)))
    assert x.shape == (3, 2, 4) and x.dtype == np.float16


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 2)), "rank 3"),
        (np.zeros((2, 2, 2)), "Unsupported channel number: 2"),
        (np.full((2, 2, 3), np.nan), "NaN or infinite"),
    ],
)
def test_arrays_that_are_no_image(x, message):
    with pytest.raises(ValueError, match=message):
        array_to_img(x)


def test_values_outside_without_scaling():
    with pytest.warns(UserWarning, match=r"from -3 to 300.*scale=True"):
        image = array_to_img(np.array([0.0, 300.0, -3.0]).reshape(1, 3, 1), scale=False)
    assert np.asarray(image).tolist() == [[0, 44, 253]]


def test_reading_and_writing(tmp_path):
    x = noise()
    save_img(tmp_path / "a.png", x, scale=False)
    np.testing.assert_array_equal(img_to_array(load_img(tmp_path / "a.png")), x)
    assert load_img(tmp_path / "a.png", target_size=(3, 5)).size == (5, 3)
    assert load_img(tmp_path / "a.png", True).mode == "L"
    assert load_img(tmp_path / "a.png", color_mode="rgba").mode == "RGBA"
    save_img(tmp_path / "b.jpg", x, scale=False, quality=95)
    assert stored(tmp_path / "b.jpg") == ("JPEG", "RGB")
    save_img(tmp_path / "c.bin", x, file_format="png")
    assert stored(tmp_path / "c.bin") == ("PNG", "RGB")


def test_resizing_follows_pillow(tmp_path):
    save_img(tmp_path / "a.png", noise(40, 30), scale=False)
    original = Image.fromarray(noise(40, 30))
    for name in ("nearest", "bilinear", "lanczos"):
        expected = np.asarray(original.resize((12, 10), Image.Resampling[name.upper()]))
        actual = np.asarray(load_img(tmp_path / "a.png", target_size=(10, 12), interpolation=name))
        np.testing.assert_array_equal(actual, expected)


def test_a_draft_is_the_mean_of_blocks_and_no_smaller_than_asked_for(tmp_path, monkeypatch):
    rows, columns = np.mgrid[:96, :160]
    x = np.stack([rows, columns, rows // 2 + columns // 2], -1).astype(np.uint8)  # smooth
    Image.fromarray(x).save(tmp_path / "a.jpg", quality=95)
    Image.fromarray(x).save(tmp_path / "a.png")
    decoded = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image, "resize", lambda self, *a: decoded.append(self.size) or resize(self, *a)
    )
    means = x.reshape(24, 4, 40, 4, 3).mean((1, 3))
    draft = np.asarray(load_img(tmp_path / "a.jpg", target_size=(24, 40), draft=True), float)
    assert not decoded  # it has that size already
    assert np.abs(draft - means).max() < 3
    load_img(tmp_path / "a.jpg", target_size=(25, 40), draft=True)
    load_img(tmp_path / "a.jpg", target_size=(24, 40))
    load_img(tmp_path / "a.png", target_size=(24, 40), draft=True)
    load_img(tmp_path / "a.jpg", target_size=(200, 40), draft=True)
    assert decoded == [(80, 48), (160, 96), (160, 96), (160, 96)]
    assert load_img(tmp_path / "a.jpg", draft=True).size == (160, 96)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "CMYK", "1"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.fromarray(noise()).convert(mode).save(path)
    assert img_to_array(load_img(path)).shape == (6, 9, 3)


def test_a_palette_with_transparency(tmp_path):
    Image.fromarray(noise()).quantize(8).save(tmp_path / "a.png", transparency=b"\x00\x80")
    assert load_img(tmp_path / "a.png").mode == "RGB"


def test_deep_pixels_are_not_cut_off(tmp_path):
    Image.fromarray(np.full((3, 3), 40_000, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(ValueError, match=r"deep\.png: pixels of mode I;16 have more than 8 bits"):
        load_img(tmp_path / "deep.png")


def test_files_that_cannot_be_read(tmp_path):
    save_img(tmp_path / "whole.jpg", noise(64, 64))
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.jpg").write_text("no image")
    with pytest.raises(OSError, match=r"half\.jpg: the image is damaged or truncated"):
        load_img(tmp_path / "half.jpg")
    with pytest.raises(OSError, match=r"text\.jpg: this file is not an image"):
        load_img(tmp_path / "text.jpg")
    with pytest.raises(FileNotFoundError):
        load_img(tmp_path / "missing.jpg")


def test_nothing_is_left_of_a_failed_save(tmp_path):
    (tmp_path / "a.png").write_text("what was there")
    with pytest.raises(ValueError, match="NaN"):
        save_img(tmp_path / "a.png", np.full((2, 2, 3), np.inf))
    with pytest.raises(ValueError, match="'xyz' is no format"):
        save_img(tmp_path / "a.xyz", noise())
    with pytest.raises(AttributeError):  # Pillow fails in the middle of writing
        save_img(tmp_path / "a.png", noise(), pnginfo=1)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_text() == "what was there"


def test_transparency_is_dropped_from_jpeg_with_a_word(tmp_path):
    with pytest.warns(UserWarning, match="transparency"):
        save_img(tmp_path / "a.jpg", noise(channels=4))
    assert stored(tmp_path / "a.jpg") == ("JPEG", "RGB")


def test_unknown_words(tmp_path):
    with pytest.raises(ValueError, match="Invalid color mode: 'hsv'"):
        load_img("a.png", color_mode="hsv")
    with pytest.raises(ValueError, match=r"Invalid interpolation: 'cubic'.*bicubic"):
        load_img("a.png", interpolation="cubic")
    with pytest.raises(ValueError, match="Unknown data_format: 'last'"):
        array_to_img(noise(), "last")


def test_list_pictures(tmp_path):
    for name in ("b.PNG", "a.jpg", "sub/c.bmp", "d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list_pictures(tmp_path) == [str(tmp_path / n) for n in ("a.jpg", "b.PNG", "sub/c.bmp")]
    assert list_pictures(tmp_path, "bmp") == [str(tmp_path / "sub/c.bmp")]
