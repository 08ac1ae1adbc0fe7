"""`ImageDataGenerator`: pictures changed at random and standardised, batch after batch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.array_iterator import NumpyArrayIterator
from jaxcnn.preprocessing.image.augmentation import Augmentation, Shift
from jaxcnn.preprocessing.image.dataframe_iterator import DataFrameIterator
from jaxcnn.preprocessing.image.directory_iterator import DirectoryIterator
from jaxcnn.preprocessing.image.files import channels_first
from jaxcnn.preprocessing.image.iterator import require_channels, require_finite
from jaxcnn.preprocessing.image.standardization import (
    SampleSteps,
    Statistics,
    learn_statistics,
    standardize,
)
from jaxcnn.runtime import context
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.spellings.translate import old_spellings

_CHUNK = 256  # pictures that `fit` looks at together


@old_spellings
class ImageDataGenerator:
    """Batches of pictures, changed at random and standardised.

    Args:
        featurewise_center: subtract the mean of each channel over the data (needs `fit`).
        samplewise_center: subtract each picture's own mean.
        featurewise_std_normalization: divide by the standard deviation of each channel over the
            data (needs `fit`).
        samplewise_std_normalization: divide each picture by its own standard deviation.
        zca_whitening: decorrelate the pixels (needs `fit`); meant for centred data, see
            `featurewise_center`.
        rotation_range, width_shift_range, height_shift_range, shear_range, zoom_range,
        channel_shift_range, fill_mode,
            cval, horizontal_flip, vertical_flip, brightness_range, interpolation_order: see
                `Augmentation`.
        rescale: factor for all values, after the random changes and before the other steps; None or
            0 for none.
        preprocessing_function: called with each picture, an array of three axes, after the random
            changes; returns one of the same shape.
        data_format: 'channels_last' or 'channels_first'; by default as configured.
        zca_epsilon: what is added to the variances in whitening.
        validation_split: the fraction in (0, 1) of the data, the first part of it, that
            ``subset="validation"`` gives.

    Attributes:
        augmentation: the random changes; ``model.fit(x, y, augment=generator.augmentation)`` makes
            them on the device.
        mean, std, principal_components: what `fit` found, or None.

    Raises ValueError for settings without a meaning.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        rotation_range: float = 0.0,
        width_shift_range: Shift | Sequence[float] = 0.0,
        height_shift_range: Shift | Sequence[float] = 0.0,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], ArrayLike] | None = None,
        data_format: str | None = None,
        zca_epsilon: float = 1e-6,
        brightness_range: Sequence[float] | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 0,
    ) -> None:
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                f"`validation_split` is {validation_split}; it must lie between 0 and 1."
            )
        self.augmentation = Augmentation(
            rotation_range=rotation_range,
            width_shift_range=width_shift_range,  # type: ignore[arg-type]  # made a tuple
            height_shift_range=height_shift_range,  # type: ignore[arg-type]
            shear_range=shear_range,
            zoom_range=zoom_range,  # type: ignore[arg-type]
            channel_shift_range=channel_shift_range,
            brightness_range=brightness_range,  # type: ignore[arg-type]
            fill_mode=fill_mode,  # type: ignore[arg-type]  # checked there
            cval=cval,
            horizontal_flip=bool(horizontal_flip),
            vertical_flip=bool(vertical_flip),
            interpolation_order=interpolation_order,
        )
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.validation_split = validation_split
        self.data_format = "channels_first" if channels_first(data_format) else "channels_last"
        self.channel_axis, self.row_axis, self.col_axis = (
            (1, 2, 3) if channels_first(data_format) else (3, 1, 2)
        )
        self.mean: np.ndarray | None = None
        self.std: np.ndarray | None = None
        self.principal_components: np.ndarray | None = None

    # -- one picture -------------------------------------------------------------------------------

    def get_random_transform(
        self, img_shape: Sequence[int], seed: int | None = None
    ) -> dict[str, Any]:
        """The numbers of one random change of a picture of this shape, for `apply_transform`.

        theta in degrees, shear in radians, tx and ty the shifts in pixels along rows and columns,
        zx and zy the zoom factors along them, flip_horizontal, flip_vertical,
        channel_shift_intensity (a number a channel) and brightness.
        """
        shape = tuple(img_shape)
        if self.data_format == "channels_first":
            shape = (*shape[1:], shape[0])
        drawn = jax.device_get(_draw(self.augmentation, _key(seed), (1, *shape)))
        neutral = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}
        flips = {"flip_horizontal": False, "flip_vertical": False}
        absent = {"channel_shift_intensity": None, "brightness": None}
        found = {name: value[0].tolist() for name, value in drawn.items()}
        return {**neutral, **flips, **absent, **found}

    def apply_transform(self, x: ArrayLike, transform_parameters: Mapping[str, Any]) -> np.ndarray:
        """A picture (three axes) changed by the given numbers; see `get_random_transform`. Absent
        ones change nothing.

        Raises ValueError for an unknown name.
        """
        known = self.get_random_transform((1, 1, 1))
        if unknown := sorted(set(transform_parameters) - set(known)):
            raise ValueError(
                f"Unknown transform parameters {', '.join(unknown)}; expected some of "
                f"{', '.join(known)}."
            )
        given = {
            n: np.atleast_1d(v)[None] if n == "channel_shift_intensity" else np.asarray([v])
            for n, v in transform_parameters.items()
            if v is not None
        }
        batch = self._channels_last(_picture(x)[None])
        return np.array(self._as_given(_apply(self.augmentation, batch, given)))[0]

    def random_transform(self, x: ArrayLike, seed: int | None = None) -> np.ndarray:
        """A picture (three axes) changed at random, in the same shape."""
        batch = self._channels_last(_picture(x)[None])
        return np.array(self._as_given(self.augmentation(_key(seed), batch)))[0]

    def standardize(self, x: ArrayLike) -> np.ndarray:
        """A picture (three axes), or a batch of them, after `preprocessing_function` and the
        normalisations asked for.

        Raises RuntimeError when they need statistics and `fit` has not been called.
        """
        x = np.asarray(x)
        batch = self._preprocessed(x if x.ndim == 4 else _picture(x)[None])
        result = np.array(standardize(self._sample_steps, self._statistics(), batch))
        return result if x.ndim == 4 else result[0]

    def process(self, key: Array, batch: ArrayLike) -> Array:
        """What iterators do with a batch: the random changes decided by `key`, then `standardize`.

        One compiled program for a shape of batch; with a `preprocessing_function`, which is called
        between, two.
        """
        keep_programs()
        steps, statistics = self._sample_steps, self._statistics()
        if self.preprocessing_function is None:
            first = self.data_format == "channels_first"
            process = _process if self.augmentation.colours else _process_at_once
            return process(self.augmentation, steps, first, statistics, key, jnp.asarray(batch))
        changed = self._as_given(self.augmentation(key, self._channels_last(batch)))
        return standardize(steps, statistics, self._preprocessed(np.asarray(changed)))

    # -- statistics --------------------------------------------------------------------------------

    def fit(
        self, x: ArrayLike, augment: bool = False, rounds: int = 1, seed: int | None = None
    ) -> None:
        """Learn the statistics for featurewise_center, featurewise_std_normalization and
        zca_whitening.

        They are those of the pictures as they are when the steps come to them: preprocessed,
            rescaled and normalised
        by sample.

        Args:
            x: pictures (n, rows, columns, channels) with 1, 3 or 4 channels, or channels first.
            augment: look at randomly changed pictures.
            rounds: with `augment`, how often to go through the data.
            seed: decides the changes.
        """
        pictures = np.asarray(x)
        if pictures.ndim != 4:
            raise ValueError(
                f"Input to `.fit()` should have rank 4. Got array with shape: {pictures.shape}"
            )
        require_channels(pictures, self.data_format, "`.fit()`")
        require_finite(pictures)
        key = _key(seed)

        def chunks() -> Iterator[np.ndarray]:
            for number in range(rounds if augment else 1):
                for start in range(0, len(pictures), _CHUNK):
                    chunk = pictures[start : start + _CHUNK]
                    if augment:
                        chunk_key = jax.random.fold_in(jax.random.fold_in(key, number), start)
                        chunk = np.asarray(
                            self._as_given(self.augmentation(chunk_key, self._channels_last(chunk)))
                        )
                    yield np.asarray(
                        standardize(self._sample_steps, Statistics(), self._preprocessed(chunk))
                    )

        found = learn_statistics(
            chunks,
            self.channel_axis,
            self.featurewise_center,
            self.featurewise_std_normalization,
            self.zca_epsilon if self.zca_whitening else None,
        )
        self.mean, self.std, self.principal_components = found

    def _statistics(self) -> Statistics:
        wanted = {
            "featurewise_center": (self.featurewise_center, self.mean),
            "featurewise_std_normalization": (self.featurewise_std_normalization, self.std),
            "zca_whitening": (self.zca_whitening, self.principal_components),
        }
        for name, (on, value) in wanted.items():
            if on and value is None:
                raise RuntimeError(
                    f"`{name}` needs the statistics of the data: call .fit(x) with training "
                    "pictures first."
                )
        return Statistics(*(value if on else None for on, value in wanted.values()))

    @property
    def _sample_steps(self) -> SampleSteps:
        return SampleSteps(
            float(self.rescale) if self.rescale else None,
            bool(self.samplewise_center),
            bool(self.samplewise_std_normalization),
        )

    def _preprocessed(self, batch: np.ndarray) -> np.ndarray:
        """The batch in a floating-point type, after the user's function."""
        batch = batch if batch.dtype.kind == "f" else batch.astype(np.float32)
        if self.preprocessing_function is None:
            return batch
        return np.stack(
            [
                np.asarray(self.preprocessing_function(picture.copy()), np.float32)
                for picture in batch
            ]
        )

    def _channels_last(self, batch: Any) -> Any:
        return batch.transpose(0, 2, 3, 1) if self.data_format == "channels_first" else batch

    def _as_given(self, batch: Any) -> Any:
        return batch.transpose(0, 3, 1, 2) if self.data_format == "channels_first" else batch

    # -- batches -----------------------------------------------------------------------------------

    def flow(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        sample_weight: ArrayLike | None = None,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Endless batches of pictures in memory.

        Args:
            x: pictures (n, rows, columns, channels) with 1, 3 or 4 channels, or channels first.
            y: labels (n, ...); without them batches are pictures alone.
            batch_size: pictures a batch; the last of an epoch may be smaller.
            shuffle: whether each epoch has an order of its own.
            seed: decides order and changes; by default the seed of the library.
            save_to_dir: a folder for the pictures of all batches, named
                ``{prefix}_{index}_{number}.{format}``.
            save_prefix: what their names begin with.
            save_format: 'jpeg' or 'png'.
            sample_weight: (n,), the third part of each batch.
            subset: 'training' or 'validation' with `validation_split`.

        Raises ValueError for arrays that do not fit together, and for pixels that are not finite.
        """
        return NumpyArrayIterator(
            x,
            y,
            self,
            batch_size,
            shuffle,
            seed,
            self.data_format,
            save_to_dir,
            save_prefix,
            save_format,
            sample_weight,
            subset,
        )

    def flow_from_directory(
        self,
        directory: str | os.PathLike[str],
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        skip_unreadable: bool = False,
    ) -> DirectoryIterator:
        """Endless batches of the pictures in a folder that has a folder for each class.

        Args:
            directory: the folder.
            target_size: (rows, columns) that pictures are resized to.
            color_mode: 'rgb', 'rgba' or 'grayscale'.
            classes: names of the folders in the order of the class numbers; by default all of them,
                sorted.
            class_mode: 'categorical' (one-hot rows), 'binary' (0.0 or 1.0), 'sparse' (class
                numbers), 'input' (the pictures themselves), or None for no labels.
            batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset: as in `flow`.
            follow_links: go into folders that are linked to.
            interpolation: how pictures are resized (see `load_img`).
            skip_unreadable: try all files now and leave out, with a warning, those that cannot be
                read. By default such a file raises when its turn comes.

        Raises:
            ValueError: an empty class folder, an unknown class or setting.
            OSError: from the iterator, a file that cannot be read.
        """
        return DirectoryIterator(
            directory,
            self,
            target_size,
            color_mode,
            classes,
            class_mode,
            batch_size,
            shuffle,
            seed,
            self.data_format,
            save_to_dir,
            save_prefix,
            save_format,
            follow_links,
            subset,
            interpolation,
            skip_unreadable,
        )

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None = None,
        x_col: str = "filename",
        y_col: str | Sequence[str] = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        skip_unreadable: bool = False,
    ) -> DataFrameIterator:
        """Endless batches of the pictures that a table names.

        Args:
            dataframe: a pandas or other data frame, or a dict of lists: what gives a column by
                ``dataframe[name]``.
            directory: the folder that file names are relative to.
            x_col: the column of file names.
            y_col: the column of labels; several for ``class_mode="multi_output"``.
            weight_col: a column of sample weights.
            classes: names of the classes in the order of their numbers, others being left out; by
                default all, sorted.
            class_mode: as in `flow_from_directory`, where 'categorical' labels may be lists of
                classes; also 'raw' (the values of the column) and 'multi_output' (a list with the
                values of each column).
            validate_filenames: leave out, with a warning, names of files that are not there or no
                pictures.
            target_size, color_mode, batch_size, shuffle, seed, save_to_dir, save_prefix,
            save_format, subset,
                interpolation, skip_unreadable: as in `flow_from_directory`.
        """
        return DataFrameIterator(
            dataframe,
            directory,
            self,
            x_col,
            y_col,
            weight_col,
            target_size,
            color_mode,
            classes,
            class_mode,
            batch_size,
            shuffle,
            seed,
            self.data_format,
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            validate_filenames,
            skip_unreadable,
        )


@partial(jax.jit, static_argnums=(0, 2))
def _draw(augmentation: Augmentation, key: Array, shape: tuple[int, ...]) -> dict[str, Array]:
    return augmentation.draw(key, shape)


@partial(jax.jit, static_argnums=0)
def _apply(augmentation: Augmentation, batch: ArrayLike, parameters: Mapping[str, Any]) -> Array:
    return augmentation.apply(batch, parameters)


def _process(
    augmentation: Augmentation,
    steps: SampleSteps,
    first: bool,
    statistics: Statistics,
    key: Array,
    batch: Array,
) -> Array:
    """A batch, with its channels first or last, changed and standardised."""
    if first:
        changed = augmentation(key, batch.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    else:
        changed = augmentation(key, batch)
    return _standardize(steps, statistics, changed)


_standardize = jax.jit(standardize, static_argnums=0)
_process_at_once = jax.jit(_process, static_argnums=(0, 1, 2))


def _key(seed: int | None) -> Array:
    return context.next_key() if seed is None else jax.random.key(seed)


def _picture(x: ArrayLike) -> np.ndarray:
    picture = np.asarray(x)
    if picture.ndim != 3:
        raise ValueError(f"One picture has three axes; given an array of shape {picture.shape}.")
    return picture
