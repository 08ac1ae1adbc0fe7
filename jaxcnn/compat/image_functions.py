"""Functions of one image that Keras 2.2 has and those before it have not."""

from __future__ import annotations

import numpy as np
from PIL import ImageEnhance

from jaxcnn.preprocessing.image import array_to_img, img_to_array


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """The image with a number added, within the range that its values had."""
    return np.clip(x + intensity, np.min(x), np.max(x))


def apply_brightness_shift(x: np.ndarray, brightness: float) -> np.ndarray:
    """The image with its brightness times a number, scaled to 0 to 255."""
    return img_to_array(ImageEnhance.Brightness(array_to_img(x)).enhance(brightness))


def random_brightness(x: np.ndarray, brightness_range: tuple[float, float]) -> np.ndarray:
    """`apply_brightness_shift` by a number from a range.

    Raises:
        ValueError: the range is not two numbers.
    """
    if len(brightness_range) != 2:
        raise ValueError(f"brightness_range must be two numbers; given {brightness_range!r}.")
    return apply_brightness_shift(x, np.random.uniform(*brightness_range))
