"""Labeled Faces in the Wild (Huang et al. 2007): 13,233 photographs of 5,749 people.

They are 250 x 250 RGB.
"""

import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage
from jaxcnn.datasets.images import class_files, decode_image
from jaxcnn.spellings.keywords import suggesting

__all__ = ["load_data"]

Photograph = tuple[Path, Callable[[], bytes]]  # where it is, its content


def dataset() -> resolve.Dataset:
    """Where the photographs may be."""
    return resolve.Dataset(
        name="lfw",
        files=(("lfw", _read_folder), ("lfw.tgz", _read_archive)),
        remotes=(
            resolve.Remote(
                path="lfw.tgz",
                checksum="055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0",
                urls=(
                    "https://ndownloader.figshare.com/files/5976018",
                    "http://vis-www.cs.umass.edu/lfw/lfw.tgz",
                ),
            ),
        ),
    )


@suggesting
def load_data(
    size: tuple[int, int] = (250, 250), min_faces_per_person: int = 1
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The photographs as ``x, y, names``.

    They are uint8 (n, height, width, 3), int64 (n,), and the people whose index y is.

    Where it is looked for and what else is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        size: (height, width) to resize to; the 13,233 in full size take 2.5 GB. Default: (250,
            250).
        min_faces_per_person: people with fewer photographs are left out. Default: 1.

    Raises:
        ValueError: nobody is left.

    Examples:
        >>> x, y, names = jc.datasets.lfw.load_data((64, 64), min_faces_per_person=20)

    References:
        - Huang et al., "Labeled Faces in the Wild", 2007, <http://vis-www.cs.umass.edu/lfw/>
    """
    people = {
        name: files
        for name, files in sorted(resolve.load(dataset()).items())
        if len(files) >= min_faces_per_person
    }
    if not people:
        raise ValueError(
            f"Nobody has {min_faces_per_person} photographs; lower min_faces_per_person."
        )
    files = [(file, i) for i, photographs in enumerate(people.values()) for file in photographs]
    x = np.stack([decode_image(path, content(), "RGB", size) for (path, content), _ in files])
    return x, np.array([i for _, i in files], np.int64), [name.replace("_", " ") for name in people]


def _read_folder(path: Path) -> dict[str, list[Photograph]]:
    return {
        name: [(file, file.read_bytes) for file in files]
        for name, files in class_files(path).items()
    }


def _read_archive(path: Path) -> dict[str, list[Photograph]]:
    """The photographs in the published archive, which is read in place."""
    people: dict[str, list[Photograph]] = {}
    with damage(path, "it cannot be read to its end"), tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            name = PurePosixPath(member.name)
            if member.isfile() and name.suffix == ".jpg" and (file := archive.extractfile(member)):
                people.setdefault(name.parent.name, []).append(
                    (path / name, _constant(file.read()))
                )
    if not people:
        raise DamagedFileError(path, "it has no photographs")
    return people


def _constant(content: bytes) -> Callable[[], bytes]:
    return lambda: content
