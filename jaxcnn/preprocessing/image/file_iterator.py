"""Batches of pictures that are read from files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.preprocessing.image.files import (
    EXTENSIONS,
    checked_interpolation,
    color_channels,
    load_img,
)
from jaxcnn.preprocessing.image.iterator import Iterator

if TYPE_CHECKING:
    from jaxcnn.preprocessing.image.generator import ImageDataGenerator

LABELLED = ("categorical", "binary", "sparse")  # class modes whose labels are classes


class FileIterator(Iterator):
    """Batches of pictures from files, decoded by several threads.

    Attributes:
        filenames: relative to `directory`, in the order of the samples.
        filepaths: the same as paths that can be opened.
        classes: class number of each file, or a list of them; None without classes.
        class_indices: class name -> number.
        samples: how many files there are.
        image_shape: shape of a picture in a batch.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | None,
        filenames: Sequence[str],
        image_data_generator: ImageDataGenerator,
        target_size: tuple[int, int],
        color_mode: str,
        class_mode: str | None,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        data_format: str,
        save_to_dir: str | os.PathLike[str] | None,
        save_prefix: str,
        save_format: str,
        interpolation: str,
    ) -> None:
        if len(target_size) != 2:
            raise ValueError(f"`target_size` is {target_size!r}; it must be (rows, columns).")
        self.directory = "" if directory is None else os.fspath(directory)
        self.filenames = list(filenames)
        self.target_size = (int(target_size[0]), int(target_size[1]))
        self.color_mode, self.class_mode = color_mode, class_mode
        self.interpolation = checked_interpolation(interpolation)
        channels = color_channels(color_mode)[1]
        last = data_format == "channels_last"
        self.image_shape = (*self.target_size, channels) if last else (channels, *self.target_size)
        self.samples = len(self.filenames)
        self.classes: Any = None
        self.class_indices: dict[str, int] = {}
        super().__init__(
            self.samples,
            image_data_generator,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
        )

    @property
    def filepaths(self) -> list[str]:
        return [os.path.join(self.directory, name) for name in self.filenames]

    @property
    def num_class(self) -> int:
        """How many classes there are."""
        return len(self.class_indices)

    num_classes = num_class  # the name that later Keras has for it

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return decoding_threads()

    def _raw(self, index: np.ndarray) -> np.ndarray:
        pictures = np.stack(
            list(self._threads.map(self._read, index))
        )  # (n, rows, columns, channels), uint8
        return pictures if self.data_format == "channels_last" else pictures.transpose(0, 3, 1, 2)

    def _read(self, sample: int) -> np.ndarray:
        path = os.path.join(self.directory, self.filenames[sample])
        picture = load_img(
            path,
            target_size=self.target_size,
            color_mode=self.color_mode,
            interpolation=self.interpolation,
        )
        pixels = np.asarray(picture)
        return pixels if pixels.ndim == 3 else pixels[:, :, None]

    def _with_targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        if self.class_mode is None:
            return pictures
        return pictures, self._targets(pictures, index)

    def _targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        if self.class_mode == "input":
            return pictures.copy()
        chosen = [self.classes[i] for i in index]
        if self.class_mode == "sparse":
            return np.asarray(chosen, np.int32)
        if self.class_mode == "binary":
            return np.asarray(chosen, np.float32)
        rows = np.zeros((len(index), self.num_class), np.float32)
        for row, labels in zip(rows, chosen, strict=True):
            row[labels] = 1
        return rows


def decoding_threads() -> ThreadPoolExecutor:
    """Threads that decode pictures; Pillow works without Python's lock."""
    return ThreadPoolExecutor(min(16, os.cpu_count() or 1), thread_name_prefix="decode")


def is_picture_name(name: str) -> bool:
    """Whether a file name ends like that of a picture."""
    return name.lower().endswith(tuple(f".{suffix}" for suffix in EXTENSIONS))


def readable(paths: Sequence[str]) -> list[int]:
    """The numbers of the files that can be read; a warning names the others."""

    def problem(path: str) -> str | None:
        try:
            load_img(path)
        except (OSError, ValueError) as error:
            return str(error)
        return None

    with decoding_threads() as threads:
        problems = list(threads.map(problem, paths))
    if bad := [found for found in problems if found]:
        warnings.warn(f"{len(bad)} pictures are left out: {' '.join(bad)}", stacklevel=4)
    return [i for i, found in enumerate(problems) if not found]
