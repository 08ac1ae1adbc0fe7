"""Ten photographs of each of 40 people, 112 x 92 gray levels, or of 38 of them.

By AT&T Laboratories Cambridge, 1992-1994.
"""

import hashlib
from pathlib import Path

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, read_arrays
from jaxcnn.datasets.images import class_files, read_image

__all__ = ["load_data"]

SHAPE = (112, 92)
# SHA-256 of the pixels of 38 people of AT&T's set: the copy that is passed on, without its first
# two, who were not of the set.
SUM = "338292b8633d0c5b8a9b93ed3590e7157a3398da82904565edce1031facd1619"


def dataset() -> resolve.Dataset:
    """Where the faces may be."""
    folders = ("orl_faces", "att_faces")
    return resolve.Dataset(
        name="orl_faces",
        files=(("orl_faces.npz", _read_npz), *((folder, _read_folder) for folder in folders)),
        advice="The original is the archive att_faces of AT&T Laboratories Cambridge: folders s1 "
        "to s40 of .pgm files.",
    )


def load_data() -> tuple[np.ndarray, np.ndarray]:
    """The faces as ``x, y``: uint8 (n, 112, 92), and int64 (n,) with the person from 0.

    The folders of AT&T have 400 of 40 people, ``orl_faces.npz`` has 380 of 38, and is checked.

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Examples:
        >>> x, y = jc.datasets.orl_faces.load_data()

    References:
        - Samaria and Harter, "Parameterisation of a Stochastic Model for Human Face
          Identification", 1994, <https://doi.org/10.1109/ACV.1994.341300>
    """
    x, y = resolve.load(dataset())
    return x, y


def _read_npz(path: Path) -> tuple[np.ndarray, np.ndarray]:
    x, y = read_arrays(path, ("x", "y"))
    if hashlib.sha256(x.tobytes()).hexdigest() != SUM:
        raise DamagedFileError(path, "its images are not the 380 of 38 people that are known")
    return _checked(path, x, y)


def _read_folder(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Folders s1, s2, ... with files 1.pgm, 2.pgm, ...: by number, not by letter."""
    people = sorted(class_files(path).items(), key=lambda item: (len(item[0]), item[0]))
    files = [
        (file, i)
        for i, (_, photographs) in enumerate(people)
        for file in sorted(photographs, key=lambda f: (len(f.name), f))
    ]
    images = [read_image(file, "L") for file, _ in files]
    if wrong := [str(file) for (file, _), x in zip(files, images, strict=True) if x.shape != SHAPE]:
        raise DamagedFileError(
            Path(wrong[0]), f"it is not an image of {SHAPE[1]} x {SHAPE[0]} pixels"
        )
    return _checked(path, np.stack(images), np.array([i for _, i in files]))


def _checked(path: Path, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if x.dtype != np.uint8 or x.shape[1:] != SHAPE or y.shape != x.shape[:1]:
        raise DamagedFileError(path, f"its images are {x.dtype} {x.shape} and its labels {y.shape}")
    return x, y.astype(np.int64)
