"""Small colour photographs: 50,000 for training and 10,000 for testing, 32 x 32 RGB, 10 classes.

The classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
"""

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import Arrays, read_cifar10, read_npz
from jaxcnn.runtime import config

__all__ = ["load_data"]


def dataset() -> resolve.Images:
    """The form of CIFAR-10, and where it may be."""
    return resolve.Images(
        name="cifar10",
        shape=(32, 32, 3),
        classes=10,
        files=(
            ("cifar10.npz", read_npz),
            ("cifar-10-batches-py", read_cifar10),
            ("cifar-10-batches-py-target/cifar-10-batches-py", read_cifar10),
            ("cifar-10-python.tar.gz", read_cifar10),
            ("cifar-10-batches-py.tar.gz", read_cifar10),
        ),
        remotes=(
            published(
                "cifar-10-python.tar.gz",
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
    )


def load_data() -> Arrays:
    """CIFAR-10 as ``(x_train, y_train), (x_test, y_test)``.

    Images are uint8 (50000, 32, 32, 3) and (10000, 32, 32, 3), or (n, 3, 32, 32) when the image
    data format is "channels_first"; labels uint8 (50000, 1) and (10000, 1).

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.cifar10.load_data()

    References:
        - Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
          <https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf>
    """
    return as_keras(resolve.load(dataset()))


def published(path: str, checksum: str) -> resolve.Remote:
    """A file of the authors' own page."""
    return resolve.Remote(path, checksum, (f"https://www.cs.toronto.edu/~kriz/{path}",))


def as_keras(arrays: Arrays) -> Arrays:
    """Images (n, 32, 32, 3) in the current image data format, labels (n,) as a column (n, 1)."""
    (x_train, y_train), (x_test, y_test) = arrays
    if config.image_data_format() == "channels_first":
        x_train, x_test = (np.ascontiguousarray(x.transpose(0, 3, 1, 2)) for x in (x_train, x_test))
    return (x_train, y_train[:, None]), (x_test, y_test[:, None])
