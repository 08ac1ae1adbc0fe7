"""Batches of images that are in memory."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.preprocessing.image.checks import require_channels, require_finite
from jaxcnn.preprocessing.image.flow import Flow, Saving
from jaxcnn.preprocessing.image.iterator import Batch, Iterator, Transform, subset_slice
from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user


class NumpyArrayIterator(Iterator):
    """Batches of images in memory; see `ImageDataGenerator.flow`.

    Args:
        x: images (n, rows, columns, channels), or a list that begins with them.
        y: targets (n, ...) of any dtype; None for none.
        image_data_generator: the generator whose changes are applied.
        batch_size: images a batch. Default: 32.
        shuffle: whether each epoch has an order of its own. Default: False.
        seed: decides everything random; None follows the seed of the library.
        data_format: 'channels_last' or 'channels_first'. Default: 'channels_last'.
        save_to_dir: folder where the images that are made are written too; None for nowhere.
        save_prefix: beginning of the names of those files. Default: ''.
        save_format: format of those files. Default: 'jpeg'.
        sample_weight: float weights (n,); None for none.
        subset: 'training' or 'validation', a part by the `validation_split` of the generator; None
            for all.

    Raises:
        ValueError: lengths that differ, or images of another rank.

    Examples:
        >>> from jaxcnn.preprocessing.image import ImageDataGenerator
        >>> batches = ImageDataGenerator().flow(np.zeros((5, 8, 8, 3)), np.arange(5), batch_size=2)
        >>> type(batches).__name__, len(batches)
        ('NumpyArrayIterator', 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    def __init__(
        self,
        x: PyTree,
        y: ArrayLike | None,
        image_data_generator: Transform,
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
        x, others = _parted(x)
        images = _numeric_array(x)
        if images.ndim != 4:
            raise ValueError(
                f"The images should have rank 4. You passed an array with shape {images.shape}"
            )
        require_channels(images, data_format, "`.flow()`")
        labels = _matching("`y` (labels)", y, images)
        weights = _matching("`sample_weight`", sample_weight, images)
        further = [np.asarray(other) for other in others]
        if any(len(array) != len(images) for array in further):
            raise ValueError(
                "All of the arrays in `x` should have the same length. Found: "
                f"{[array.shape for array in (images, *further)]}"
            )
        if labels is None and weights is not None:
            raise ValueError("`sample_weight` needs labels `y`, which are None.")
        part = subset_slice(len(images), image_data_generator.validation_split, subset)
        if labels is not None and subset is not None:
            require_classes_in_both(labels, part)
        self.x: np.ndarray = images[part]
        self.x_misc = [array[part] for array in further]
        self.y = None if labels is None else labels[part]
        self.sample_weight = None if weights is None else weights[part]
        require_finite(self.x)
        saving = Saving(save_to_dir, save_prefix, save_format)
        flow = Flow(batch_size, shuffle, seed, data_format, saving)
        super().__init__(len(self.x), image_data_generator, flow)

    def raw(self, index: np.ndarray) -> np.ndarray:
        images: np.ndarray = self.x[index]
        return images

    def with_targets(self, images: np.ndarray, index: np.ndarray) -> Batch:
        others = [array[index] for array in self.x_misc]
        inputs = [images, *others] if others else images
        if self.y is None:
            return inputs
        if self.sample_weight is None:
            return inputs, self.y[index]
        return inputs, self.y[index], self.sample_weight[index]


def _parted(x: PyTree) -> tuple[ArrayLike, list[ArrayLike]]:
    """(the images, what else a batch holds) of images alone or of (images, an array or a list)."""
    if not isinstance(x, tuple | list) or len(x) != 2 or np.ndim(x[0]) != 4:
        return x, []
    images, others = x
    return images, list(others) if isinstance(others, list) else [others]


def require_classes_in_both(labels: np.ndarray, part: slice) -> None:
    """Refuse, as Keras 2.2.4 does, parts of which one has classes that the other lacks.

    One-hot labels are warned of.
    """
    flat = labels.size == len(labels)
    hot = labels.ndim == 2 and bool(np.all((labels == 0) | (labels == 1)))
    whole = flat and bool(np.all(labels == np.floor(labels)))
    if not whole and not (hot and np.all(labels.sum(axis=1) == 1)):
        return
    classes = labels.reshape(-1) if flat else labels.argmax(axis=1)
    inside = np.unique(classes[part])
    outside = np.unique(np.delete(classes, part))
    lacking = np.setxor1d(inside, outside)
    if not lacking.size:
        return
    some = ", ".join(f"{label:g}" for label in lacking[:10])
    message = (
        f"Training and validation subsets have different classes after the split: {some} in one of "
        "them only. The validation takes the first images, so shuffle images and labels together "
        "before."
    )
    if flat:
        raise ValueError(message)
    warn_user(message)


def _numeric_array(x: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError("The images have different shapes; resize them to one first.") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"The images have dtype {array.dtype}; one array of numbers, of one size, is needed."
        )
    return array


def _matching(name: str, values: ArrayLike | None, images: np.ndarray) -> np.ndarray | None:
    """One value for each image, or None."""
    if values is None:
        return None
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != len(images):
        raise ValueError(
            f"`x` (images tensor) and {name} should have the same length. Found: x.shape = "
            f"{images.shape}, {name.split()[0].strip('`')}.shape = {array.shape}"
        )
    return array
