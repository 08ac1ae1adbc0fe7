"""Where a data set comes from: your own folder, the Keras cache, a prepared tensorflow-datasets
folder, a download.
"""

import functools
import glob
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.datasets.formats import Arrays, DamagedFileError, read_prepared
from jaxcnn.runtime import config
from jaxcnn.utils.files import DownloadError, download

__all__ = ["Dataset", "DatasetNotFoundError", "Pictures", "Remote", "find", "load"]

Reader = Callable[[Path], Any]


class DatasetNotFoundError(FileNotFoundError):
    """No source had the data set; the message lists what was tried and what to do."""


@dataclass(frozen=True)
class Remote:
    """A file to download: its path below the datasets folder, its SHA-256 (or MD5), and addresses
    of equal copies.
    """

    path: str
    checksum: str
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A data set and the forms in which it may lie on a disk."""

    name: str  # in tensorflow-datasets and in messages
    files: tuple[
        tuple[str, Reader], ...
    ]  # glob pattern below a datasets folder, reader of what matches
    remotes: tuple[Remote, ...] = ()  # what to download; together one of `files`
    advice: str = ""  # another way out, for the error message

    def prepared(self) -> Reader | None:
        """The reader of a folder that tensorflow-datasets prepared, where one holds the same data."""
        return None

    def checked(self, path: Path, content: Any) -> Any:
        """What was read from ``path``, or a DamagedFileError when it is not what it should be."""
        return content


@dataclass(frozen=True, kw_only=True)
class Pictures(Dataset):
    """Labelled uint8 pictures for training and for testing."""

    shape: tuple[int, ...]  # of one picture
    classes: int
    label: str = "label"  # the name of the label in tensorflow-datasets

    def prepared(self) -> Reader:
        return functools.partial(read_prepared, shape=self.shape, label=self.label)

    def checked(self, path: Path, content: Arrays) -> Arrays:
        for split, (x, y) in zip(("training", "test"), content, strict=True):
            if not isinstance(x, np.ndarray):
                raise DamagedFileError(
                    path, f"its {split} pictures are a {type(x).__name__}, expected an array"
                )
            if x.dtype != np.uint8 or x.shape[1:] != self.shape or len(x) == 0:
                raise DamagedFileError(
                    path,
                    f"its {split} pictures are {x.dtype} {x.shape}, expected uint8 (n, "
                    f"{str(self.shape)[1:]}",
                )
            if len(x) != len(y):
                raise DamagedFileError(
                    path, f"it has {len(x):,} {split} pictures and {len(y):,} labels"
                )
            if y.dtype.kind not in "ui" or y.min() < 0 or y.max() >= self.classes:
                raise DamagedFileError(
                    path, f"its {split} labels are not the integers 0 to {self.classes - 1}"
                )
        (x_train, y_train), (x_test, y_test) = content
        return (x_train, y_train.astype(np.uint8)), (x_test, y_test.astype(np.uint8))


def load(dataset: Dataset) -> Any:
    """What the reader of the first source that has ``dataset`` returns.

    The sources, in this order: ``$JAXCNN_HOME/datasets`` (by default ``~/.jaxcnn/datasets``), the
    Keras cache ``$KERAS_HOME/datasets`` (``~/.keras/datasets``), for pictures a folder that
    tensorflow-datasets prepared as array_record files under ``$TFDS_DATA_DIR``
    (``~/tensorflow_datasets``; read without TensorFlow), and a download into the first of them.

    Raises DamagedFileError for a file that is found but broken, DatasetNotFoundError when no source
    has the data.
    """
    source, tried = _search(dataset)
    failed: list[str] = []
    if source is None and dataset.remotes and not (failed := _download(dataset)):
        source, _ = _search(dataset)
    if source is None:
        wanted = " and ".join(remote.path for remote in dataset.remotes)
        wanted = wanted or " or ".join(pattern for pattern, _ in dataset.files)
        again = ", or run this again with a network connection" if dataset.remotes else ""
        raise DatasetNotFoundError(
            f"The data set {dataset.name} was not found. Tried:\n"
            + "".join(f"  {line}\n" for line in [*tried, *failed])
            + f"Put {wanted} into {config.home() / 'datasets'} (the environment variable "
            "JAXCNN_HOME names another "
            f"place than {config.home()}){again}. {dataset.advice}".rstrip()
        )
    path, reader = source
    return dataset.checked(path, reader(path))


def find(dataset: Dataset) -> Path | None:
    """The file or folder that ``load`` would read without a download, or None."""
    source, _ = _search(dataset)
    return source[0] if source else None


def _search(dataset: Dataset) -> tuple[tuple[Path, Reader] | None, list[str]]:
    """The first source on this machine with its reader, and a line on each place that had nothing."""
    tried = []
    for folder in (config.home() / "datasets", config.keras_home() / "datasets"):
        for pattern, reader in dataset.files:
            if found := sorted(glob.glob(os.path.join(glob.escape(str(folder)), pattern))):
                return (Path(found[0]), reader), []
        tried.append(f"{folder}: no {', no '.join(pattern for pattern, _ in dataset.files)}")
    prepared_reader = dataset.prepared()
    if prepared_reader is None:
        return None, tried
    folder = (
        Path(os.environ.get("TFDS_DATA_DIR") or Path.home() / "tensorflow_datasets") / dataset.name
    )
    prepared = sorted(folder.glob("*.*.*/dataset_info.json"), reverse=True)
    for info in prepared:
        if _file_format(info) == "array_record":
            return (info.parent, prepared_reader), []
    tried.append(
        f"{folder}: prepared in a format that only TensorFlow reads; prepare it with "
        "file_format='array_record'"
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
