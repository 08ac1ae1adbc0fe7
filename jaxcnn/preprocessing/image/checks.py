"""Checks of arrays of images, with messages that say what to do."""

import numpy as np
from numpy.typing import ArrayLike


def one_image(x: ArrayLike) -> np.ndarray:
    """One image as an array.

    Raises:
        ValueError: it does not have three axes.
    """
    image = np.asarray(x)
    if image.ndim != 3:
        raise ValueError(f"One image has three axes; given an array of shape {image.shape}.")
    return image


def require_channels(images: np.ndarray, data_format: str, caller: str) -> None:
    """Raise unless a batch of images has 1, 3 or 4 channels."""
    axis = 3 if data_format == "channels_last" else 1
    if images.shape[axis] not in (1, 3, 4):
        raise ValueError(
            f"Expected input of {caller} to be images following the data format convention "
            f'"{data_format}" (channels on axis {axis}), i.e. either 1, 3 or 4 channels on axis '
            f"{axis}; it was passed an array with shape {images.shape} ({images.shape[axis]} "
            "channels)."
        )


def require_finite(images: np.ndarray) -> None:
    """Raise and name the first image that has a pixel which is NaN or infinite."""
    if images.dtype.kind != "f" or not images.size:
        return
    finite = np.isfinite(images).reshape(len(images), -1).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"{int((~finite).sum())} of {len(images)} images have pixels that are NaN or infinite; "
            f"the first is number {int(np.argmin(finite))}. Repair them or leave them out."
        )
