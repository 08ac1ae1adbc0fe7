"""MNIST as in TensorFlow's tutorials: 55,000 digits to train, 5,000 to validate, 10,000 to test."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from jaxcnn.runtime import config
from jaxcnn.utils.np_utils import to_categorical

__all__ = ["read_data_sets"]


class DataSet:
    """float32 images from 0 to 1, (n, 784) or (n, 28, 28, 1), and digits or one-hot rows."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = images, labels
        self.num_examples = len(images)
        self.epochs_completed = 0
        self._order = np.arange(len(images))
        self._next = 0
        self._random = np.random.default_rng(config.seed())

    def next_batch(self, batch_size: int, shuffle: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """The next images and labels; each epoch has another order."""
        if batch_size > self.num_examples:
            raise ValueError(
                f"next_batch: {batch_size} is more than the {self.num_examples} examples there are."
            )
        if self._next == 0 and self.epochs_completed == 0 and shuffle:
            self._random.shuffle(self._order)
        taken = self._order[self._next : self._next + batch_size].copy()
        self._next += batch_size
        if self._next >= self.num_examples:
            self.epochs_completed += 1
            self._next = batch_size - len(taken)
            if shuffle:
                self._random.shuffle(self._order)
            taken = np.concatenate([taken, self._order[: self._next]])
        return self.images[taken], self.labels[taken]


@dataclasses.dataclass
class DataSets:
    """The three parts."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: str = "",
    one_hot: bool = False,
    reshape: bool = True,
    validation_size: int = 5000,
    **other: object,
) -> DataSets:
    """MNIST from the idx files in the folder `train_dir`, else from `jaxcnn.datasets.mnist`.

    The validation part is the first `validation_size` training digits.
    """
    if other:
        raise TypeError(f"read_data_sets: {', '.join(other)} is not supported here.")
    from jaxcnn.datasets import formats, mnist

    files = sorted(Path(train_dir).glob("train-images[-.]idx3-ubyte*"))
    (x_train, y_train), (x_test, y_test) = (
        formats.read_idx(files[0]) if files else mnist.load_data()
    )

    def part(images: np.ndarray, labels: np.ndarray) -> DataSet:
        shape = (-1, 784) if reshape else (-1, 28, 28, 1)
        values = images.reshape(shape).astype(np.float32) / np.float32(255)
        return DataSet(values, to_categorical(labels, 10) if one_hot else labels)

    at = validation_size
    return DataSets(
        part(x_train[at:], y_train[at:]), part(x_train[:at], y_train[:at]), part(x_test, y_test)
    )
