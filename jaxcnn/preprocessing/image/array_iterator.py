"""Batches of pictures that are in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.preprocessing.image.iterator import (
    Iterator,
    require_channels,
    require_finite,
    split_bounds,
)

if TYPE_CHECKING:
    from jaxcnn.preprocessing.image.generator import ImageDataGenerator


class NumpyArrayIterator(Iterator):
    """Batches of pictures in memory; see `ImageDataGenerator.flow`."""

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike | None,
        image_data_generator: ImageDataGenerator,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int | None = None,
        data_format: str = "channels_last",
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        sample_weight: ArrayLike | None = None,
        subset: str | None = None,
    ) -> None:
        pictures = _pictures(x)
        if pictures.ndim != 4:
            raise ValueError(
                f"The pictures should have rank 4. You passed an array with shape {pictures.shape}"
            )
        require_channels(pictures, data_format, "`.flow()`")
        labels = _matching("y (labels)", y, pictures)
        weights = _matching("sample_weight", sample_weight, pictures)
        if labels is None and weights is not None:
            raise ValueError("`sample_weight` needs labels `y`, which are None.")
        part = split_bounds(len(pictures), image_data_generator.validation_split, subset)
        self.x = pictures[part]
        self.y = None if labels is None else labels[part]
        self.sample_weight = None if weights is None else weights[part]
        require_finite(self.x)
        super().__init__(
            len(self.x),
            image_data_generator,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
        )

    def _raw(self, index: np.ndarray) -> np.ndarray:
        return self.x[index]

    def _with_targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        if self.y is None:
            return pictures
        if self.sample_weight is None:
            return pictures, self.y[index]
        return pictures, self.y[index], self.sample_weight[index]


def _pictures(x: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError("The pictures have different shapes; resize them to one first.") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"The pictures have dtype {array.dtype}; one array of numbers, of one size, is needed."
        )
    return array


def _matching(name: str, values: ArrayLike | None, pictures: np.ndarray) -> np.ndarray | None:
    if values is None:
        return None
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != len(pictures):
        raise ValueError(
            f"X (images tensor) and {name} should have the same length. Found: X.shape = "
            f"{pictures.shape}, "
            f"{name.split()[0]}.shape = {array.shape}"
        )
    return array
