"""Readers for the formats of data sets: Keras .npz and .pkl, idx, CIFAR, tensorflow-datasets.

A reader of images takes the path of one file or folder and returns
``(x_train, y_train), (x_test, y_test)``: uint8 images (n, height, width) or (n, height, width,
channels) and uint8 labels (n,). A file that is cut short, has another format or contradicts itself
raises DamagedFileError.
"""

import contextlib
import csv
import gzip
import io
import struct
import tarfile
import tokenize
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from jaxcnn.utils import unpickle
from jaxcnn.utils.npy import read_npy, read_npy_header
from jaxcnn.utils.packages import installed
from jaxcnn.utils.untrusted import ALLOWANCE, EXPANSION, one_error, read_member

__all__ = [
    "Arrays",
    "DamagedFileError",
    "damage",
    "read_arrays",
    "read_cifar10",
    "read_cifar100",
    "read_idx",
    "read_npz",
    "read_pickle",
    "read_prepared",
]

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


class DamagedFileError(ValueError):
    """A file exists, but its content is not what it should be; the message says what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{path} is damaged: {problem}. Delete it and run again, or put a whole copy in its "
            "place."
        )


@contextlib.contextmanager
def damage(path: Path, problem: str) -> Iterator[None]:
    """Turn what readers of NumPy, gzip, zip and tar raise on broken input into DamagedFileError."""
    try:
        with one_error(str(path), "such a file"):
            yield
    except DamagedFileError:
        raise  # it has been said already
    except (ValueError, tarfile.TarError, csv.Error, tokenize.TokenError) as error:
        cause = error.__cause__ or error
        raise DamagedFileError(path, f"{problem} ({cause})") from error


def gunzipped(path: Path) -> bytes:
    """The content of a file that may be gzipped.

    Raises:
        DamagedFileError: it is broken, or holds much more than its size allows.
    """
    most = EXPANSION * path.stat().st_size + ALLOWANCE
    open_file = gzip.open if path.suffix == ".gz" else open
    with damage(path, "not a readable gzip file"), open_file(path, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise DamagedFileError(path, f"it holds more than the {most:,} bytes that its size allows")
    return content


def read_npz(path: Path) -> Arrays:
    """The Keras layout: arrays x_train, y_train, x_test and y_test in one NumPy archive."""
    x_train, y_train, x_test, y_test = read_arrays(path, ("x_train", "y_train", "x_test", "y_test"))
    return (x_train, y_train.ravel()), (x_test, y_test.ravel())


def read_arrays(path: Path, names: Sequence[str], objects: bool = False) -> list[np.ndarray]:
    """The named arrays of a NumPy archive.

    Arrays of objects, which such a file holds as pickles, are read with ``objects`` only, and then
    without executing anything: they may consist of numbers, texts, lists and the like.
    """
    arrays: dict[str, np.ndarray] = {}
    with damage(path, "not a readable NumPy archive"), zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        for name in names:
            if f"{name}.npy" in members:
                arrays[name] = _npy_array(read_member(archive, f"{name}.npy", path), objects)
    if missing := [name for name in names if name not in arrays]:
        raise DamagedFileError(path, f"it lacks {', '.join(missing)}")
    return [arrays[name] for name in names]


def _npy_array(content: bytes, objects: bool) -> np.ndarray:
    if objects:
        file = io.BytesIO(content)
        shape, _, dtype = read_npy_header(file)
        if dtype.hasobject:
            try:
                array = np.asarray(unpickle.loads(file.read()), object)
            except Exception as error:  # an unpickler fails in any way on broken bytes
                raise ValueError(f"{type(error).__name__}: {error}") from error
            if array.shape != shape:
                raise ValueError(f"an array of shape {array.shape} where {shape} was announced")
            return array
    return read_npy(content)


def read_pickle(path: Path) -> Arrays:
    """The layout before NumPy archives: one pickle of training and test data, gzipped or not."""
    content = gunzipped(path)
    try:
        (x_train, y_train), (x_test, y_test) = unpickle.loads(content)
    except Exception as error:  # an unpickler fails in any way on broken bytes
        raise DamagedFileError(
            path, f"not a pickle of training and test data ({type(error).__name__}: {error})"
        ) from error
    return (x_train, np.asarray(y_train)), (x_test, np.asarray(y_test))


def read_idx(path: Path) -> Arrays:
    """The four idx files of MNIST; ``path`` is that of the training images.

    The others lie in the same folder. Each is plain or gzipped and named as published
    (``t10k-labels-idx1-ubyte.gz``) or with a dot before ``idx``.
    """

    def part(kind: str, content: str, rank: int) -> np.ndarray:
        pattern = f"{kind}-{content}[-.]idx{rank}-ubyte"
        files = sorted([*path.parent.glob(pattern), *path.parent.glob(pattern + ".gz")])
        if not files:
            raise DamagedFileError(
                path.parent, f"{kind}-{content}-idx{rank}-ubyte[.gz] is missing next to {path.name}"
            )
        return _idx_array(files[0], rank)

    return (
        (part("train", "images", 3), part("train", "labels", 1)),
        (part("t10k", "images", 3), part("t10k", "labels", 1)),
    )


def _idx_array(path: Path, rank: int) -> np.ndarray:
    """One idx file of unsigned bytes.

    It has two zero bytes, the type (8), the rank, each length as big-endian int32, and the data.
    """
    content = gunzipped(path)
    header = 4 + 4 * rank
    if len(content) < header or content[:4] != bytes([0, 0, 8, rank]):
        raise DamagedFileError(
            path,
            f"it starts with the bytes {content[:4].hex(' ')}, an idx file of bytes with 00 00 08 "
            f"{rank:02x}",
        )
    shape = struct.unpack(f">{rank}I", content[4:header])
    size = int(np.prod(shape, dtype=object))
    if len(content) - header != size:
        raise DamagedFileError(
            path, f"its header promises {size:,} bytes of data, {len(content) - header:,} follow"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read_cifar10(path: Path) -> Arrays:
    """The Python version of CIFAR-10: the folder ``cifar-10-batches-py`` or its archive."""
    *train, test = _cifar_batches(
        path, [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"], "labels"
    )
    return (np.concatenate([x for x, _ in train]), np.concatenate([y for _, y in train])), test


def read_cifar100(path: Path, label_mode: str = "fine") -> Arrays:
    """The Python version of CIFAR-100, folder or archive, with its "fine" or "coarse" labels."""
    train, test = _cifar_batches(path, ["train", "test"], f"{label_mode}_labels")
    return train, test


def _cifar_batches(
    path: Path, names: list[str], label_key: str
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Images (n, 32, 32, 3) and labels (n,) of each named batch."""
    return [
        cifar_batch(path, name, content, label_key)
        for name, content in _contents(path, names).items()
    ]


