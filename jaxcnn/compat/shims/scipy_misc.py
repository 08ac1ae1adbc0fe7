"""`imread` and `imsave` as `scipy.misc` had them until SciPy 1.2, on Pillow."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["imread", "imsave"]


def imread(
    name: str | os.PathLike[str], flatten: bool = False, mode: str | None = None
) -> np.ndarray:
    """The image in a file: uint8 (height, width) or (height, width, channels).

    Args:
        name: the file.
        flatten: float32 grey levels (height, width) instead.
        mode: one of Pillow's: 'RGB', 'L', ... By default an image with a palette becomes RGB.
    """
    from PIL import Image

    with Image.open(name) as opened:
        image: Image.Image = opened
        if mode is not None:
            image = image.convert(mode)
        elif image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        return np.asarray(image.convert("F") if flatten else image)


def imsave(name: str | os.PathLike[str], arr: ArrayLike, format: str | None = None) -> None:
    """Write grey levels (height, width), or 3 or 4 channels first or last, to an image file.

    uint8 values are written as they are; others are stretched so that the smallest is black and the
    largest white.
    """
    from PIL import Image

    from jaxcnn.utils.files import atomic_path

    values = np.asarray(arr)
    if values.ndim == 3 and values.shape[-1] not in (3, 4) and values.shape[0] in (3, 4):
        values = np.moveaxis(values, 0, -1)
    if values.ndim != 2 and not (values.ndim == 3 and values.shape[-1] in (3, 4)):
        raise ValueError(
            f"imsave needs (height, width) or (height, width, 3 or 4) values; given {values.shape}."
        )
    if values.dtype != np.uint8:
        low, high = values.min(), values.max()
        values = (
            ((values - low) * (255.0 / ((high - low) or 1)) + 0.5).clip(0, 255).astype(np.uint8)
        )
    with atomic_path(name) as temporary:
        Image.fromarray(values).save(temporary, format=format or _format(name))


def _format(name: str | os.PathLike[str]) -> str:
    from PIL import Image

    suffix = os.path.splitext(os.fspath(name))[1].lower()
    known = Image.registered_extensions()
    if suffix not in known:
        raise ValueError(
            f"imsave cannot tell the format from {os.fspath(name)!r}; give a suffix such as .png."
        )
    return known[suffix]
