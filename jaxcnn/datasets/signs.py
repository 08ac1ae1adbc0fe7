"""Photographs, 64 x 64 RGB, of hands that show 0 to 5, and of faces that smile or do not.

The files of a deep-learning course: train_signs.h5 and test_signs.h5, train_happy.h5 and
test_happy.h5.
"""

import functools
from pathlib import Path

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage, read_arrays
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.utils.untrusted import open_hdf5

__all__ = ["load_data", "read_h5"]

CLASSES = {"signs": 6, "happy": 2}
Part = tuple[np.ndarray, np.ndarray]


def dataset(name: str = "signs", part: str = "train") -> resolve.Dataset:
    """Where the part "train", "val" or "test" of the "signs" or the "happy" faces may be."""
    return resolve.Dataset(
        name=f"{part}_{name}",
        files=(
            (f"{part}_{name}.h5", functools.partial(read_h5, part=part)),
            (f"{name}.npz", _npz_reader(part)),
        ),
        advice="The files come with the course; they cannot be downloaded without an account.",
    )


@suggesting
def load_data(name: str = "signs", part: str = "train") -> Part:
    """One part as ``x, y``: uint8 (n, 64, 64, 3) and int64 (n,).

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        name: "signs" (6 classes) or "happy" (2). Default: 'signs'.
        part: "train", "test", or "val" where the file has one. Default: 'train'.

    Raises:
        ValueError: another name or part.

    Examples:
        >>> x, y = jc.datasets.signs.load_data("happy", "test")

    References:
        - Ng, Katanforoosh and Mourri, "Convolutional Neural Networks", 2017,
          <https://www.coursera.org/learn/convolutional-neural-networks>
    """
    if name not in CLASSES:
        raise ValueError(f"name must be 'signs' or 'happy'; got {name!r}.")
    if part not in ("train", "val", "test"):
        raise ValueError(f"part must be 'train', 'val' or 'test'; got {part!r}.")
    source = dataset(name, part)
    x, y = resolve.load(source)
    if (
        x.dtype != np.uint8
        or x.ndim != 4
        or y.shape != x.shape[:1]
        or not len(y)
        or y.max() >= CLASSES[name]
    ):
        path = resolve.find(source) or Path(name)
        raise DamagedFileError(
            path, f"its images are {x.dtype} {x.shape}, its labels {y.shape} up to {y.max()}"
        )
    return x, y.astype(np.int64)


def read_h5(path: str | Path, part: str = "train") -> Part:
    """``x, y`` of the HDF5 file of the course: its arrays {part}_set_x and {part}_set_y.

    Args:
        path: the file.
        part: "train", "val" or "test". Default: 'train'.

    Raises:
        DamagedFileError: it cannot be read, or lacks an array.

    Examples:
        >>> import h5py
        >>> with h5py.File("signs.h5", "w") as file:
        ...     file["test_set_x"] = np.zeros((2, 64, 64, 3), np.uint8)
        ...     file["test_set_y"] = [[0, 1]]
        >>> x, y = jc.datasets.signs.read_h5("signs.h5", "test")
        >>> x.shape, y
        ((2, 64, 64, 3), array([0, 1]))

    References:
        - Ng, Katanforoosh and Mourri, "Convolutional Neural Networks", 2017,
          <https://www.coursera.org/learn/convolutional-neural-networks>
    """
    path = Path(path)
    names = (f"{part}_set_x", f"{part}_set_y")
    with damage(path, "not a readable HDF5 file"), open_hdf5(path) as file:
        if missing := [name for name in names if name not in file]:
            raise DamagedFileError(path, f"it lacks {', '.join(missing)}; it has {', '.join(file)}")
        x, y = (np.asarray(file[name]) for name in names)
    return x, y.ravel()


def _npz_reader(part: str) -> resolve.Reader:
    def read(path: Path) -> Part:
        x, y = read_arrays(path, (f"x_{part}", f"y_{part}"))
        return x, y

    return read
