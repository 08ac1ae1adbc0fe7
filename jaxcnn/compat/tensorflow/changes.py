"""``tf.image``: images turned, cut and filled up."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from jaxcnn.backend.random import random_key
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime.types import ArrayLike

__all__ = [
    "central_crop",
    "crop_to_bounding_box",
    "flip_left_right",
    "flip_up_down",
    "pad_to_bounding_box",
    "random_flip_left_right",
    "random_flip_up_down",
    "resize_image_with_crop_or_pad",
    "rot90",
    "transpose_image",
]


def one_image(word: str, image: ArrayLike) -> jax.Array:
    """An array (rows, columns, channels).

    Raises:
        ValueError: other axes.
    """
    x = jnp.asarray(image)
    if x.ndim != 3:
        raise ValueError(f"tf.image.{word}: 'image' (shape {x.shape}) must be three-dimensional.")
    return x


def flipping_words(label: str, axis: int) -> tuple[Word, Word]:
    """The word that turns an image about an axis, and that which does by a chance of one half."""

    @word("Reverse")
    def flipped(image: ArrayLike) -> jax.Array:
        return jnp.flip(one_image(f"flip_{label}", image), axis)

    @word("cond/Merge")
    def perhaps(image: ArrayLike, seed: int | None = None) -> jax.Array:
        x = one_image(f"random_flip_{label}", image)
        return jnp.where(jax.random.uniform(random_key(seed)) < 0.5, jnp.flip(x, axis), x)

    return flipped, perhaps


flip_up_down, random_flip_up_down = flipping_words("up_down", 0)
flip_left_right, random_flip_left_right = flipping_words("left_right", 1)


@word("transpose")
def transpose_image(image: ArrayLike) -> jax.Array:
    """Rows for columns."""
    return one_image("transpose_image", image).swapaxes(0, 1)


@word("rot90", at_once=("k",))
def rot90(image: ArrayLike, k: int = 1) -> jax.Array:
    """Turned `k` times by 90 degrees against the clock."""
    return jnp.rot90(one_image("rot90", image), k)


def box_word(label: str, function: Callable[..., jax.Array]) -> Word:
    """A word of images (..., rows, columns, channels) and of sizes of the result."""

    @word(label, at_once=("offset_height", "offset_width", "target_height", "target_width"))
    def call(
        image: ArrayLike,
        offset_height: int,
        offset_width: int,
        target_height: int,
        target_width: int,
    ) -> jax.Array:
        x = jnp.asarray(image)
        if x.ndim not in (3, 4):
            raise ValueError("'image' must have either 3 or 4 dimensions.")
        offsets, sizes = (offset_height, offset_width), (target_height, target_width)
        if min(offsets) < 0 or min(sizes) <= 0:
            raise ValueError(f"offsets must be >= 0 and targets > 0; given {offsets} and {sizes}.")
        return function(x, offsets, sizes)

    return call


def cropped(x: jax.Array, offsets: tuple[int, int], sizes: tuple[int, int]) -> jax.Array:
    """The part of images that begins at `offsets`.

    Raises:
        ValueError: it would reach beyond their edges.
    """
    (top, left), (rows, columns) = offsets, sizes
    if top + rows > x.shape[-3] or left + columns > x.shape[-2]:
        raise ValueError(
            f"height and width must be >= target + offset; given images of {x.shape}, targets "
            f"{sizes} and offsets {offsets}."
        )
    return x[..., top : top + rows, left : left + columns, :]


def padded(x: jax.Array, offsets: tuple[int, int], sizes: tuple[int, int]) -> jax.Array:
    """Images with zeros around them, which begin at `offsets`.

    Raises:
        ValueError: they would reach beyond the edges.
    """
    after = [
        size - offset - n for size, offset, n in zip(sizes, offsets, x.shape[-3:-1], strict=True)
    ]
    if min(after) < 0:
        raise ValueError(
            f"height and width must be <= target - offset; given images of {x.shape}, targets "
            f"{sizes} and offsets {offsets}."
        )
    around = [*[(0, 0)] * (x.ndim - 3), *zip(offsets, after, strict=True), (0, 0)]
    return jnp.pad(x, around)


crop_to_bounding_box = box_word("Slice", cropped)
pad_to_bounding_box = box_word("Pad", padded)


@word("Pad", at_once=("target_height", "target_width"))
def resize_image_with_crop_or_pad(
    image: ArrayLike, target_height: int, target_width: int
) -> jax.Array:
    """The middle of images, or images in the middle of zeros."""
    x, sizes = jnp.asarray(image), (target_height, target_width)
    pairs = list(zip(sizes, x.shape[-3:-1], strict=True))
    cut = [(max((n - size) // 2, 0), min(size, n)) for size, n in pairs]
    middle = cropped(x, (cut[0][0], cut[1][0]), (cut[0][1], cut[1][1]))
    rows, columns = (max((size - n) // 2, 0) for size, n in pairs)
    return padded(middle, (rows, columns), sizes)


@word("Slice", at_once=("central_fraction",))
def central_crop(image: ArrayLike, central_fraction: float) -> jax.Array:
    """The middle of an image, this fraction of its rows and columns."""
    if not 0 < central_fraction <= 1:
        raise ValueError("central_fraction must be within (0, 1]")
    x = one_image("central_crop", image)
    top, left = (int((n - n * central_fraction) / 2) for n in x.shape[:2])
    return x[top : x.shape[0] - top, left : x.shape[1] - left]
