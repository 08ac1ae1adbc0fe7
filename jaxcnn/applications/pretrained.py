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
from jaxcnn.spellings.stories import told_in
from jaxcnn.utils.files import DownloadError, download, download_command

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
# MD5 checksums of the published weights, with and without the classifier.
CHECKSUMS = {
    "densenet121": ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
    "densenet169": ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
    "densenet201": ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
    "inception_resnet_v2": ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
    "inception_v3": ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
    "vgg16": ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
    "vgg19": ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
    "xception": ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
}


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


def keras_files(network: str, folder: str | None = None) -> Callable[..., WeightFile]:
    """`files` of a network of `CHECKSUMS`, in a folder of keras-applications, by default its own.

    They are called ``NETWORK_weights_tf_dim_ordering_tf_kernels.h5``, or ``..._notop.h5`` without
    the classifier.
    """

    def choose(image: SymbolicTensor, include_top: bool, **arguments: Any) -> WeightFile:
        with_top, without_top = CHECKSUMS[network]
        end, checksum = (".h5", with_top) if include_top else ("_notop.h5", without_top)
        name = f"{network}_weights_tf_dim_ordering_tf_kernels{end}"
        return keras_file(f"{folder or network}/{name}", checksum)

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


@told_in("missing")
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
            f"({error}). Get it by\n  {download_command(file.url, home / file.name)}\nor, in a "
            "program, start from random weights with weights=None."
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
