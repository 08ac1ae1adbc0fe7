"""The fixtures of the tests of iterators over files."""

import numpy as np
import pytest

from jaxcnn.preprocessing.image import save_img


def color(value, rows=8, columns=6):
    return np.full((rows, columns, 3), value, np.uint8)


@pytest.fixture
def folder(tmp_path):
    """cats: 10, 11, 12 (one in its own folder); dogs: 20, 21; each image has this grey value."""
    for name, value in {
        "cats/a.png": 10,
        "cats/b.PNG": 11,
        "cats/more/c.png": 12,
        "dogs/a.png": 20,
        "dogs/b.png": 21,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        save_img(tmp_path / name, color(value, 8 + value % 3, 6), scale=False)
    (tmp_path / "cats/notes.txt").write_text("no image")
    (tmp_path / "loose.png").write_bytes(b"")
    return tmp_path
