"""Image files that are broken, deep, or more than an image."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from jaxcnn.datasets import images
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.preprocessing.image import load_img
from jaxcnn.utils.images import read_image

ARRAY = np.arange(12 * 9, dtype=np.uint8).reshape(12, 9)


@pytest.mark.parametrize("kind", ["png", "bmp", "gif", "tiff", "ppm", "tga", "webp"])
def test_formats_of_pixels(kind):
    file = io.BytesIO()
    Image.fromarray(ARRAY).save(file, kind, **({"lossless": True} if kind == "webp" else {}))
    np.testing.assert_array_equal(read_image(file, "a").convert("L"), ARRAY)


@pytest.mark.parametrize("read", [load_img, images.read_image])
def test_sixteen_bits_are_refused_and_not_cut_off(read, tmp_path):
    path = tmp_path / "deep.png"
    Image.fromarray(np.full((4, 4), 40_000, np.uint16)).save(path)
    with pytest.raises(ValueError, match=r"deep\.png.*more than 8 bits"):
        read(path)


def test_no_program_is_started(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")
    with pytest.raises(OSError, match=r"a\.jpg: this file is not an image"):
        load_img(path)


def test_broken_files_are_named(tmp_path, monkeypatch):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(
        file, "png"
    )
    for content in (b"", b"text", file.getvalue()[:500], file.getvalue()[:40]):
        (tmp_path / "broken.png").write_bytes(content)
        with pytest.raises(OSError, match=r"broken\.png: "):
            load_img(tmp_path / "broken.png")
        with pytest.raises(DamagedFileError, match=r"broken\.png"):
            images.read_image(tmp_path / "broken.png")
    (tmp_path / "large.png").write_bytes(file.getvalue())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(OSError, match=r"large\.png: the image is too large"):
        load_img(tmp_path / "large.png")


def test_an_image_that_its_file_is_too_small_for_is_not_read(tmp_path):
    blank = Image.new("RGB", (4000, 3000), "white")
    blank.save(tmp_path / "blank.png")
    assert read_image(tmp_path / "blank.png", "blank").size == (4000, 3000)
    content = (tmp_path / "blank.png").read_bytes()
    size = (9000).to_bytes(4, "big") * 2
    header = b"IHDR" + size + content[24:29]
    changed = content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:900]
    (tmp_path / "bomb.png").write_bytes(changed)
    for source in (tmp_path / "bomb.png", io.BytesIO(changed)):
        with pytest.raises(OSError, match="bomb: the image is too large: 9000 x 9000 pixels in"):
            read_image(source, "bomb")
