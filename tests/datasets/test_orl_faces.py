"""Faces of the folders of AT&T."""

import numpy as np
import pytest

from jaxcnn.datasets import orl_faces
from jaxcnn.datasets.formats import DamagedFileError

from .writers import photograph


def test_faces_of_the_folders_of_att(home):
    for person in (1, 2, 10):
        for i in (1, 2, 10):
            photograph(home / f"orl_faces/s{person}/{i}.pgm", (112, 92), 100 * person + i)
    (home / "orl_faces/README").write_text("not a folder")
    x, y = orl_faces.load_data()
    assert (x.shape, x.dtype, y.tolist()) == ((9, 112, 92), np.uint8, [0, 0, 0, 1, 1, 1, 2, 2, 2])
    expected = np.random.default_rng(1010).integers(0, 256, (112, 92), np.uint8)
    np.testing.assert_array_equal(x[8], expected)  # s10/10.pgm is the last, not the second
    photograph(home / "orl_faces/s2/2.pgm", (112, 90))
    with pytest.raises(
        DamagedFileError, match=r"s2/2\.pgm is damaged: it is not an image of 92 x 112"
    ):
        orl_faces.load_data()


def test_an_archive_of_other_faces_is_refused(home):
    (home / "orl_faces.npz").parent.mkdir(parents=True, exist_ok=True)
    strangers = np.zeros((400, 112, 92), np.uint8)
    np.savez(home / "orl_faces.npz", x=strangers, y=np.repeat(np.arange(40), 10))
    with pytest.raises(DamagedFileError, match="not the 380 of 38 people"):
        orl_faces.load_data()


def test_the_real_faces(real):
    real("orl_faces.npz")
    x, y = orl_faces.load_data()
    assert np.bincount(y).tolist() == [10] * 38 and x.shape == (380, 112, 92)
