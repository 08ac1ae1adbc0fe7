"""`ImageDataGenerator`: images changed at random and standardised, batch after batch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.array_iterator import NumpyArrayIterator
from jaxcnn.preprocessing.image.augmentation import Augmentation, HasAugmentation, Shift
from jaxcnn.preprocessing.image.checks import one_image, require_channels, require_finite
from jaxcnn.preprocessing.image.dataframe_iterator import DataFrameIterator, Table
from jaxcnn.preprocessing.image.directory_iterator import DirectoryIterator
from jaxcnn.preprocessing.image.files import channels_first
from jaxcnn.preprocessing.image.pipeline import ImageFunction, Pipeline, TransformParameters
from jaxcnn.preprocessing.image.standardization import SampleSteps, Statistics, learn_statistics
from jaxcnn.runtime import context
from jaxcnn.runtime.types import PyTree, Settings
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings


@old_spellings
class ImageDataGenerator(HasAugmentation):
    """Batches of images, changed at random and standardised.

    Args:
        featurewise_center: subtract the mean of each channel over the data (needs `fit`). Default:
            False.
        samplewise_center: subtract each image's own mean. Default: False.
        featurewise_std_normalization: divide by the standard deviation of each channel over the
            data (needs `fit`). Default: False.
        samplewise_std_normalization: divide each image by its own standard deviation. Default:
            False.
        zca_whitening: decorrelate the pixels (needs `fit`); meant for centred data, see
            `featurewise_center`. Default: False.
        rotation_range: largest angle in degrees, to either side. Default: 0.0.
        width_shift_range: largest shift as a share of the width, or in pixels where it is 1 or
            more; or a list of shifts. Default: 0.0.
        height_shift_range: largest shift as a share of the height, or in pixels where it is 1 or
            more; or a list of shifts. Default: 0.0.
        shear_range: largest angle of the shear. Default: 0.0.
        zoom_range: largest change of size, or the smallest and the largest factor. Default: 0.0.
        channel_shift_range: largest shift of the values of a channel. Default: 0.0.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.
        horizontal_flip: whether half of the images are mirrored, left to right. Default: False.
        vertical_flip: whether half of the images are mirrored, top to bottom. Default: False.
        rescale: factor for all values, after the random changes and before the other steps; None or
            0 for none.
        preprocessing_function: called with each image, an array of three axes, after the random
            changes; returns one of the same shape. Default: None.
        data_format: 'channels_last' or 'channels_first'; by default as configured.
        zca_epsilon: what is added to the variances in whitening. Default: 1e-06.
        brightness_range: the smallest and the largest factor of brightness; None for none.
        validation_split: the fraction in (0, 1) of the data, the first part of it, that
            ``subset="validation"`` takes; 0 for no such split. Default: 0.0.
        interpolation_order: 0 takes the nearest pixel as Keras 2.0.4 does, 1 interpolates linearly.
            Default: 0.

    Attributes:
        augmentation: the random changes; ``model.fit(x, y, augment=generator.augmentation)`` makes
            them on the device.
        mean, std, principal_components: the statistics that `fit` learned, or None.

    Raises:
        ValueError: a setting has no meaning.

    Examples:
        >>> generator = jc.preprocessing.image.ImageDataGenerator(horizontal_flip=True)
        >>> batches = generator.flow(np.zeros((5, 8, 8, 3)), np.arange(5), batch_size=2)
        >>> [array.shape for array in next(batches)]
        [(2, 8, 8, 3), (2,)]

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    # What the flows make.
    array_iterator: ClassVar[type[NumpyArrayIterator]] = NumpyArrayIterator
    directory_iterator: ClassVar[type[DirectoryIterator]] = DirectoryIterator
    dataframe_iterator: ClassVar[type[DataFrameIterator]] = DataFrameIterator

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
        preprocessing_function: ImageFunction | None = None,
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

    # -- one image ---------------------------------------------------------------------------------

    def get_random_transform(
        self, img_shape: Sequence[int], seed: int | None = None
    ) -> TransformParameters:
        """The parameters of one random change of an image of this shape, for `apply_transform`.

        theta in degrees, shear in radians, tx and ty the shifts in pixels along rows and columns,
        zx and zy the zoom factors along them, flip_horizontal, flip_vertical,
        channel_shift_intensity (a number a channel) and brightness.

        Args:
            img_shape: of one image, three axes.
            seed: makes the same choice each time; None for another.
        """
        return self._pipeline.draw(_key(seed), tuple(img_shape))

    def apply_transform(self, x: ArrayLike, transform_parameters: Settings) -> np.ndarray:
        """An image (three axes) changed by the given parameters; see `get_random_transform`.

        Absent ones change nothing.

        Args:
            x: one image, three axes.
            transform_parameters: as `get_random_transform` returns them.

        Raises:
            ValueError: an unknown name.
        """
        known = self.get_random_transform((1, 1, 1))
        if unknown := sorted(set(transform_parameters) - set(known)):
            raise ValueError(
                f"Unknown transform parameters {', '.join(unknown)}; expected some of "
                f"{', '.join(known)}."
            )
        return np.array(self._pipeline.changed(one_image(x), transform_parameters))

    def random_transform(self, x: ArrayLike, seed: int | None = None) -> np.ndarray:
        """An image (three axes) changed at random, in the same shape.

        Args:
            x: one image, three axes.
            seed: makes the same choice each time; None for another.
        """
        return np.array(self._pipeline.augmented(_key(seed), one_image(x)[None])[0])

    @suggesting
    def standardize(self, x: ArrayLike) -> np.ndarray:
        """An image (three axes), or a batch of them, preprocessed and normalised as asked for.

        Args:
            x: one image, three axes, or a batch of four.

        Raises:
            RuntimeError: statistics are needed and `fit` has not been called.
        """
        x = np.asarray(x)
        batch = x if x.ndim == 4 else one_image(x)[None]
        result = np.array(self._pipeline.standardized(batch, self._statistics()))
        return result if x.ndim == 4 else result[0]

    def process(self, key: Array, batch: ArrayLike) -> Array:
        """A batch as iterators make it: changed at random as `key` decides, then standardised."""
        return self._pipeline.process(key, batch, self._statistics())

    # -- statistics --------------------------------------------------------------------------------

    @old_spellings
    def fit(
        self, x: ArrayLike, augment: bool = False, rounds: int = 1, seed: int | None = None
    ) -> None:
        """Learn the statistics that featurewise normalisation and ZCA whitening need.

        They are those of the images as these steps see them: preprocessed, rescaled and normalised
        by sample.

        Args:
            x: images (n, rows, columns, channels) with 1, 3 or 4 channels, or channels first.
            augment: look at randomly changed images. Default: False.
            rounds: with `augment`, how often to go through the data. Default: 1.
            seed: decides the changes. Default: None.
        """
        images = np.asarray(x)
        if images.ndim != 4:
            raise ValueError(
                f"Input to `.fit()` should have rank 4. Got array with shape: {images.shape}"
            )
        require_channels(images, self.data_format, "`.fit()`")
        require_finite(images)
        key = _key(seed)
        self.mean, self.std, self.principal_components = learn_statistics(
            partial(self._pipeline.chunks, images, key if augment else None, rounds),
            self.channel_axis,
            self.featurewise_center,
            self.featurewise_std_normalization,
            self.zca_epsilon if self.zca_whitening else None,
        )

    def _statistics(self) -> Statistics:
        steps = {
            "featurewise_center": (self.featurewise_center, self.mean),
            "featurewise_std_normalization": (self.featurewise_std_normalization, self.std),
            "zca_whitening": (self.zca_whitening, self.principal_components),
        }
        for name, (on, value) in steps.items():
            if on and value is None:
                raise RuntimeError(
                    f"`{name}` needs the statistics of the data: call .fit(x) with training images "
                    "first."
                )
        return Statistics(*(value if on else None for on, value in steps.values()))

    @property
    def _pipeline(self) -> Pipeline:
        steps = SampleSteps(
            float(self.rescale) if self.rescale else None,
            bool(self.samplewise_center),
            bool(self.samplewise_std_normalization),
        )
        first = self.data_format == "channels_first"
        return Pipeline(self.augmentation, self.preprocessing_function, steps, first)

    # -- batches -----------------------------------------------------------------------------------

    @old_spellings
    def flow(
        self,
        x: PyTree,
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
        """Endless batches of images in memory.

        Args:
            x: images (n, rows, columns, channels) with 1, 3 or 4 channels, or channels first; or
                (images, others) with one array or a list of them, (n, ...), that batches hold
                after the images, unchanged.
            y: labels (n, ...); without them batches are images alone. Default: None.
            batch_size: images a batch; the last of an epoch may be smaller. Default: 32.
            shuffle: whether each epoch has its own order. Default: True.
            seed: decides order and changes; by default one drawn from the library's.
            save_to_dir: a folder for the images of all batches, named
                ``{prefix}_{index}_{number}.{format}``. Default: None.
            save_prefix: what their names begin with. Default: ''.
            save_format: 'jpeg' or 'png'. Default: 'jpeg'.
            sample_weight: (n,), the third part of each batch. Default: None.
            subset: 'training' or 'validation' with `validation_split`. Default: None.

        Raises:
            ValueError: arrays do not fit together, or pixels are not finite.
        """
        return self.array_iterator(
            x,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            sample_weight=sample_weight,
            subset=subset,
        )

    @old_spellings
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
        draft: bool = False,
    ) -> DirectoryIterator:
        """Endless batches of the images in a folder that has a folder for each class.

        Args:
            directory: the folder.
            target_size: (rows, columns) that images are resized to. Default: (256, 256).
            color_mode: 'rgb', 'rgba' or 'grayscale'. Default: 'rgb'.
            classes: names of the folders in the order of the class numbers; by default all of them,
                sorted.
            class_mode: 'categorical' (one-hot rows), 'binary' (0.0 or 1.0), 'sparse' (class
                numbers), 'input' (the images themselves), or None for no labels. Default:
                'categorical'.
            batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset: as in `flow`.
                Default: 32, True, None, None, '', 'jpeg' and None.
            follow_links: go into folders that are linked to. Default: False.
            interpolation: how images are resized (see `load_img`). Default: 'nearest'.
            skip_unreadable: try all files now and leave out, with a warning, those that cannot be
                read. By default such a file raises when its turn comes.
            draft: decode JPEG files at a half, a quarter or an eighth of their size where that is
                enough (see `load_img`). Default: False.

        Raises:
            ValueError: an empty class folder, an unknown class or setting.
            OSError: from the iterator, a file that cannot be read.
        """
        return self.directory_iterator(
            directory,
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            skip_unreadable=skip_unreadable,
            draft=draft,
        )

    @suggesting
    def flow_from_dataframe(
        self,
        dataframe: Table,
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
        draft: bool = False,
    ) -> DataFrameIterator:
        """Endless batches of the images that a table names.

        Args:
            dataframe: a pandas or other data frame, or a dict of lists: anything whose
                ``dataframe[name]`` is a column.
            directory: the folder that file names are relative to. Default: None.
            x_col: the column of file names. Default: 'filename'.
            y_col: the column of labels; several for ``class_mode="multi_output"``. Default:
                'class'.
            weight_col: a column of sample weights. Default: None.
            classes: names of the classes in the order of their numbers; others are left out. By
                default all, sorted.
            class_mode: as in `flow_from_directory`, where 'categorical' labels may be lists of
                classes; also 'raw' (the values of the column) and 'multi_output' (a list with the
                values of each column). Default: 'categorical'.
            validate_filenames: leave out, with a warning, names of files that are not there or no
                images. Default: True.
            target_size, color_mode, batch_size, shuffle, seed: as in `flow_from_directory`.
                Default: (256, 256), 'rgb', 32, True and None.
            save_to_dir, save_prefix, save_format, subset, interpolation: as there. Default: None,
                '', 'jpeg', None and 'nearest'.
            skip_unreadable, draft: as there. Default: False.
        """
        return self.dataframe_iterator(
            dataframe,
            directory,
            self,
            x_col=x_col,
            y_col=y_col,
            weight_col=weight_col,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            interpolation=interpolation,
            validate_filenames=validate_filenames,
            skip_unreadable=skip_unreadable,
            draft=draft,
        )


def _key(seed: int | None) -> Array:
    return context.next_key() if seed is None else jax.random.key(seed)
