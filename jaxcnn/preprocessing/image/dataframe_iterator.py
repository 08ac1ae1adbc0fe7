"""Batches of the pictures that a table names."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.preprocessing.image.file_iterator import (
    LABELLED,
    FileIterator,
    is_picture_name,
    readable,
)
from jaxcnn.preprocessing.image.iterator import split_bounds

if TYPE_CHECKING:
    from jaxcnn.preprocessing.image.generator import ImageDataGenerator


class DataFrameIterator(FileIterator):
    """Batches of the pictures that a table names; see `ImageDataGenerator.flow_from_dataframe`."""

    def __init__(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None,
        image_data_generator: ImageDataGenerator,
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
    ) -> None:
        modes = (*LABELLED, "input", "raw", "multi_output", None)
        if class_mode not in modes:
            raise ValueError(f"Invalid class_mode: {class_mode!r}; expected one of {modes}.")
        if (class_mode == "multi_output") != (not isinstance(y_col, str)) and class_mode not in (
            "input",
            None,
        ):
            raise TypeError(
                f'`y_col` is {y_col!r}; class_mode="multi_output" takes a list of columns, others '
                "one."
            )
        names = list(dataframe[x_col])
        if strange := [name for name in names if not isinstance(name, str)]:
            raise TypeError(
                f"All values in column x_col={x_col} must be strings; one is {strange[0]!r}."
            )
        folder = "" if directory is None else os.fspath(directory)
        keep: Sequence[int] = range(len(names))
        if validate_filenames:
            keep = [i for i in keep if _is_picture(os.path.join(folder, names[i]))]
            if len(keep) < len(names):
                warnings.warn(
                    f'Found {len(names) - len(keep)} invalid image filename(s) in x_col="{x_col}". '
                    "These filename(s) "
                    "will be ignored.",
                    stacklevel=3,
                )
        class_names: list[str] = []
        if class_mode in LABELLED:
            labels = [_label_tuple(label, class_mode, y_col) for label in dataframe[y_col]]
            class_names = (
                list(dict.fromkeys(classes))
                if classes
                else sorted({c for i in keep for c in labels[i]})
            )
            labels = [tuple(c for c in label if c in class_names) for label in labels]
            keep = [i for i in keep if labels[i]]
            if class_mode == "binary" and len(class_names) != 2:
                raise ValueError(
                    f'If class_mode="binary" there must be 2 classes. Found {len(class_names)} '
                    "classes."
                )
        keep = keep[split_bounds(len(keep), image_data_generator.validation_split, subset)]
        if skip_unreadable:
            keep = [keep[i] for i in readable([os.path.join(folder, names[i]) for i in keep])]
        kind = "validated" if validate_filenames else "non-validated"
        belonging = f" belonging to {len(class_names)} classes" if class_mode in LABELLED else ""
        print(f"Found {len(keep)} {kind} image filenames{belonging}.")
        super().__init__(
            directory,
            [names[i] for i in keep],
            image_data_generator,
            target_size,
            color_mode,
            class_mode,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            interpolation,
        )
        self.class_indices = {name: number for number, name in enumerate(class_names)}
        if class_mode in LABELLED:
            numbers = [[self.class_indices[c] for c in labels[i]] for i in keep]
            self.classes = (
                numbers
                if class_mode == "categorical"
                else np.asarray([n[0] for n in numbers], np.int32)
            )
        self._values: list[np.ndarray] = []
        if class_mode in ("raw", "multi_output"):
            columns = [y_col] if isinstance(y_col, str) else y_col
            self._values = [_rows(dataframe[column], keep) for column in columns]
        self.sample_weight = None if weight_col is None else _rows(dataframe[weight_col], keep)
        if self.sample_weight is not None and self.sample_weight.dtype.kind not in "fiub":
            raise TypeError(f"Column weight_col={weight_col} must be numeric.")

    def _with_targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        batch = super()._with_targets(pictures, index)
        if self.sample_weight is None or self.class_mode is None:
            return batch
        return (*batch, self.sample_weight[index])

    def _targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        if self.class_mode in ("raw", "multi_output"):
            values = [column[index] for column in self._values]
            return values if self.class_mode == "multi_output" else values[0]
        return super()._targets(pictures, index)


def _is_picture(path: str) -> bool:
    return is_picture_name(path) and os.path.isfile(path)


def _label_tuple(label: Any, class_mode: str, y_col: str | Sequence[str]) -> tuple[str, ...]:
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


def _rows(column: Iterable[Any], keep: Sequence[int]) -> np.ndarray:
    values = list(column)
    return np.asarray([values[i] for i in keep])
