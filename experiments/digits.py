"""MNIST as most programs take it."""

import numpy as np

from jaxcnn.datasets import mnist
from jaxcnn.utils import to_categorical


def load(
    samples: int | None = None,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """``(x_train, y_train), (x_test, y_test)``: images (n, 28, 28, 1) from 0 to 1, labels one-hot
    (n, 10).

    Args:
        samples: at most so many of each part, the first ones; None for all.
    """
    (x_train, y_train), (x_test, y_test) = (
        (x[:samples, ..., np.newaxis].astype("float32") / 255, to_categorical(y[:samples], 10))
        for x, y in mnist.load_data()
    )
    return (x_train, y_train), (x_test, y_test)
