"""`imread`, `imsave`, `imresize` and `toimage` of `scipy.misc` until SciPy 1.2, on Pillow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["imread", "imresize", "imsave", "toimage"]


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
    from jaxcnn.utils.files import atomic_path

    with atomic_path(name) as temporary:
        toimage(arr).save(temporary, format=format or _format(name))


def imresize(
    arr: ArrayLike,
    size: float | tuple[int, int],
    interp: str = "bilinear",
    mode: str | None = None,
) -> np.ndarray:
    """An image in another size, uint8; values that are not uint8 are stretched first.

    Args:
        arr: (height, width) or (height, width, channels).
        size: (height, width), a whole number of per cent, or a factor.
        interp: 'nearest', 'lanczos', 'bilinear', 'bicubic' or 'cubic'.
        mode: one of Pillow's, into which the image is converted before.
    """
    from PIL import Image

    image = toimage(arr, mode=mode)
    if isinstance(size, tuple | list):
        shape = (int(size[1]), int(size[0]))
    else:
        factor = size / 100 if isinstance(size, int | np.integer) else size
        shape = (int(image.size[0] * factor), int(image.size[1] * factor))
    filters = {
        "nearest": Image.Resampling.NEAREST,
        "lanczos": Image.Resampling.LANCZOS,
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "cubic": Image.Resampling.BICUBIC,
    }
    return np.asarray(image.resize(shape, resample=filters[interp]))


def toimage(
    arr: ArrayLike,
    high: float = 255,
    low: float = 0,
    cmin: float | None = None,
    cmax: float | None = None,
    mode: str | None = None,
) -> Image.Image:
    """An array as an image of Pillow's, stretched as `imsave` says.

    Args:
        high, low: the values that `cmax` and `cmin` become, by default the largest and smallest
            value.
        mode: one of Pillow's, into which the image is converted.
    """
    from PIL import Image

    values = np.asarray(arr)
    if values.ndim == 3 and values.shape[-1] not in (3, 4) and values.shape[0] in (3, 4):
        values = np.moveaxis(values, 0, -1)
    if values.ndim != 2 and not (values.ndim == 3 and values.shape[-1] in (3, 4)):
        raise ValueError(
            f"An image is (height, width) or (height, width, 3 or 4) values; given {values.shape}."
        )
    if values.dtype != np.uint8:
        first = values.min() if cmin is None else cmin
        last = values.max() if cmax is None else cmax
        stretched = (values - first) * ((high - low) / ((last - first) or 1)) + low
        values = (stretched.clip(low, high) + 0.5).astype(np.uint8)
    image = Image.fromarray(values)
    return image if mode is None else image.convert(mode)


def _format(name: str | os.PathLike[str]) -> str:
    from PIL import Image

    suffix = os.path.splitext(os.fspath(name))[1].lower()
    known = Image.registered_extensions()
    if suffix not in known:
        raise ValueError(
            f"imsave cannot tell the format from {os.fspath(name)!r}; give a suffix such as .png."
        )
    return known[suffix]
