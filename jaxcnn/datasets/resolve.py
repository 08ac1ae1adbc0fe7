"""Where a data set comes from: your own folder, the Keras cache, a prepared tensorflow-datasets folder, a download."""

import functools
import glob
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jaxcnn import config
from jaxcnn.datasets.formats import Arrays, DamagedFileError, read_prepared
from jaxcnn.utils.files import DownloadError, download

__all__ = ["Dataset", "DatasetNotFoundError", "Remote", "find", "load"]

Reader = Callable[[Path], Arrays]


class DatasetNotFoundError(FileNotFoundError):
    """No source had the data set; the message lists what was tried and what to do."""


@dataclass(frozen=True)
class Remote:
    """A file to download: its path below the datasets folder, its SHA-256, and addresses of equal copies."""

    path: str
    checksum: str
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """Labelled pictures and the forms in which they may lie on a disk."""

    name: str  # in tensorflow-datasets and in messages
    shape: tuple[int, ...]  # of one picture
    classes: int
    files: tuple[tuple[str, Reader], ...]  # glob pattern below a datasets folder, reader of what matches
    remotes: tuple[Remote, ...]  # what to download; together one of `files`
    label: str = "label"  # the name of the label in tensorflow-datasets
    advice: str = ""  # another way out, for the error message


def load(dataset: Dataset) -> Arrays:
    """``(x_train, y_train), (x_test, y_test)`` from the first source that has ``dataset``.

    Pictures are uint8 (n, *shape), labels uint8 (n,). The sources, in this order: ``$JAXCNN_HOME/datasets`` (by default
    ``~/.jaxcnn/datasets``), the Keras cache ``$KERAS_HOME/datasets`` (``~/.keras/datasets``), a folder that
    tensorflow-datasets prepared as array_record files under ``$TFDS_DATA_DIR`` (``~/tensorflow_datasets``; read without
    TensorFlow), and a download into the first of them.

    Raises DamagedFileError for a file that is found but broken, DatasetNotFoundError when no source has the data.
    """
    source, tried = _search(dataset)
    if source is None and not (failed := _download(dataset)):
        source, _ = _search(dataset)
    if source is None:
        wanted, folder = " and ".join(remote.path for remote in dataset.remotes), config.home() / "datasets"
        raise DatasetNotFoundError(
            f"The data set {dataset.name} was not found. Tried:\n"
            + "".join(f"  {line}\n" for line in [*tried, *failed])
            + f"Put {wanted} into {folder} (the environment variable JAXCNN_HOME names another place than "
            f"{config.home()}), or run this again with a network connection. {dataset.advice}".rstrip()
        )
    path, reader = source
    return _checked(dataset, path, reader(path))


def find(dataset: Dataset) -> Path | None:
    """The file or folder that ``load`` would read without a download, or None."""
    source, _ = _search(dataset)
    return source[0] if source else None


def _search(dataset: Dataset) -> tuple[tuple[Path, Reader] | None, list[str]]:
    """The first source on this machine with its reader, and a line on each place that had nothing."""
    tried = []
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for folder in (config.home() / "datasets", keras / "datasets"):
        for pattern, reader in dataset.files:
            if found := sorted(glob.glob(os.path.join(glob.escape(str(folder)), pattern))):
                return (Path(found[0]), reader), []
        tried.append(f"{folder}: no {', no '.join(pattern for pattern, _ in dataset.files)}")
    folder = Path(os.environ.get("TFDS_DATA_DIR") or Path.home() / "tensorflow_datasets") / dataset.name
    prepared = sorted(folder.glob("*.*.*/dataset_info.json"), reverse=True)
    for info in prepared:
        if _file_format(info) == "array_record":
            reader = functools.partial(read_prepared, shape=dataset.shape, label=dataset.label)
            return (info.parent, reader), []
    tried.append(
        f"{folder}: prepared in a format that only TensorFlow reads; prepare it with file_format='array_record'"
        if prepared
        else f"{folder}: nothing prepared by tensorflow-datasets"
    )
    return None, tried


def _file_format(info: Path) -> str | None:
    try:
        return json.loads(info.read_text(encoding="utf-8")).get("fileFormat")
    except ValueError as error:
        raise DamagedFileError(info, f"not JSON ({error})") from error


def _download(dataset: Dataset) -> list[str]:
    """Fetch the files of ``dataset``; the reasons why that failed, empty when all came."""
    for remote in dataset.remotes:
        reasons = []
        for url in remote.urls:
            try:
                download(url, config.home() / "datasets" / remote.path, remote.checksum)
                break
            except DownloadError as error:
                reasons.append(str(error))
        else:
            return reasons
    return []


def _checked(dataset: Dataset, path: Path, arrays: Arrays) -> Arrays:
    """``arrays`` if they are labelled pictures of the expected kind."""
    for split, (x, y) in zip(("training", "test"), arrays, strict=True):
        if x.dtype != np.uint8 or x.shape[1:] != dataset.shape or len(x) == 0:
            raise DamagedFileError(
                path, f"its {split} pictures are {x.dtype} {x.shape}, expected uint8 (n, {str(dataset.shape)[1:]}"
            )
        if len(x) != len(y):
            raise DamagedFileError(path, f"it has {len(x):,} {split} pictures and {len(y):,} labels")
        if y.dtype.kind not in "ui" or y.min() < 0 or y.max() >= dataset.classes:
            raise DamagedFileError(path, f"its {split} labels are not the integers 0 to {dataset.classes - 1}")
    (x_train, y_train), (x_test, y_test) = arrays
    return (x_train, y_train.astype(np.uint8)), (x_test, y_test.astype(np.uint8))
