"""What all iterators over batches of pictures share: order, position, threads, and pictures saved
to look at.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jax import Array

from jaxcnn.preprocessing.image.files import save_img
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key

if TYPE_CHECKING:
    from jaxcnn.preprocessing.image.generator import ImageDataGenerator


class Iterator:
    """Endless batches of `n` samples: ``next(iterator)`` goes through epoch after epoch.

    ``iterator[i]`` is batch `i` of the epoch that it is in, `len` of them there are, and
    `on_epoch_end` goes on to the next. Batch and order are functions of the seed, the epoch and the
    step, so threads that share an iterator get what one would, in whatever order they come.

    Attributes:
        n: samples.
        batch_size: samples a batch; the last of an epoch may be smaller.
        shuffle: whether each epoch has an order of its own.
        seed: decides everything random.
        epoch, batch_index: where `next` is, from 0.
    """

    def __init__(
        self,
        n: int,
        generator: ImageDataGenerator,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        data_format: str,
        save_to_dir: str | os.PathLike[str] | None,
        save_prefix: str,
        save_format: str,
    ) -> None:
        if n == 0:
            raise ValueError("There are no pictures to make batches of.")
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise ValueError(f"`batch_size` is {batch_size!r}; it must be a positive integer.")
        self.n, self.batch_size, self.shuffle = n, int(batch_size), shuffle
        # Two iterators without a seed differ, but both follow from the seed of the library.
        self.seed = int(_mixed(config.seed(), config.count_draw())) if seed is None else int(seed)
        self.image_data_generator, self.data_format = generator, data_format
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.epoch = self.batch_index = 0
        self.lock = threading.Lock()
        self._process = os.getpid()
        self._order: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} batches; asked for number {index}.")
        return self._batch(self.epoch, index % len(self))

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
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
            self._order = known = (
                epoch,
                np.random.default_rng([self.seed, epoch]).permutation(self.n),
            )
        return known[1]

    def _batch(self, epoch: int, step: int) -> Any:
        if os.getpid() != self._process:
            raise RuntimeError(
                "Batches of pictures are computed by JAX, which does not work in a forked process; "
                "use threads "
                "(use_multiprocessing=False), which decode and compute at the same time as well."
            )
        start = step * self.batch_size
        chosen = self.order(epoch)[start : start + self.batch_size]
        # A short batch is filled up, so that there is one shape of batches to compile for.
        size = min(self.batch_size, self.n)
        filled = chosen if len(chosen) == size else np.resize(chosen, size)
        key = named_key(self.seed, "augmentation", str(epoch), str(step))
        pictures = self._pictures(filled, key)[: len(chosen)]
        if self.save_to_dir is not None:
            self._save(pictures, start, epoch)
        return self._with_targets(pictures, chosen)

    def _pictures(self, index: np.ndarray, key: Array) -> np.ndarray:
        return np.array(
            self.image_data_generator.process(key, self._raw(index))
        )  # a copy, which may be changed

    def _raw(self, index: np.ndarray) -> np.ndarray:
        """The pictures as they are before any change."""
        raise NotImplementedError

    def _with_targets(self, pictures: np.ndarray, index: np.ndarray) -> Any:
        """The batch: pictures, alone or with labels and perhaps weights."""
        raise NotImplementedError

    def _save(self, pictures: np.ndarray, start: int, epoch: int) -> None:
        assert self.save_to_dir is not None
        for i, picture in enumerate(pictures):
            number = int(_mixed(self.seed, epoch, start + i)) % 10_000
            while (
                path := self._saved_path(start + i, number)
            ).exists():  # what was saved before stays
                number += 1
            save_img(path, picture, self.data_format)

    def _saved_path(self, index: int, number: int) -> Path:
        return Path(
            os.fspath(self.save_to_dir or ""),
            f"{self.save_prefix}_{index}_{number}.{self.save_format}",
        )


def require_channels(pictures: np.ndarray, data_format: str, what: str) -> None:
    """Raise unless a batch of pictures has 1, 3 or 4 channels."""
    axis = 3 if data_format == "channels_last" else 1
    if pictures.shape[axis] not in (1, 3, 4):
        raise ValueError(
            f"Expected input of {what} to be images following the data format convention "
            f'"{data_format}" (channels on '
            f"axis {axis}), i.e. either 1, 3 or 4 channels on axis {axis}; it was passed an array "
            "with shape "
            f"{pictures.shape} ({pictures.shape[axis]} channels)."
        )


def require_finite(pictures: np.ndarray) -> None:
    """Raise and name the first picture that has a pixel which is NaN or infinite."""
    if pictures.dtype.kind != "f" or not pictures.size:
        return
    finite = np.isfinite(pictures).reshape(len(pictures), -1).all(axis=1)
    if not finite.all():
        first = int(np.argmin(finite))
        raise ValueError(
            f"{int((~finite).sum())} of {len(pictures)} pictures have pixels that are NaN or "
            "infinite; the first is "
            f"number {first}. Repair them or leave them out."
        )


def split_bounds(count: int, fraction: float, subset: str | None) -> slice:
    """The part of `count` samples that is the subset: 'validation' is the first `fraction` of them."""
    if subset is None:
        return slice(0, count)
    if subset not in ("training", "validation"):
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    if not fraction:
        raise ValueError(f'subset="{subset}" needs ImageDataGenerator(validation_split=...).')
    border = int(fraction * count)
    return slice(0, border) if subset == "validation" else slice(border, count)


def _mixed(*numbers: int) -> np.uint32:
    return np.random.SeedSequence(numbers).generate_state(1)[0]
