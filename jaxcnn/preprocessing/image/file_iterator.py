"""Batches of images that are read from files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeAlias

import numpy as np

from jaxcnn.preprocessing.image.files import EXTENSIONS, load_img
from jaxcnn.preprocessing.image.flow import Flow, Reading
from jaxcnn.preprocessing.image.iterator import Batch, Iterator, Transform
from jaxcnn.runtime.threads import thread_count
from jaxcnn.spellings.attributes import Renamed

LABELLED = ("categorical", "binary", "sparse")  # class modes whose labels are classes

# The class number of each file, several for some in class mode 'categorical'; None without classes.
ClassNumbers: TypeAlias = np.ndarray | list[list[int]] | None


class FileIterator(Iterator):
    """Batches of images from files, decoded by several threads.

    Attributes:
        filenames: relative to `directory`, in the order of the samples.
        filepaths: the same as paths that can be opened.
        classes: class number of each file, or a list of them; None without classes.
        class_indices: class name -> number.
        samples: how many files there are.
        image_shape: shape of an image in a batch.
    """

    nb_sample, nb_class = Renamed("samples"), Renamed("num_class")

    def __init__(
        self,
        directory: str,
        filenames: Sequence[str],
        class_mode: str | None,
        *,
        image_data_generator: Transform,
        reading: Reading,
        flow: Flow,
    ) -> None:
        self.directory, self.filenames, self.class_mode = directory, list(filenames), class_mode
        self.reading = reading
        self.target_size, self.color_mode = reading.target_size, reading.color_mode
        self.interpolation = reading.interpolation
        self.image_shape = reading.shape(flow.data_format)
        self.samples = len(self.filenames)
        self.classes: ClassNumbers = None
        self.class_indices: dict[str, int] = {}
        super().__init__(self.samples, image_data_generator, flow)

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

    def raw(self, index: np.ndarray) -> np.ndarray:
        images = np.stack(list(self._threads.map(self._read, index)))
        return images if self.data_format == "channels_last" else images.transpose(0, 3, 1, 2)

    def _read(self, sample: int) -> np.ndarray:
        return self.reading.read(os.path.join(self.directory, self.filenames[sample]))

    def with_targets(self, images: np.ndarray, index: np.ndarray) -> Batch:
        if self.class_mode is None:
            return images
        return images, self._targets(images, index)

    def _targets(self, images: np.ndarray, index: np.ndarray) -> np.ndarray | list[np.ndarray]:
        if self.class_mode == "input":
            return images.copy()
        assert self.classes is not None  # the class modes below are those with classes
        labels = [self.classes[i] for i in index]
        if self.class_mode == "sparse":
            return np.asarray(labels, np.int32)
        if self.class_mode == "binary":
            return np.asarray(labels, np.float32)
        rows = np.zeros((len(index), self.num_class), np.float32)
        for row, numbers in zip(rows, labels, strict=True):
            row[numbers] = 1
        return rows


def decoding_threads() -> ThreadPoolExecutor:
    """Threads that decode images; Pillow works without Python's lock."""
    return ThreadPoolExecutor(min(16, thread_count()), thread_name_prefix="decode")


def is_image_name(name: str) -> bool:
    """Whether a file name ends like that of an image."""
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
    if messages := [message for message in problems if message]:
        warnings.warn(f"{len(messages)} images are left out: {' '.join(messages)}", stacklevel=4)
    return [i for i, message in enumerate(problems) if message is None]
