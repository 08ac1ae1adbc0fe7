"""How TensorFlow 1 resizes: it samples at the upper left corners of pixels, not at centres."""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

# (index in the result, scale, size of the image) -> the pixels that count, with their weights
Rule = Callable[[int, float, int], list[tuple[int, float]]]

CUBIC = -0.75
STEPS = 1024  # of the table that holds the weights of the cubic rule


def bilinear(index: int, scale: float, size: int) -> list[tuple[int, float]]:
    """Between the two nearest pixels."""
    at = index * scale
    low = math.floor(at)
    return [(low, 1 - (at - low)), (low + 1, at - low)]


def nearest(index: int, scale: float, size: int) -> list[tuple[int, float]]:
    """The pixel before."""
    return [(math.floor(index * scale), 1.0)]


def nearest_corner(index: int, scale: float, size: int) -> list[tuple[int, float]]:
    """The nearest pixel."""
    return [(math.floor(index * scale + 0.5), 1.0)]


def bicubic(index: int, scale: float, size: int) -> list[tuple[int, float]]:
    """Four pixels by Keys' cubic."""
    at = index * scale
    low = math.floor(at)
    fraction = round((at - low) * STEPS) / STEPS

    def near(x: float) -> float:
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1

    def far(x: float) -> float:
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC

    weights = far(fraction + 1), near(fraction), near(1 - fraction), far(2 - fraction)
    return [(low - 1 + i, weight) for i, weight in enumerate(weights)]


def area(index: int, scale: float, size: int) -> list[tuple[int, float]]:
    """The mean of the pixels that are covered, in proportion."""
    first, last = index * scale, (index + 1) * scale
    return [
        (i, (min(i + 1, last) - max(i, first)) / scale)
        for i in range(math.floor(first), math.ceil(last))
    ]


def weights_along(rule: Rule, size: int, new_size: int, align_corners: bool) -> np.ndarray:
    """(new size, size): how much each pixel counts along one axis."""
    corners = align_corners and new_size > 1
    scale = (size - 1) / (new_size - 1) if corners else size / new_size
    matrix = np.zeros((new_size, size), np.float32)
    for index in range(new_size):
        for pixel, weight in rule(index, scale, size):
            matrix[index, min(max(pixel, 0), size - 1)] += weight
    return matrix


def resized(
    images: jax.Array, sizes: tuple[int, int], rule: Rule, align_corners: bool
) -> jax.Array:
    """Images (..., rows, columns, channels) as float32 in other sizes."""
    if rule is nearest and align_corners:
        rule = nearest_corner
    rows, columns = (
        weights_along(rule, size, new_size, align_corners)
        for size, new_size in zip(images.shape[-3:-1], sizes, strict=True)
    )
    values = images.astype(jnp.float32)
    return jnp.einsum("ri,cj,...ijk->...rck", rows, columns, values, precision="highest")