def _contents(path: Path, names: list[str]) -> dict[str, bytes]:
    """The named files of a folder or tar archive; the archive is not unpacked."""
    contents: dict[str, bytes] = {}
    if path.is_dir():
        contents = {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
    else:
        with damage(path, "it cannot be read to its end"), tarfile.open(path) as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if name in names and (file := archive.extractfile(member)):
                    contents[name] = file.read()
    if missing := [name for name in names if name not in contents]:
        raise DamagedFileError(path, f"it lacks {', '.join(missing)}")
    return {name: contents[name] for name in names}


def cifar_batch(
    path: Path, name: str, content: bytes, label_key: str
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 32, 32, 3) and labels (n,) of the batch `content`, which `path` has as `name`."""
    where = path / name
    try:
        batch = unpickle.loads(content)
        pixels, labels = np.asarray(batch[b"data"]), np.asarray(batch[label_key.encode()])
    except Exception as error:  # an unpickler fails in any way on broken bytes
        raise DamagedFileError(
            where, f"not a CIFAR batch with {label_key} ({type(error).__name__}: {error})"
        ) from error
    if pixels.shape != (len(labels), 3 * 32 * 32):
        raise DamagedFileError(
            where, f"{len(labels)} labels for pixels of shape {pixels.shape}, not (n, 3072)"
        )
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels.astype(np.uint8)


def read_prepared(path: Path, shape: tuple[int, ...], label: str = "label") -> Arrays:
    """A folder of array_record files that tensorflow-datasets prepared; TensorFlow is not needed.

    ``shape`` is that of one image (a trailing channel axis of one is dropped where it has none),
    ``label`` the name of the label's feature.

    Raises:
        ImportError: tensorflow-datasets is missing.
        DamagedFileError: the folder is not what it should be.
    """
    tfds = installed("tensorflow_datasets", f"To read {path}, jaxcnn", "tensorflow-datasets")

    def part(split: str) -> tuple[np.ndarray, np.ndarray]:
        source = builder.as_data_source(split=split)
        x, y = np.empty((len(source), *shape), np.uint8), np.empty(len(source), np.uint8)
        for i in range(len(source)):
            example = source[i]
            x[i], y[i] = example["image"].reshape(shape), example[label]
        return x, y

    try:
        # The folder alone: no code of the data set is run, and nothing is fetched.
        builder = tfds.builder_from_directory(path)
        return part("train"), part("test")
    except Exception as error:  # the record reader and the image decoder fail in any way
        raise DamagedFileError(
            path, f"not a prepared data set with image and {label} ({error})"
        ) from error
