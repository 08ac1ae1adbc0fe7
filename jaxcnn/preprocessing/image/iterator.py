"""The common part of all iterators over images: order, position, threads, saved images."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.files import save_img
from jaxcnn.preprocessing.image.flow import Flow
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.spellings.keywords import Suggesting

# Images; or images with the targets of one or several outputs, and perhaps with sample weights.
Batch: TypeAlias = np.ndarray | list[np.ndarray] | tuple[np.ndarray | list[np.ndarray], ...]


class Transform(Protocol):
    """The part of an `ImageDataGenerator` that an iterator needs."""

    @property
    def validation_split(self) -> float: ...

    def process(self, key: Array, batch: ArrayLike) -> Array: ...


class NoSuchBatch(IndexError, ValueError):
    """A number beyond the batches of an epoch; Keras 2 calls it ValueError."""


class Iterator(Suggesting):
    """Endless batches of `n` samples: ``next(iterator)`` goes through epoch after epoch.

    ``iterator[i]`` is batch `i` of the current epoch, which has ``len(iterator)`` of them;
    `on_epoch_end` moves to the next epoch. Batch and order are functions of the seed, the epoch and
    the step, so threads that share an iterator get what one would, in whatever order they come.

    Args:
        n: number of samples.
        image_data_generator: the generator whose changes are applied.
        flow: how batches are drawn and written.

    Attributes:
        n: samples.
        batch_size: samples a batch; the last of an epoch may be smaller.
        shuffle: whether each epoch has its own order.
        seed: decides everything random.
        epoch, batch_index: where `next` is, from 0.

    Raises:
        ValueError: a `batch_size` that is not a positive integer.

    Examples:
        >>> from jaxcnn.preprocessing.image import ImageDataGenerator, Iterator
        >>> issubclass(type(ImageDataGenerator().flow(np.zeros((5, 8, 8, 3)))), Iterator)
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """

    threads_only = True  # JAX, which computes the images, does not work in a forked process

    def __init__(self, n: int, image_data_generator: Transform, flow: Flow) -> None:
        if n == 0:
            raise ValueError("There are no images to make batches of.")
        self.n, self.batch_size, self.shuffle = n, int(flow.batch_size), flow.shuffle
        # Two iterators without a seed differ, but both follow from the seed of the library.
        self.seed = (
            _mixed(config.seed(), config.count_draw()) if flow.seed is None else int(flow.seed)
        )
        self.image_data_generator, self.data_format = image_data_generator, flow.data_format
        self.save_to_dir, self.save_prefix = flow.saving.folder, flow.saving.prefix
        self.save_format = flow.saving.suffix
        self.epoch = self.batch_index = 0
        self.lock = threading.Lock()
        self._process = os.getpid()
        self._order: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        if not -len(self) <= index < len(self):
            raise NoSuchBatch(f"There are {len(self)} batches; asked for number {index}.")
        return self._batch(self.epoch, index % len(self))

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Batch:
        with self.lock:  # the position alone, so that threads make their batches at the same time
            epoch, step = self.epoch, self.batch_index
            self.batch_index += 1
            if self.batch_index == len(self):
                self.epoch, self.batch_index = epoch + 1, 0
        return self._batch(epoch, step)

    next = __next__

    def on_epoch_end(self) -> None:
        """Go to the beginning of the next epoch."""
        with self.lock:
            self.epoch, self.batch_index = self.epoch + 1, 0

    def reset(self) -> None:
        """Go back to the beginning of this epoch, whose batches come again."""
        with self.lock:
            self.batch_index = 0

    def order(self, epoch: int) -> np.ndarray:
        """The samples in the order of an epoch."""
        if not self.shuffle:
            return np.arange(self.n)
        known = self._order
        if known is None or known[0] != epoch:
            order = np.random.default_rng([self.seed, epoch]).permutation(self.n)
            self._order = known = epoch, order
        return known[1]

    def _batch(self, epoch: int, step: int) -> Batch:
        if os.getpid() != self._process:
            raise RuntimeError(
                "Batches of images are computed by JAX, which does not work in a forked process; "
                "use threads (use_multiprocessing=False), which decode and compute at the same "
                "time as well."
            )
        start = step * self.batch_size
        chosen = self.order(epoch)[start : start + self.batch_size]
        # A short batch is filled up, so that there is one shape of batches to compile for.
        size = min(self.batch_size, self.n)
        filled = chosen if len(chosen) == size else np.resize(chosen, size)
        key = named_key(self.seed, "augmentation", str(epoch), str(step))
        processed = self.image_data_generator.process(key, self.raw(filled))
        images = np.array(processed)[: len(chosen)]  # a copy, which may be changed
        if self.save_to_dir is not None:
            self._save(images, Path(self.save_to_dir), start, epoch)
        return self.with_targets(images, chosen)

    def raw(self, index: np.ndarray) -> np.ndarray:
        """The images as they are before any change."""
        raise NotImplementedError

    def with_targets(self, images: np.ndarray, index: np.ndarray) -> Batch:
        """The batch: images, alone or with labels and perhaps weights."""
        raise NotImplementedError

    def _save(self, images: np.ndarray, folder: Path, start: int, epoch: int) -> None:
        def path(index: int, number: int) -> Path:
            return folder / f"{self.save_prefix}_{index}_{number}.{self.save_format}"

        for index, image in enumerate(images, start):
            number = _mixed(self.seed, epoch, index) % 10_000
            while path(index, number).exists():  # files saved before stay
                number += 1
            save_img(path(index, number), image, self.data_format)


def subset_slice(count: int, fraction: float, subset: str | None) -> slice:
    """The samples of a subset among `count`: 'validation' is the first `fraction` of them."""
    if subset is None:
        return slice(0, count)
    if subset not in ("training", "validation"):
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    if not fraction:
        raise ValueError(f'subset="{subset}" needs ImageDataGenerator(validation_split=...).')
    border = int(fraction * count)
    return slice(0, border) if subset == "validation" else slice(border, count)


def _mixed(*numbers: int) -> int:
    """One number of 32 bits that follows from several."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])
