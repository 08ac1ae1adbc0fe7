"""Photographs of dogs and cats from a Kaggle contest, in folders for ``flow_from_directory``."""

import contextlib
import itertools
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage
from jaxcnn.datasets.images import class_files, decode_image
from jaxcnn.runtime import config

__all__ = ["arrange", "folders"]

CLASSES = ("cats", "dogs")


def dataset() -> resolve.Dataset:
    """Where the arranged folders may be."""
    return resolve.Dataset(
        name="dogs_vs_cats",
        files=(("dogs_vs_cats", _checked_folder),),
        advice=(
            "dogs_vs_cats.arrange makes that folder of train.zip from "
            "https://www.kaggle.com/c/dogs-vs-cats (needs an account) or "
            "of kagglecatsanddogs_5340.zip from "
            "https://www.microsoft.com/download/details.aspx?id=54765."
        ),
    )


def folders() -> tuple[Path, Path]:
    """The folders ``train, validation``, each with the subfolders cats and dogs.

    Where they are looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Examples:
        >>> train, validation = jc.datasets.dogs_vs_cats.folders()

    References:
        - Elson et al., "Asirra: A CAPTCHA that Exploits Interest-Aligned Manual Image
          Categorization", 2007, <https://doi.org/10.1145/1315245.1315291>
    """
    folder: Path = resolve.load(dataset())
    return folder / "train", folder / "validation"


def arrange(
    source: str | Path,
    train: int = 1000,
    validation: int = 400,
    to: str | Path | None = None,
    skip_broken: bool = False,
) -> Path:
    """Copy the first photographs of each class into folders for training and validation.

    The folders are ``train/{cats,dogs}`` and ``validation/{cats,dogs}``.

    Args:
        source: the folder or zip archive of the contest (train/cat.0.jpg, ...) or of Microsoft
            (PetImages/Cat/0.jpg).
        train: photographs of each class for training, the first by number. Default: 1000.
        validation: photographs of each class for validation, the next ones. Default: 400.
        to: the folder to make, by default dogs_vs_cats in the datasets folder. It is there whole,
            or not at all.
        skip_broken: pass over files that cannot be decoded (Microsoft's archive has two). Default:
            False.

    Returns:
        The folder.

    Raises:
        FileExistsError: the folder exists.
        DamagedFileError: a file is broken.
        ValueError: there are too few photographs.

    Examples:
        >>> import pathlib, PIL.Image
        >>> pathlib.Path("train").mkdir()
        >>> for name in ("cat", "dog"):
        ...     for i in range(2):
        ...         PIL.Image.new("RGB", (8, 8)).save(f"train/{name}.{i}.jpg")
        >>> folder = jc.datasets.dogs_vs_cats.arrange(".", train=1, validation=1, to="arranged")
        >>> sorted(path.name for path in (folder / "validation").rglob("*.jpg"))
        ['cat.1.jpg', 'dog.1.jpg']

    References:
        - Elson et al., "Asirra: A CAPTCHA that Exploits Interest-Aligned Manual Image
          Categorization", 2007, <https://doi.org/10.1145/1315245.1315291>
    """
    source = Path(source)
    target = config.home() / "datasets/dogs_vs_cats" if to is None else Path(to)
    if target.exists():
        raise FileExistsError(f"{target} exists; remove it first, or give another folder as `to`.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as temporary,
        _opened(source) as root,
    ):
        whole = Path(temporary, "whole")
        for name in CLASSES:
            photographs = _readable(_photographs(root, name[:3]), skip_broken)
            for part, count in (("train", train), ("validation", validation)):
                folder = whole / part / name
                folder.mkdir(parents=True)
                written = 0
                for number, content in itertools.islice(photographs, count):
                    (folder / f"{name[:3]}.{number}.jpg").write_bytes(content)
                    written += 1
                if written < count:
                    raise ValueError(
                        f"{source} has not enough {name}: {train} + {validation} are needed."
                    )
        os.replace(whole, target)
    return target


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[Path | zipfile.Path]:
    """A folder, or an archive as a folder."""
    if source.is_dir():
        yield source
        return
    with damage(source, "not a readable zip archive"):
        archive = zipfile.ZipFile(source)
    with archive:
        yield zipfile.Path(archive)


def _photographs(root: Path | zipfile.Path, animal: str) -> list[tuple[int, Path | zipfile.Path]]:
    """The files of one animal by number: cat.7.jpg, or 7.jpg in the folder Cat."""
    photographs: list[tuple[int, Path | zipfile.Path]] = []
    for file in _files(root):
        kind, _, number = file.stem.rpartition(".")
        if (kind or Path(str(file)).parent.name).lower() == animal and number.isdigit():
            photographs.append((int(number), file))
    return sorted(photographs, key=lambda item: item[0])


def _files(folder: Path | zipfile.Path) -> Iterator[Path | zipfile.Path]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _files(child)
        elif child.suffix == ".jpg":
            yield child


def _readable(
    photographs: Iterable[tuple[int, Path | zipfile.Path]], skip: bool
) -> Iterator[tuple[int, bytes]]:
    """Number and content of those that can be decoded."""
    for number, file in photographs:
        try:
            with damage(Path(str(file)), "it cannot be read"):
                content = file.read_bytes()
            decode_image(Path(str(file)), content)
        except DamagedFileError:
            if not skip:
                raise
            continue
        yield number, content


def _checked_folder(path: Path) -> Path:
    for part in ("train", "validation"):
        if not (path / part).is_dir():
            raise DamagedFileError(path, f"the folder {part} is missing")
        class_files(path / part)
    return path
