"""``tf.image``: images in other colours."""

from __future__ import annotations

import operator
from collections.abc import Callable

import jax
import jax.numpy as jnp

from jaxcnn.compat.tensorflow.changes import one_image
from jaxcnn.compat.tensorflow.image import convert_image_dtype
from jaxcnn.compat.tensorflow.random import random_uniform
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime.types import ArrayLike, PyTree

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_hue",
    "adjust_saturation",
    "grayscale_to_rgb",
    "hsv_to_rgb",
    "per_image_standardization",
    "random_brightness",
    "random_contrast",
    "random_hue",
    "random_saturation",
    "rgb_to_hsv",
    "total_variation",
]


@word("div")
def per_image_standardization(image: ArrayLike) -> jax.Array:
    """An image less its mean, over its deviation, which counts as at least 1 / sqrt(numbers)."""
    x = one_image("per_image_standardization", image).astype(jnp.float32)
    mean = jnp.mean(x)
    variance = jax.nn.relu(jnp.mean(jnp.square(x)) - jnp.square(mean))
    return (x - mean) / jnp.maximum(jnp.sqrt(variance), x.size**-0.5)


@word("total_variation")
def total_variation(images: ArrayLike) -> jax.Array:
    """The sum of differences between neighbours, of each image."""
    x = jnp.asarray(images)
    if x.ndim not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    down, across = (jnp.sum(jnp.abs(jnp.diff(x, axis=a)), (-3, -2, -1)) for a in (-3, -2))
    return down + across


@word("grayscale_to_rgb")
def grayscale_to_rgb(images: ArrayLike) -> jax.Array:
    """The one channel three times."""
    return jnp.repeat(jnp.asarray(images), 3, -1)


@word("RGBToHSV")
def rgb_to_hsv(images: ArrayLike) -> jax.Array:
    """Hue, saturation and value of colours, all from 0 to 1."""
    return in_hsv(jnp.asarray(images))


@word("HSVToRGB")
def hsv_to_rgb(images: ArrayLike) -> jax.Array:
    """The colours of hues, saturations and values."""
    return in_rgb(jnp.asarray(images))


def in_hsv(rgb: jax.Array) -> jax.Array:
    """`rgb_to_hsv`."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    value = rgb.max(-1)
    spread = value - rgb.min(-1)
    unit = 1 / (6 * jnp.where(spread == 0, 1, spread))
    hue = jnp.where(
        value == red,
        unit * (green - blue),
        jnp.where(value == green, unit * (blue - red) + 2 / 6, unit * (red - green) + 4 / 6),
    )
    hue = jnp.where(spread == 0, 0, hue)
    saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1), 0)
    return jnp.stack([jnp.where(hue < 0, hue + 1, hue), saturation, value], -1)


def in_rgb(hsv: jax.Array) -> jax.Array:
    """`hsv_to_rgb`."""
    hue, saturation, value = hsv[..., :1] * 6, hsv[..., 1:2], hsv[..., 2:]
    signs, offsets = jnp.asarray([1.0, -1, -1]), jnp.asarray([-1.0, 2, 2])
    distances = jnp.abs(hue - jnp.asarray([3.0, 2, 4]))
    shares = jnp.clip(distances * signs + offsets, 0, 1)
    return ((1 - saturation) + saturation * shares) * value


# -- changed by a number ---------------------------------------------------------------------------


def adjusting_word(
    label: str, function: Callable[[jax.Array, jax.Array], jax.Array], saturate: bool
) -> Word:
    """A word that changes images by a number; it computes with fractions."""

    @word(label)
    def adjusted(image: ArrayLike, by: ArrayLike) -> jax.Array:
        x = jnp.asarray(image)
        changed = function(convert_image_dtype(x, jnp.float32), jnp.asarray(by, jnp.float32))
        result: jax.Array = convert_image_dtype(changed, x.dtype, saturate=saturate)
        return result

    return adjusted


def about_the_mean(x: jax.Array, factor: jax.Array) -> jax.Array:
    """Each channel's distances from its mean, times a factor."""
    mean = jnp.mean(x, (-3, -2), keepdims=True)
    return (x - mean) * factor + mean


def with_other_hue(x: jax.Array, delta: jax.Array) -> jax.Array:
    """Colours turned by a fraction of their circle."""
    hsv = in_hsv(x)
    return in_rgb(hsv.at[..., 0].set(jnp.mod(hsv[..., 0] + (delta + 1.0), 1.0)))


def with_other_saturation(x: jax.Array, factor: jax.Array) -> jax.Array:
    """Colours with a multiple of their saturation, up to 1."""
    hsv = in_hsv(x)
    return in_rgb(hsv.at[..., 1].set(jnp.clip(hsv[..., 1] * factor, 0, 1)))


_brighter = adjusting_word("adjust_brightness", operator.add, saturate=True)
_contrasted = adjusting_word("adjust_contrast", about_the_mean, saturate=True)
_turned = adjusting_word("adjust_hue", with_other_hue, saturate=False)
_saturated = adjusting_word("adjust_saturation", with_other_saturation, saturate=False)


def adjust_brightness(image: PyTree, delta: PyTree) -> PyTree:
    """Images as fractions, plus `delta`."""
    return _brighter(image, delta)


def adjust_contrast(images: PyTree, contrast_factor: PyTree) -> PyTree:
    """Images whose channels lie `contrast_factor` times as far from their means."""
    return _contrasted(images, contrast_factor)


def adjust_hue(image: PyTree, delta: PyTree, name: str | None = None) -> PyTree:
    """Images whose colours are turned by a fraction of their circle."""
    return _turned(image, delta, name=name)


def adjust_saturation(image: PyTree, saturation_factor: PyTree, name: str | None = None) -> PyTree:
    """Images with a multiple of their saturation, up to 1."""
    return _saturated(image, saturation_factor, name=name)


def between(lower: float, upper: float, seed: int | None) -> PyTree:
    """A number drawn anew in each run.

    Raises:
        ValueError: there is none between them, or the lower one is negative.
    """
    if not 0 <= lower < upper:
        raise ValueError(
            f"lower must be non-negative, upper must be > lower; given {lower}, {upper}."
        )
    return random_uniform([], lower, upper, seed=seed)


def around_zero(max_delta: float, most: float, seed: int | None) -> PyTree:
    """A number up to `max_delta` above or below 0, drawn anew in each run.

    Raises:
        ValueError: `max_delta` is negative or above `most`.
    """
    if not 0 <= max_delta <= most:
        raise ValueError(f"max_delta must be non-negative and <= {most}; given {max_delta}.")
    return random_uniform([], -max_delta, max_delta, seed=seed)


def random_brightness(image: PyTree, max_delta: float, seed: int | None = None) -> PyTree:
    """`adjust_brightness` by up to `max_delta`."""
    return adjust_brightness(image, around_zero(max_delta, float("inf"), seed))


def random_hue(image: PyTree, max_delta: float, seed: int | None = None) -> PyTree:
    """`adjust_hue` by up to `max_delta`."""
    return adjust_hue(image, around_zero(max_delta, 0.5, seed))


def random_contrast(image: PyTree, lower: float, upper: float, seed: int | None = None) -> PyTree:
    """`adjust_contrast` by a factor between two."""
    return adjust_contrast(image, between(lower, upper, seed))


def random_saturation(image: PyTree, lower: float, upper: float, seed: int | None = None) -> PyTree:
    """`adjust_saturation` by a factor between two."""
    return adjust_saturation(image, between(lower, upper, seed))
