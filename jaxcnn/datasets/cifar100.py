"""Small colour photographs, 32 x 32 RGB, of 100 classes in 20 groups.

50,000 are for training and 10,000 for testing.
"""

import functools

from jaxcnn.datasets import resolve
from jaxcnn.datasets.cifar10 import as_keras, published
from jaxcnn.datasets.formats import Arrays, read_cifar100
from jaxcnn.spellings.keywords import suggesting

__all__ = ["load_data"]


def dataset(label_mode: str = "fine") -> resolve.Images:
    """The form of CIFAR-100, and where it may be."""
    read = functools.partial(read_cifar100, label_mode=label_mode)
    return resolve.Images(
        name="cifar100",
        shape=(32, 32, 3),
        classes={"fine": 100, "coarse": 20}[label_mode],
        files=(
            ("cifar-100-python", read),
            ("cifar-100-python-target/cifar-100-python", read),
            ("cifar-100-python.tar.gz", read),
        ),
        remotes=(
            published(
                "cifar-100-python.tar.gz",
                "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            ),
        ),
        label={"fine": "label", "coarse": "coarse_label"}[label_mode],
    )


@suggesting
def load_data(label_mode: str = "fine") -> Arrays:
    """CIFAR-100 as ``(x_train, y_train), (x_test, y_test)``, in the shapes and types of CIFAR-10.

    Where it is looked for and what else is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        label_mode: "fine" for the 100 classes, "coarse" for their 20 groups. Default: 'fine'.

    Raises:
        ValueError: another label mode.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.cifar100.load_data("coarse")

    References:
        - Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
          <https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf>
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f"label_mode must be 'fine' or 'coarse'; got {label_mode!r}.")
    return as_keras(resolve.load(dataset(label_mode)))
