"""Where pretrained weights come from: the models folders of this machine, or a download."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxcnn.applications.other_frameworks import load_caffe_npy, load_matconvnet
from jaxcnn.layers import SymbolicTensor
from jaxcnn.models import Model
from jaxcnn.runtime import config
from jaxcnn.utils.files import DownloadError, download

__all__ = [
    "WeightFile",
    "WeightsNotFoundError",
    "find",
    "find_or_fetch",
    "keras_file",
    "keras_files",
    "load",
]

KERAS_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications/"


class WeightsNotFoundError(FileNotFoundError):
    """A weight file is not here and cannot be downloaded; the message names it and its folder."""


@dataclass(frozen=True)
class WeightFile:
    """A published file: its name, its URL, and its MD5 or SHA-256 checksum where one is known."""

    name: str
    url: str
    checksum: str | None = None


def keras_file(path: str, checksum: str | None = None) -> WeightFile:
    """A file of keras-applications by its path there."""
    return WeightFile(path.rsplit("/", 1)[-1], KERAS_ADDRESS + path, checksum)


def keras_files(path: str, with_top: str, without_top: str) -> Callable[..., WeightFile]:
    """`files` of a network with two published files, ``PATH.h5`` and ``PATH_notop.h5``.

    Args:
        path: theirs in keras-applications, without the end.
        with_top, without_top: their MD5 checksums.
    """

    def choose(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
        if include_top:
            return keras_file(f"{path}.h5", with_top)
        return keras_file(f"{path}_notop.h5", without_top)

    return choose


def find(name: str) -> Path | None:
    """The file of that name in ``$JAXCNN_HOME/models`` or in the Keras cache, or None."""
    for folder in folders():
        if (folder / name).is_file():
            return folder / name
    return None


def folders() -> tuple[Path, Path]:
    """Where files are searched: ``$JAXCNN_HOME/models``, then the ``models`` of the Keras cache."""
    return config.home() / "models", config.keras_home() / "models"


def find_or_fetch(file: WeightFile) -> Path:
    """The file on this machine, downloaded into ``$JAXCNN_HOME/models`` if necessary.

    Raises:
        WeightsNotFoundError: it is not here, and the download failed.
    """
    if (path := find(file.name)) is not None:
        return path
    home, keras = folders()
    try:
        return download(file.url, home / file.name, file.checksum)
    except DownloadError as error:
        raise WeightsNotFoundError(
            f"The file {file.name} is neither in {home} nor in {keras}, and could not be fetched "
            f"({error}). Put it into {home}, or use weights=None."
        ) from error


def load(model: Model, path: str | os.PathLike[str]) -> None:
    """Put the weights of a file into a model: Keras HDF5, or Caffe's (.npy) or MatConvNet's (.mat).

    Raises:
        ValueError: the file is not such a file, or its weights have other shapes; the message names
            the layer.
    """
    path = Path(path)
    if path.suffix == ".npy":
        load_caffe_npy(model, path)
    elif path.suffix == ".mat":
        load_matconvnet(model, path)
    else:
        model.load_weights(path)
