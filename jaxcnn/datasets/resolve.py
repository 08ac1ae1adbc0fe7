"""Where a data set comes from: a folder of the user's, the Keras cache, a download."""

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
from jaxcnn.spellings.stories import told_in
from jaxcnn.utils.files import DownloadError, download, download_command

__all__ = ["Dataset", "DatasetNotFoundError", "Images", "Remote", "find", "load"]

Reader = Callable[[Path], Any]


class DatasetNotFoundError(FileNotFoundError):
    """No source had the data set; the message lists what was tried and what to do."""


@dataclass(frozen=True)
class Remote:
    """A file to download.

    Attributes:
        path: where it goes below the datasets folder.
        checksum: its SHA-256 (or MD5).
        urls: addresses of equal copies.
    """

    path: str
    checksum: str
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A data set and the forms in which it may lie on a disk.

    Attributes:
        name: in tensorflow-datasets and in messages.
        files: glob pattern below a datasets folder, and the reader of what matches.
        remotes: what to download; together one of `files`.
        advice: another way to get it, for the error message.
    """

    name: str
    files: tuple[tuple[str, Reader], ...]
    remotes: tuple[Remote, ...] = ()
    advice: str = ""

    def prepared(self) -> Reader | None:
        """The reader of a folder that tensorflow-datasets prepared, where it has the same data."""
        return None

    def checked(self, path: Path, content: Any) -> Any:
        """The content read from ``path``, if it is what it should be.

        Raises:
            DamagedFileError: it is not.
        """
        return content


@dataclass(frozen=True, kw_only=True)
class Images(Dataset):
    """Labelled uint8 images for training and for testing.

    Attributes:
        shape: of one image.
        classes: how many there are.
        label: the name of the label in tensorflow-datasets.
    """

    shape: tuple[int, ...]
    classes: int
    label: str = "label"

    def prepared(self) -> Reader:
        return functools.partial(read_prepared, shape=self.shape, label=self.label)

    def checked(self, path: Path, content: Arrays) -> Arrays:
        for split, (x, y) in zip(("training", "test"), content, strict=True):
            if not isinstance(x, np.ndarray):
                raise DamagedFileError(
                    path, f"its {split} images are a {type(x).__name__}, expected an array"
                )
            if x.dtype != np.uint8 or x.shape[1:] != self.shape or len(x) == 0:
                raise DamagedFileError(
                    path,
                    f"its {split} images are {x.dtype} {x.shape}, expected uint8 (n, "
                    f"{str(self.shape)[1:]}",
                )
            if len(x) != len(y):
                raise DamagedFileError(
                    path, f"it has {len(x):,} {split} images and {len(y):,} labels"
                )
            if y.dtype.kind not in "ui" or y.min() < 0 or y.max() >= self.classes:
                raise DamagedFileError(
                    path, f"its {split} labels are not the integers 0 to {self.classes - 1}"
                )
        (x_train, y_train), (x_test, y_test) = content
        return (x_train, y_train.astype(np.uint8)), (x_test, y_test.astype(np.uint8))


@told_in("missing")
def load(dataset: Dataset) -> Any:
    """The content of the data set, from the first source that has it.

    The sources, in this order: ``$JAXCNN_HOME/datasets`` (by default ``~/.jaxcnn/datasets``), the
    Keras cache ``$KERAS_HOME/datasets`` (``~/.keras/datasets``), for images a folder that
    tensorflow-datasets prepared as array_record files under ``$TFDS_DATA_DIR``
    (``~/tensorflow_datasets``; read without TensorFlow), and a download into the first of them.

    Raises:
        DamagedFileError: a file exists but is broken.
        DatasetNotFoundError: no source has the data.
    """
    source, tried = _search(dataset)
    failed: list[str] = []
    if source is None and dataset.remotes and not (failed := _download(dataset)):
        source, _ = _search(dataset)
    if source is None:
        files = " and ".join(remote.path for remote in dataset.remotes)
        files = files or " or ".join(pattern for pattern, _ in dataset.files)
        advice = f" {dataset.advice}" if dataset.advice else ""
        again = ", or run this again with a network connection" if dataset.remotes else ""
        folder = config.home() / "datasets"
        lines = [download_command(r.urls[0], folder / r.path) for r in dataset.remotes]
        by_hand = "".join(f"\n  {line}" for line in lines)
        raise DatasetNotFoundError(
            f"The data set {dataset.name} was not found. Tried:\n"
            + "".join(f"  {line}\n" for line in [*tried, *failed])
            + f"Put {files} into {folder} (the environment variable JAXCNN_HOME names another "
            f"place than {config.home()}){again}.{advice}{by_hand}"
        )
    path, reader = source
    return dataset.checked(path, reader(path))


def find(dataset: Dataset) -> Path | None:
    """The file or folder that ``load`` would read without a download, or None."""
    source, _ = _search(dataset)
    return source[0] if source else None


def _search(dataset: Dataset) -> tuple[tuple[Path, Reader] | None, list[str]]:
    """The first source on this machine with its reader, and a line on each that had nothing."""
    tried = []
    for folder in (config.home() / "datasets", config.keras_home() / "datasets"):
        for pattern, reader in dataset.files:
            if matches := sorted(glob.glob(os.path.join(glob.escape(str(folder)), pattern))):
                return (Path(matches[0]), reader), []
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
        file_format: str | None = json.loads(info.read_text(encoding="utf-8")).get("fileFormat")
    except ValueError as error:
        raise DamagedFileError(info, f"not JSON ({error})") from error
    return file_format


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
