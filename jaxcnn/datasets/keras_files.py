"""The NumPy archives that Keras keeps on its servers, and the order in which it shuffles them."""

import glob

import numpy as np

from jaxcnn.datasets import resolve

__all__ = ["STORE", "dataset", "permutation"]

STORE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def dataset(
    name: str,
    path: str,
    reader: resolve.Reader,
    *,
    checksum: str,
    mirror: str,
    older: tuple[tuple[str, resolve.Reader], ...] = (),
) -> resolve.Dataset:
    """The data set of Keras whose archive is called ``path`` here, and ``{name}.npz`` there.

    Args:
        name: in messages and addresses.
        path: the file to read or, failing that, to download.
        reader: of that file.
        checksum: its SHA-256.
        mirror: another folder with the file.
        older: files of earlier versions that are read too, each with its reader.
    """
    urls = (f"{STORE}{name}.npz", f"{mirror}{name}.npz")
    return resolve.Dataset(
        name=name,
        files=((glob.escape(path), reader), *older),
        remotes=(resolve.Remote(path, checksum, urls),),
    )


def permutation(n: int, seed: int) -> np.ndarray:
    """The order in which Keras shuffles ``n`` things with ``seed``."""
    order = np.arange(n)
    np.random.RandomState(seed).shuffle(order)  # not the global generator; it never changes
    return order
