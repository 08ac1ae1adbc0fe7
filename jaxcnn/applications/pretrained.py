"""Where pretrained weights come from: the models folders of this machine, or a download."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxcnn.runtime import config
from jaxcnn.utils.files import DownloadError, download

__all__ = ["WeightFile", "WeightsNotFoundError", "find", "find_or_fetch", "keras_file", "load"]

KERAS_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications/"


class WeightsNotFoundError(FileNotFoundError):
    """A weight file is neither here nor to be fetched; the message names the file and the folder
    for it.
    """


@dataclass(frozen=True)
class WeightFile:
    """A published file: its name, its address, and its MD5 or SHA-256 checksum where one is known."""

    name: str
    url: str
    checksum: str | None = None


def keras_file(path: str, checksum: str | None = None) -> WeightFile:
    """A file of keras-applications by its path there."""
    return WeightFile(path.rsplit("/", 1)[-1], KERAS_ADDRESS + path, checksum)


def find(name: str) -> Path | None:
    """The file of that name in ``$JAXCNN_HOME/models`` or in the Keras cache, or None."""
    for folder in folders():
        if (folder / name).is_file():
            return folder / name
    return None


def folders() -> tuple[Path, Path]:
    """Where files are looked for: ``$JAXCNN_HOME/models``, then ``$KERAS_HOME/models``
    (``~/.keras/models``).
    """
    return config.home() / "models", config.keras_home() / "models"


def find_or_fetch(file: WeightFile) -> Path:
    """The file on this machine, downloaded into ``$JAXCNN_HOME/models`` if need be.

    Raises:
        WeightsNotFoundError: it is not here, and the download failed.
    """
    if (found := find(file.name)) is not None:
        return found
    own, keras = folders()
    try:
        return download(file.url, own / file.name, file.checksum)
    except DownloadError as error:
        raise WeightsNotFoundError(
            f"The file {file.name} is neither in {own} nor in {keras}, and could not be fetched "
            f"({error}). Put it into "
            f"{own}, or use weights=None."
        ) from error


def load(model: Any, path: str | Path) -> None:
    """Put the weights in a file into a model: Keras HDF5, or what other frameworks published (.npy,
    .mat).

    Raises:
        ValueError: the file is not such a file, or its weights have other shapes; the message names
            the layer.
    """
    if Path(path).suffix == ".npy":
        from jaxcnn.applications.foreign import load_caffe_npy

        load_caffe_npy(model, path)
    elif Path(path).suffix == ".mat":
        from jaxcnn.applications.foreign import load_matconvnet

        load_matconvnet(model, path)
    else:
        model.load_weights(path)
