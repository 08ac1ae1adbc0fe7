"""Images of clothes in the format of MNIST: 60,000 and 10,000 of 28 x 28 gray levels, 10 classes.

The classes: T-shirt/top, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.
"""

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import Arrays, read_idx, read_npz

__all__ = ["load_data"]

_CHECKSUMS = {
    "train-images-idx3-ubyte.gz": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    ),
    "train-labels-idx1-ubyte.gz": (
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
    ),
}


def dataset() -> resolve.Images:
    """The form of Fashion-MNIST, and where it may be."""
    return resolve.Images(
        name="fashion_mnist",
        shape=(28, 28),
        classes=10,
        files=(
            ("fashion_mnist.npz", read_npz),
            ("fashion[-_]mnist/train-images[-.]idx3-ubyte*", read_idx),
        ),
        remotes=tuple(
            resolve.Remote(
                path=f"fashion-mnist/{name}",
                checksum=checksum,
                urls=(f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{name}",),
            )
            for name, checksum in _CHECKSUMS.items()
        ),
    )


def load_data() -> Arrays:
    """Fashion-MNIST as ``(x_train, y_train), (x_test, y_test)``, in the shapes and types of MNIST.

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.fashion_mnist.load_data()

    References:
        - Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
          Learning Algorithms", 2017, <https://arxiv.org/abs/1708.07747>
    """
    arrays: Arrays = resolve.load(dataset())
    return arrays
