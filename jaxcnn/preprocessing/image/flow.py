"""The settings of iterators over images, as values."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from jaxcnn.preprocessing.image.files import checked_interpolation, color_channels, load_img


@dataclass(frozen=True)
class Saving:
    """Where an iterator saves the images of its batches; without a folder, nowhere."""

    folder: str | os.PathLike[str] | None
    prefix: str
    suffix: str


@dataclass(frozen=True)
class Flow:
    """How an iterator goes through its samples.

    Attributes:
        batch_size: samples a batch; the last of an epoch may be smaller.
        shuffle: whether each epoch has its own order.
        seed: decides order and changes; None draws one from the library's.
        data_format: 'channels_last' or 'channels_first'.
        saving: where the images of the batches are saved.
    """

    batch_size: int
    shuffle: bool
    seed: int | None
    data_format: str
    saving: Saving

    def __post_init__(self) -> None:
        if not isinstance(self.batch_size, int | np.integer) or self.batch_size < 1:
            raise ValueError(f"`batch_size` is {self.batch_size!r}; it must be a positive integer.")


@dataclass(frozen=True)
class Reading:
    """How image files become arrays: settings of `load_img`."""

    target_size: tuple[int, int]
    color_mode: str
    interpolation: str
    draft: bool = False

    def __post_init__(self) -> None:
        if len(self.target_size) != 2:
            raise ValueError(f"`target_size` is {self.target_size!r}; it must be (rows, columns).")
        rows, columns = self.target_size
        object.__setattr__(self, "target_size", (int(rows), int(columns)))
        checked_interpolation(self.interpolation)
        color_channels(self.color_mode)

    def shape(self, data_format: str) -> tuple[int, int, int]:
        """The shape of an image in a data format."""
        rows, columns = self.target_size
        channels = color_channels(self.color_mode)[1]
        if data_format == "channels_last":
            return rows, columns, channels
        return channels, rows, columns

    def read(self, path: str) -> np.ndarray:
        """The file as uint8 (rows, columns, channels)."""
        image = load_img(
            path,
            target_size=self.target_size,
            color_mode=self.color_mode,
            interpolation=self.interpolation,
            draft=self.draft,
        )
        pixels = np.asarray(image)
        return pixels if pixels.ndim == 3 else pixels[:, :, None]
