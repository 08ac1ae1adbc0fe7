"""`ImageDataGenerator` with the random numbers and the arithmetic that Keras's own had.

NumPy's random numbers decide order and changes; with a seed they begin anew before each batch, at
the seed plus the number of batches before.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np

from jaxcnn.compat import image_iterator
from jaxcnn.compat.image_functions import (
    apply_brightness_shift,
    apply_channel_shift,
    changed,
    drawn_zoom,
    random_channel_shift,
)
from jaxcnn.preprocessing import image
from jaxcnn.preprocessing.image import save_img
from jaxcnn.preprocessing.image.augmentation import Shift
from jaxcnn.preprocessing.image.checks import one_image, require_channels
from jaxcnn.preprocessing.image.iterator import Batch
from jaxcnn.preprocessing.image.pipeline import TransformParameters
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayLike, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.translate import old_spellings

MOVES = ("tx", "ty", "zx", "zy")


class DrawnByNumPy(image_iterator.Iterator):
    """An iterator of the library, `source`, whose order and changes NumPy decides."""

    source: ClassVar[type[image.Iterator]]
    names_of_saved = 10_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        make = cast(Any, self.source.__init__)
        make(self, *args, **kwargs)
        given = inspect.signature(make).bind(self, *args, **kwargs).arguments
        super().__init__(self.n, self.batch_size, self.shuffle, given.get("seed"))

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Batch:
        iterator = cast(Any, self)
        raw = iterator.raw(index_array)
        images = np.stack([iterator.image_data_generator.processed(x) for x in raw])
        if iterator.save_to_dir is not None:
            for index, pixels in zip(index_array, images, strict=True):
                number = np.random.randint(self.names_of_saved)
                name = f"{iterator.save_prefix}_{index}_{number}.{iterator.save_format}"
                save_img(Path(iterator.save_to_dir) / name, pixels, iterator.data_format)
        return cast(Batch, iterator.with_targets(images, index_array))


class NumpyArrayIterator(DrawnByNumPy, image.NumpyArrayIterator):  # type: ignore[misc]  # both are iterators
    """Batches of images in memory."""

    source = image.NumpyArrayIterator


class DirectoryIterator(DrawnByNumPy, image.DirectoryIterator):  # type: ignore[misc]  # both are iterators
    """Batches of the images in a folder that has a folder for each class."""

    source = image.DirectoryIterator
    names_of_saved = 10_000_000


class DataFrameIterator(DrawnByNumPy, image.DataFrameIterator):  # type: ignore[misc]  # both are iterators
    """Batches of the images that a table names."""

    source = image.DataFrameIterator
    names_of_saved = 10_000_000


class ImageDataGenerator(image.ImageDataGenerator):
    """Batches of images, changed at random and standardised."""

    array_iterator = NumpyArrayIterator
    directory_iterator = DirectoryIterator
    dataframe_iterator = DataFrameIterator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not dialect().image_parameters:
            return
        for name, needed in (
            ("zca_whitening", "featurewise_center"),
            ("featurewise_std_normalization", "featurewise_center"),
            ("samplewise_std_normalization", "samplewise_center"),
        ):
            if getattr(self, name) and not getattr(self, needed):
                warn_user(f"`{name}` of an ImageDataGenerator sets `{needed}`, too.")
                setattr(self, needed, True)
        if self.zca_whitening and self.featurewise_std_normalization:
            warn_user("`zca_whitening` of an ImageDataGenerator needs no standard deviations.")
            self.featurewise_std_normalization = False

    # -- one image ---------------------------------------------------------------------------------

    def get_random_transform(
        self, img_shape: Sequence[int], seed: int | None = None
    ) -> TransformParameters:
        """The parameters of one random change of an image of this shape, for `apply_transform`."""
        if seed is not None:
            np.random.seed(seed)
        settings = self.augmentation
        drawn: TransformParameters = dict(self._moves(tuple(img_shape)))
        drawn["flip_horizontal"] = (np.random.random() < 0.5) * settings.horizontal_flip
        drawn["flip_vertical"] = (np.random.random() < 0.5) * settings.vertical_flip
        most, lightness = settings.channel_shift_range, settings.brightness_range
        drawn["channel_shift_intensity"] = np.random.uniform(-most, most) if most else None
        drawn["brightness"] = None if lightness is None else np.random.uniform(*lightness)
        return drawn

    def _moves(self, shape: tuple[int, ...]) -> dict[str, float]:
        """The parameters that move pixels; theta and shear as the ranges are given."""
        settings = self.augmentation
        turn, shear = settings.rotation_range, settings.shear_range
        theta = np.random.uniform(-turn, turn) if turn else 0
        tx = drawn_shift(settings.height_shift_range, shape[self.row_axis - 1])
        ty = drawn_shift(settings.width_shift_range, shape[self.col_axis - 1])
        sheared = np.random.uniform(-shear, shear) if shear else 0
        zx, zy = drawn_zoom(cast(tuple[float, float], settings.zoom_range))
        return {"theta": theta, "tx": tx, "ty": ty, "shear": sheared, "zx": zx, "zy": zy}

    def _moved(self, x: np.ndarray, moves: Settings, shear: float) -> np.ndarray:
        given = {name: moves[name] for name in MOVES if name in moves}
        theta = np.deg2rad(moves.get("theta", 0))
        axes = (self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1)
        outside = self.augmentation.fill_mode, self.augmentation.cval
        return changed(x, axes, outside, theta=theta, shear=shear, **given)

    def apply_transform(self, x: ArrayLike, transform_parameters: Settings) -> np.ndarray:
        """An image (three axes) changed by the given parameters; absent ones change nothing."""
        given = transform_parameters
        pixels = self._moved(one_image(x), given, np.deg2rad(given.get("shear", 0)))
        if (shift := given.get("channel_shift_intensity")) is not None:
            pixels = apply_channel_shift(pixels, shift, self.channel_axis - 1)
        if given.get("flip_horizontal"):
            pixels = np.flip(pixels, self.col_axis - 1)
        if given.get("flip_vertical"):
            pixels = np.flip(pixels, self.row_axis - 1)
        if (brightness := given.get("brightness")) is not None:
            pixels = apply_brightness_shift(pixels, brightness)
        return pixels

    def random_transform(self, x: ArrayLike, seed: int | None = None) -> np.ndarray:
        """An image (three axes) changed at random, in the same shape."""
        pixels = one_image(x)
        if dialect().image_parameters:
            return self.apply_transform(pixels, self.get_random_transform(pixels.shape, seed))
        settings = self.augmentation
        moves = self._moves(pixels.shape)
        pixels = self._moved(pixels, moves, moves["shear"])
        if settings.channel_shift_range:
            most = settings.channel_shift_range
            pixels = random_channel_shift(pixels, most, self.channel_axis - 1)
        flips = (settings.horizontal_flip, self.col_axis), (settings.vertical_flip, self.row_axis)
        for flip, axis in flips:
            if flip and np.random.random() < 0.5:
                pixels = np.flip(pixels, axis - 1)
        return pixels

    def processed(self, x: np.ndarray) -> np.ndarray:
        """An image as batches have it: changed at random, then standardised."""
        changed_image = self.random_transform(x.astype(config.floatx()))
        return self.standardize(changed_image).astype(config.floatx())

    def standardize(self, x: ArrayLike) -> np.ndarray:
        """An image, or a batch of them, preprocessed and normalised as asked for."""
        pixels = np.array(x)
        if self.preprocessing_function is not None:
            pixels = np.asarray(self.preprocessing_function(pixels))
        if self.rescale:
            pixels = pixels * self.rescale
        axis = None if dialect().image_parameters else self.channel_axis - 1
        if self.samplewise_center:
            pixels = pixels - np.mean(pixels, axis=axis, keepdims=True)
        if self.samplewise_std_normalization:
            pixels = pixels / (np.std(pixels, axis=axis, keepdims=True) + self._fuzz)
        if self.featurewise_center and self._learned("featurewise_center", self.mean):
            pixels = pixels - self.mean
        named, std = "featurewise_std_normalization", self.std
        if self.featurewise_std_normalization and self._learned(named, std):
            pixels = pixels / (cast(np.ndarray, std) + self._fuzz)
        components = self.principal_components
        if self.zca_whitening and self._learned("zca_whitening", components):
            flat = pixels.reshape(-1, int(np.prod(pixels.shape[-3:])))
            pixels = (flat @ components).reshape(pixels.shape)
        return pixels

    @property
    def _fuzz(self) -> float:
        return 1e-6 if dialect().image_parameters else config.epsilon()

    def _learned(self, name: str, value: np.ndarray | None) -> bool:
        """Whether a statistic is there; a warning says that it is not."""
        if value is None:
            warn_user(f"`{name}` changes nothing before .fit(x) has seen training images.")
        return value is not None

    # -- statistics --------------------------------------------------------------------------------

    @old_spellings
    def fit(
        self, x: ArrayLike, augment: bool = False, rounds: int = 1, seed: int | None = None
    ) -> None:
        """Learn the statistics of the images as they are or, with `augment`, changed at random.

        Args:
            x: images (n, rows, columns, channels) with 1, 3 or 4 channels, or channels first.
            augment: look at randomly changed images.
            rounds: with `augment`, how often to go through the data.
            seed: decides the changes.

        Raises:
            ValueError: other axes or channels.
        """
        images = np.array(x, config.floatx())
        if images.ndim != 4:
            raise ValueError(
                f"Input to `.fit()` should have rank 4. Got array with shape: {images.shape}"
            )
        require_channels(images, self.data_format, "`.fit()`")
        if seed is not None:
            np.random.seed(seed)
        if augment:
            images = np.stack([self.random_transform(x) for _ in range(rounds) for x in images])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(images, axis=axes, keepdims=True)[0]
            images = images - self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(images, axis=axes, keepdims=True)[0]
            images = images / (self.std + self._fuzz)
        if self.zca_whitening:
            flat = images.reshape(len(images), -1)
            u, s, _ = np.linalg.svd(flat.T @ flat / len(flat))
            self.principal_components = (u / np.sqrt(s + self.zca_epsilon)) @ u.T


def drawn_shift(most: Shift, size: int) -> float:
    """A shift in pixels along an axis of `size` points.

    From Keras 2.2 on a whole number is a range of pixels, and several are the shifts to choose
    from; both have either sign.
    """
    if not most:
        return 0
    if not dialect().image_parameters:
        return float(np.random.uniform(-most, most)) * size  # type: ignore[operator]
    if isinstance(most, float):
        shift = np.random.uniform(-most, most)
    else:
        shift = np.random.choice(most) * np.random.choice([-1, 1]) + 0.0  # never -0.0
    return float(shift * size if np.max(most) < 1 else shift)
