"""The way of a batch from its source to the model: random changes, then standardisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.augmentation import Augmentation, Parameters
from jaxcnn.preprocessing.image.standardization import SampleSteps, Statistics, standardize
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import Settings

ImageFunction: TypeAlias = Callable[[np.ndarray], ArrayLike]
# The random change of one image, as people can read and edit it.
TransformParameters: TypeAlias = dict[str, float | bool | list[float] | None]
CHUNK = 256  # images from which statistics are learned at a time
A = TypeVar("A", np.ndarray, Array)


@dataclass(frozen=True)
class Pipeline:
    """The steps of an `ImageDataGenerator`, as a value.

    Attributes:
        augmentation: the random changes.
        preprocessing_function: called with each image after them; None for none.
        steps: the steps that need no statistics.
        channels_first: whether batches are (n, channels, rows, columns).
    """

    augmentation: Augmentation
    preprocessing_function: ImageFunction | None
    steps: SampleSteps
    channels_first: bool

    def process(self, key: Array, batch: ArrayLike, statistics: Statistics) -> Array:
        """The batch after the random changes that `key` decides, and standardised.

        One compiled program for a shape of batch; with a `preprocessing_function`, which is called
        between, two.
        """
        keep_programs()
        if self.preprocessing_function is None:
            process = _process if self.augmentation.colours else _process_at_once
            processed: Array = process(
                key,
                jnp.asarray(batch),
                statistics,
                augmentation=self.augmentation,
                steps=self.steps,
                channels_first=self.channels_first,
            )
            return processed
        return self.standardized(np.asarray(self.augmented(key, np.asarray(batch))), statistics)

    def augmented(self, key: Array, batch: ArrayLike) -> Array:
        """The batch after the random changes that `key` decides."""
        last = to_channels_last(np.asarray(batch), self.channels_first)
        return from_channels_last(self.augmentation(key, last), self.channels_first)

    def draw(self, key: Array, shape: tuple[int, ...]) -> TransformParameters:
        """The parameters of a change of one image of this shape; neutral ones for what is off."""
        if self.channels_first:
            shape = (*shape[1:], shape[0])
        drawn = jax.device_get(_draw(self.augmentation, key, (1, *shape)))
        return {
            "theta": 0.0,
            "tx": 0.0,
            "ty": 0.0,
            "shear": 0.0,
            "zx": 1.0,
            "zy": 1.0,
            "flip_horizontal": False,
            "flip_vertical": False,
            "channel_shift_intensity": None,
            "brightness": None,
            **{name: value[0].tolist() for name, value in drawn.items()},
        }

    def changed(self, image: np.ndarray, parameters: Settings) -> Array:
        """One image changed by parameters as from `draw`."""
        arrays = {
            name: np.atleast_1d(value)[None]
            if name == "channel_shift_intensity"
            else np.asarray([value])
            for name, value in parameters.items()
            if value is not None
        }
        batch = to_channels_last(image[None], self.channels_first)
        changed: Array = _apply(self.augmentation, batch, arrays)
        return from_channels_last(changed, self.channels_first)[0]

    def standardized(self, batch: np.ndarray, statistics: Statistics) -> Array:
        """The batch after the user's function and all steps that follow."""
        if batch.dtype.kind != "f":
            batch = batch.astype(np.float32)
        if self.preprocessing_function is not None:
            images = [self.preprocessing_function(image.copy()) for image in batch]
            batch = np.stack([np.asarray(image, np.float32) for image in images])
        standardized: Array = standardize(self.steps, statistics, batch)
        return standardized

    def chunks(self, images: np.ndarray, key: Array | None, rounds: int) -> Iterator[np.ndarray]:
        """All images, some at a time, as the steps see them that need statistics.

        With a key they come `rounds` times, each time after other random changes.
        """
        for number in range(1 if key is None else rounds):
            for start in range(0, len(images), CHUNK):
                chunk = images[start : start + CHUNK]
                if key is not None:
                    chunk_key = jax.random.fold_in(jax.random.fold_in(key, number), start)
                    chunk = np.asarray(self.augmented(chunk_key, chunk))
                yield np.asarray(self.standardized(chunk, Statistics()))


def to_channels_last(batch: A, channels_first: bool) -> A:
    """A batch whose channels may come first, with the channels last."""
    return batch.transpose(0, 2, 3, 1) if channels_first else batch


def from_channels_last(batch: A, channels_first: bool) -> A:
    """The inverse of `to_channels_last`."""
    return batch.transpose(0, 3, 1, 2) if channels_first else batch


@partial(jax.jit, static_argnums=(0, 2))
def _draw(augmentation: Augmentation, key: Array, shape: tuple[int, ...]) -> dict[str, Array]:
    return augmentation.draw(key, shape)


@partial(jax.jit, static_argnums=0)
def _apply(augmentation: Augmentation, batch: ArrayLike, parameters: Parameters) -> Array:
    return augmentation.apply(batch, parameters)


def _process(
    key: Array,
    batch: Array,
    statistics: Statistics,
    *,
    augmentation: Augmentation,
    steps: SampleSteps,
    channels_first: bool,
) -> Array:
    changed = augmentation(key, to_channels_last(batch, channels_first))
    result: Array = standardize(steps, statistics, from_channels_last(changed, channels_first))
    return result


_process_at_once = partial(jax.jit, static_argnames=("augmentation", "steps", "channels_first"))(
    _process
)
