"""The NumPy archives that Keras keeps on its servers, and the order in which it shuffles them."""

import glob

import numpy as np

from jaxcnn.datasets import resolve

__all__ = ["STORE", "dataset", "permutation", "remote"]

STORE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


# SHA-256 of each archive, and another folder with it.
ARCHIVES = {
    "boston_housing": (
        "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
        "https://s3.amazonaws.com/keras-datasets/",
    ),
    "imdb": (
        "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        "https://s3.amazonaws.com/text-datasets/",
    ),
    "mnist": (
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        "https://s3.amazonaws.com/img-datasets/",
    ),
    "reuters": (
        "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
        "https://s3.amazonaws.com/text-datasets/",
    ),
}


def dataset(
    name: str,
    path: str,
    reader: resolve.Reader,
    *,
    older: tuple[tuple[str, resolve.Reader], ...] = (),
) -> resolve.Dataset:
    """The data set of Keras whose archive is called ``path`` here, and ``{name}.npz`` there.

    Args:
        name: in messages, addresses and `ARCHIVES`.
        path: the file to read or, failing that, to download.
        reader: of that file.
        older: files of earlier versions that are read too, each with its reader.
    """
    return resolve.Dataset(
        name=name,
        files=((glob.escape(path), reader), *older),
        remotes=(remote(name, path),),
    )


def remote(name: str, path: str) -> resolve.Remote:
    """The archive of `ARCHIVES`, to be stored as ``path``."""
    checksum, mirror = ARCHIVES[name]
    return resolve.Remote(path, checksum, (f"{STORE}{name}.npz", f"{mirror}{name}.npz"))


def permutation(n: int, seed: int) -> np.ndarray:
    """The order in which Keras shuffles ``n`` things with ``seed``."""
    order = np.arange(n)
    np.random.RandomState(seed).shuffle(order)  # not the global generator; it never changes
    return order
