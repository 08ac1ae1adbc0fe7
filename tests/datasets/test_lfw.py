"""Photographs of people, of the folder and of the archive."""

import tarfile

import pytest

from jaxcnn.datasets import lfw
from jaxcnn.datasets.formats import DamagedFileError

from .writers import cut, photograph


def test_photographs_of_people(home, tmp_path):
    for i in range(3):
        photograph(home / f"lfw/Ada_Lovelace/Ada_Lovelace_000{i}.jpg", (250, 250, 3), i)
    photograph(home / "lfw/Alan_Turing/Alan_Turing_0001.jpg", (250, 250, 3), 9)
    for _ in range(2):  # from the folder, then from the archive
        x, y, names = lfw.load_data(size=(50, 40))
        assert (x.shape, y.tolist(), names) == (
            (4, 50, 40, 3),
            [0, 0, 0, 1],
            ["Ada Lovelace", "Alan Turing"],
        )
        assert lfw.load_data(min_faces_per_person=2)[0].shape == (3, 250, 250, 3)
        if (home / "lfw").exists():
            with tarfile.open(home / "lfw.tgz", "w:gz") as archive:
                archive.add(home / "lfw", "lfw")
            (home / "lfw").rename(tmp_path / "away")
    with pytest.raises(ValueError, match="Nobody has 4 photographs"):
        lfw.load_data(min_faces_per_person=4)
    (tmp_path / "away").rename(home / "lfw")
    cut(home / "lfw/Ada_Lovelace/Ada_Lovelace_0001.jpg")
    with pytest.raises(
        DamagedFileError, match=r"Ada_Lovelace_0001\.jpg is damaged: not a readable image"
    ):
        lfw.load_data()
    (home / "lfw/Nobody").mkdir()
    with pytest.raises(DamagedFileError, match="there is no image in Nobody"):
        lfw.load_data()


def test_the_real_photographs_of_people(real):
    real("lfw")
    x, y, names = lfw.load_data(size=(32, 32))
    assert (x.shape, len(names)) == ((100, 32, 32, 3), 10)
    assert len(y) == 100
