"""Folders made of the files of the contest, whole or not at all."""

import zipfile

import pytest

from jaxcnn.datasets import dogs_vs_cats
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError

from .writers import cut, photograph


def test_arranging_the_files_of_the_contest(home, tmp_path):
    for kind in ("cat", "dog"):
        for i in (0, 1, 2, 10):
            photograph(tmp_path / f"contest/train/{kind}.{i}.jpg", seed=i)
    with pytest.raises(DatasetNotFoundError, match=r"dogs_vs_cats\.arrange makes that folder"):
        dogs_vs_cats.folders()
    assert (
        dogs_vs_cats.arrange(tmp_path / "contest", train=2, validation=1) == home / "dogs_vs_cats"
    )
    train, validation = dogs_vs_cats.folders()
    assert sorted(f.name for f in (train / "cats").iterdir()) == ["cat.0.jpg", "cat.1.jpg"]
    assert [f.name for f in (validation / "dogs").iterdir()] == ["dog.2.jpg"]
    with pytest.raises(FileExistsError, match="remove it first"):
        dogs_vs_cats.arrange(tmp_path / "contest")
    (validation / "dogs/dog.2.jpg").unlink()
    with pytest.raises(DamagedFileError, match="there is no image in dogs"):
        dogs_vs_cats.folders()


def test_arranging_leaves_nothing_half_done(tmp_path):
    for kind in ("Cat", "Dog"):
        for i in range(4):
            photograph(tmp_path / f"PetImages/{kind}/{i}.jpg", seed=i)
    cut(tmp_path / "PetImages/Dog/1.jpg")
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for file in tmp_path.glob("PetImages/*/*"):
            archive.write(file, file.relative_to(tmp_path))
    to = tmp_path / "out/pets"
    for source in (tmp_path / "PetImages", tmp_path / "pets.zip"):
        with pytest.raises(DamagedFileError, match=r"Dog/1\.jpg is damaged: not a readable image"):
            dogs_vs_cats.arrange(source, 2, 1, to)
        assert list((tmp_path / "out").iterdir()) == []
        with pytest.raises(ValueError, match=r"^\S+ has not enough dogs: 3 \+ 1 are needed"):
            dogs_vs_cats.arrange(source, 3, 1, to, skip_broken=True)
        assert list((tmp_path / "out").iterdir()) == []
        dogs_vs_cats.arrange(source, 2, 1, to, skip_broken=True)
        assert sorted(f.name for f in (to / "train/dogs").iterdir()) == ["dog.0.jpg", "dog.2.jpg"]
        to.rename(tmp_path / f"done {source.name}")


def test_the_real_dogs_and_cats(real):
    real("dogs_vs_cats")
    train, validation = dogs_vs_cats.folders()
    assert [len(list((folder / "dogs").iterdir())) for folder in (train, validation)] == [1000, 500]
