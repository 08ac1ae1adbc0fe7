"""`imread` and `imsave` as `scipy.misc` had them until SciPy 1.2, on Pillow."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["imread", "imsave"]


def imread(
    name: str | os.PathLike[str], flatten: bool = False, mode: str | None = None
) -> np.ndarray:
    """The picture in a file: uint8 (height, width) or (height, width, channels); float32 grey
    levels if `flatten`.

    `mode` is one of Pillow's: 'RGB', 'L', ... By default a picture with a palette becomes RGB.
    """
    from PIL import Image

    with Image.open(name) as opened:
        picture: Any = opened
        if mode is not None:
            picture = picture.convert(mode)
        elif picture.mode == "P":
            picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        return np.asarray(picture.convert("F") if flatten else picture)


def imsave(name: str | os.PathLike[str], arr: ArrayLike, format: str | None = None) -> None:
    """Write grey levels (height, width), or colours with a channel axis of 3 or 4, first or last,
    to a picture file.

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
