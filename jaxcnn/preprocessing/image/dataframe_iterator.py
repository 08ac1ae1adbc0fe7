"""Batches of the images that a table names."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from jaxcnn.preprocessing.image.file_iterator import (
    LABELLED,
    FileIterator,
    is_image_name,
    readable,
)
from jaxcnn.preprocessing.image.flow import Flow, Reading, Saving
from jaxcnn.preprocessing.image.iterator import Batch, Transform, subset_slice


class Table(Protocol):
    """Columns by name: a data frame of pandas or another library, or a dict of lists."""

    def __getitem__(self, column: Any, /) -> Any: ...


class DataFrameIterator(FileIterator):
    """Batches of the images that a table names; see `ImageDataGenerator.flow_from_dataframe`.

    Args:
        dataframe: table of pandas, or a mapping from columns to lists.
        directory: folder that the names are relative to; None for absolute ones.
        image_data_generator: the generator whose changes are applied.
        x_col: column with the names of the files. Default: 'filename'.
        y_col: column with the classes, or several columns with numbers. Default: 'class'.
        weight_col: column with the weights of samples; None for none.
        target_size: (height, width) that images are resized to. Default: (256, 256).
        color_mode: 'rgb', 'rgba' or 'grayscale'. Default: 'rgb'.
        classes: names of the classes in their order; None for those of the column, sorted.
        class_mode: 'categorical', 'binary', 'sparse', 'raw', 'multi_output', 'input' or None for no
            targets. Default: 'categorical'.
        batch_size: images a batch. Default: 32.
        shuffle: whether each epoch has an order of its own. Default: True.
        seed: decides everything random; None follows the seed of the library.
        data_format: 'channels_last' or 'channels_first'. Default: 'channels_last'.
        save_to_dir: folder where the images that are made are written too; None for nowhere.
        save_prefix: beginning of the names of those files. Default: ''.
        save_format: format of those files. Default: 'jpeg'.
        subset: 'training' or 'validation', a part by the `validation_split` of the generator; None
            for all.
        interpolation: how images are resized: 'nearest', 'bilinear', 'bicubic', ... Default:
            'nearest'.
        validate_filenames: whether files that are not there are left out with a warning. Default:
            True.
        skip_unreadable: whether files that cannot be read are left out with a warning; else they
            raise. Default: False.
        draft: whether JPEG files are decoded at a smaller size that is enough, as by `load_img`.
            Default: False.

    Raises:
        ValueError: an argument that is not allowed, or columns that do not fit.

    Examples:
        >>> from jaxcnn.preprocessing.image import ImageDataGenerator, save_img
        >>> save_img("a.png", np.zeros((8, 8, 3)))
        >>> table = {"filename": ["a.png"], "class": ["cat"]}
        >>> batches = ImageDataGenerator().flow_from_dataframe(table, ".", target_size=(4, 4))
        Found 1 validated image filenames belonging to 1 classes.
        >>> type(batches).__name__, next(batches)[0].shape
        ('DataFrameIterator', (1, 4, 4, 3))

    References:
        - Chollet et al., "Keras Preprocessing 1.0.5", 2018,
          <https://github.com/keras-team/keras-preprocessing/tree/1.0.5>
    """

    def __init__(
        self,
        dataframe: Table,
        directory: str | os.PathLike[str] | None,
        image_data_generator: Transform,
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
        data_format: str = "channels_last",
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        skip_unreadable: bool = False,
        draft: bool = False,
    ) -> None:
        _check_class_mode(class_mode, y_col)
        names = list(dataframe[x_col])
        if strange := [name for name in names if not isinstance(name, str)]:
            raise TypeError(
                f"All values in column x_col={x_col} must be strings; one is {strange[0]!r}."
            )
        folder = "" if directory is None else os.fspath(directory)
        paths = [os.path.join(folder, name) for name in names]
        rows: Sequence[int] = range(len(names))
        if validate_filenames:
            rows = [i for i in rows if is_image_name(paths[i]) and os.path.isfile(paths[i])]
            if len(rows) < len(names):
                warnings.warn(
                    f'Found {len(names) - len(rows)} invalid image filename(s) in x_col="{x_col}". '
                    "These filename(s) will be ignored.",
                    stacklevel=3,
                )
        class_names: list[str] = []
        if class_mode in LABELLED:
            labels = [_label_tuple(label, class_mode, y_col) for label in dataframe[y_col]]
            class_names = (
                list(dict.fromkeys(classes))
                if classes
                else sorted({c for i in rows for c in labels[i]})
            )
            labels = [tuple(c for c in label if c in class_names) for label in labels]
            rows = [i for i in rows if labels[i]]
            if class_mode == "binary" and len(class_names) != 2:
                raise ValueError(
                    f'If class_mode="binary" there must be 2 classes. Found {len(class_names)} '
                    "classes."
                )
        rows = rows[subset_slice(len(rows), image_data_generator.validation_split, subset)]
        if skip_unreadable:
            rows = [rows[i] for i in readable([paths[i] for i in rows])]
        kind = "validated" if validate_filenames else "non-validated"
        belonging = f" belonging to {len(class_names)} classes" if class_mode in LABELLED else ""
        print(f"Found {len(rows)} {kind} image filenames{belonging}.")
        saving = Saving(save_to_dir, save_prefix, save_format)
        super().__init__(
            folder,
            [names[i] for i in rows],
            class_mode,
            image_data_generator=image_data_generator,
            reading=Reading(target_size, color_mode, interpolation, draft),
            flow=Flow(batch_size, shuffle, seed, data_format, saving),
        )
        self.class_indices = {name: number for number, name in enumerate(class_names)}
        if class_mode in LABELLED:
            numbers = [[self.class_indices[c] for c in labels[i]] for i in rows]
            self.classes = (
                numbers
                if class_mode == "categorical"
                else np.asarray([n[0] for n in numbers], np.int32)
            )
        self._values: list[np.ndarray] = []
        if class_mode in ("raw", "multi_output"):
            columns = [y_col] if isinstance(y_col, str) else y_col
            self._values = [_rows(dataframe[column], rows) for column in columns]
        self.sample_weight = None if weight_col is None else _rows(dataframe[weight_col], rows)
        if self.sample_weight is not None and self.sample_weight.dtype.kind not in "fiub":
            raise TypeError(f"Column weight_col={weight_col} must be numeric.")

    def with_targets(self, images: np.ndarray, index: np.ndarray) -> Batch:
        batch = super().with_targets(images, index)
        if self.sample_weight is None or self.class_mode is None:
            return batch
        return (*batch, self.sample_weight[index])

    def _targets(self, images: np.ndarray, index: np.ndarray) -> np.ndarray | list[np.ndarray]:
        if self.class_mode in ("raw", "multi_output"):
            values = [column[index] for column in self._values]
            return values if self.class_mode == "multi_output" else values[0]
        return super()._targets(images, index)


def _check_class_mode(class_mode: str | None, y_col: str | Sequence[str]) -> None:
    modes = (*LABELLED, "input", "raw", "multi_output", None)
    if class_mode not in modes:
        raise ValueError(f"Invalid class_mode: {class_mode!r}; expected one of {modes}.")
    without_labels = class_mode in ("input", None)
    if not without_labels and (class_mode == "multi_output") == isinstance(y_col, str):
        raise TypeError(
            f'`y_col` is {y_col!r}; class_mode="multi_output" takes a list of columns, others one.'
        )


def _label_tuple(label: object, class_mode: str, y_col: str | Sequence[str]) -> tuple[str, ...]:
    """The classes of a sample; several only for 'categorical'."""
    if isinstance(label, str):
        return (label,)
    if class_mode == "categorical" and isinstance(label, list | tuple):
        return tuple(label)
    kinds = "strings, lists or tuples" if class_mode == "categorical" else "strings"
    raise TypeError(
        f'If class_mode="{class_mode}", y_col="{y_col}" column values must be {kinds}; one is '
        f"{label!r}."
    )


def _rows(column: Iterable[object], rows: Sequence[int]) -> np.ndarray:
    values = list(column)
    return np.asarray([values[i] for i in rows])
