"""Images as Pillow images, as arrays and as files."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from jaxcnn.runtime import config
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.utils.files import atomic_path
from jaxcnn.utils.images import read_image

if TYPE_CHECKING:
    from PIL.Image import Image

EXTENSIONS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
# Name -> Pillow's mode, channels.
_COLOR_MODES = {"grayscale": ("L", 1), "rgb": ("RGB", 3), "rgba": ("RGBA", 4)}
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


@old_spellings
def load_img(
    path: str | os.PathLike[str],
    grayscale: bool = False,
    target_size: tuple[int, int] | None = None,
    color_mode: str = "rgb",
    interpolation: str = "nearest",
    draft: bool = False,
) -> Image:
    """Read an image from a file.

    Args:
        path: the file, in any format of pixels that Pillow reads (not EPS, PDF and the like).
        grayscale: the same as ``color_mode="grayscale"``. Default: False.
        target_size: (rows, columns) to resize to; by default the image's own size.
        color_mode: 'rgb', 'rgba' or 'grayscale'; what the file has is converted, the palette and
            CMYK included. Default: 'rgb'.
        interpolation: how to resize: 'nearest', 'bilinear', 'bicubic', 'lanczos', 'box' or
            'hamming'. Default: 'nearest'.
        draft: whether a JPEG file is decoded at a half, a quarter or an eighth of its size, where
            that is not smaller than `target_size`: large photographs in a half to a third of the
            time, with each pixel the mean of those around it. Default: False.

    Returns:
        A Pillow image with 8 bits a channel.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: the file is damaged, truncated or no image.
        ValueError: unknown `color_mode` or `interpolation`; or pixels of more than 8 bits, whose
            conversion would cut them off.

    Examples:
        >>> from jaxcnn.preprocessing.image import load_img, save_img
        >>> save_img("a.png", np.zeros((6, 8, 3)))
        >>> load_img("a.png", target_size=(4, 4)).size
        (4, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    from PIL import Image

    mode = color_channels("grayscale" if grayscale else color_mode)[0]
    resample = None
    if target_size is not None or not chosen():  # old Keras looks at it where it resizes
        resample = Image.Resampling[checked_interpolation(interpolation).upper()]
    enough = (target_size[1], target_size[0]) if draft and target_size is not None else None
    image = read_image(path, os.fspath(path), enough)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")  # else the transparency is lost with a warning
    image = image.convert(mode)
    if target_size is not None and image.size != (target_size[1], target_size[0]):
        image = image.resize((target_size[1], target_size[0]), resample)
    return image


@old_spellings
def img_to_array(
    img: Image | ArrayLike, data_format: str | None = None, dtype: DTypeLike | None = None
) -> np.ndarray:
    """A Pillow image as an array (rows, columns, channels), or channels first.

    Args:
        img: an image of Pillow, or an array (rows, columns) or of three axes, of numbers.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.
        dtype: of the array; None for the configured float type.

    Raises:
        ValueError: an unknown data format, or an image that has neither two nor three axes.

    Examples:
        >>> from jaxcnn.preprocessing.image import array_to_img, img_to_array
        >>> img_to_array(array_to_img(np.zeros((6, 8, 3)))).shape
        (6, 8, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    x = np.asarray(img, dtype=dtype or config.floatx())
    if x.ndim == 2:
        x = x[:, :, None]
    if x.ndim != 3:
        raise ValueError(
            f"Unsupported image shape: {x.shape}. An image has two axes, or three with channels."
        )
    return x.transpose(2, 0, 1) if channels_first(data_format) else x


@old_spellings
def array_to_img(
    x: ArrayLike,
    data_format: str | None = None,
    scale: bool = True,
    dtype: DTypeLike = "float32",
) -> Image:
    """An array (rows, columns, channels), or channels first, as a Pillow image.

    Args:
        x: the image, (rows, columns, channels) of numbers with 1, 3 or 4 channels, or channels
            first as `data_format` says.
        data_format: 'channels_last' or 'channels_first'; by default as configured.
        scale: stretch the values so that the largest becomes 255, after adding what makes the least
            at least 0. Otherwise values are cut to whole numbers, modulo 256. Default: True.
        dtype: in which that is computed. Default: 'float32'.

    Raises:
        ValueError: another shape, or values that are not finite.

    Examples:
        >>> jc.preprocessing.image.array_to_img(np.zeros((6, 8, 3))).size
        (8, 6)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    from PIL import Image

    values: np.ndarray = np.asarray(x, dtype=dtype)
    if values.ndim != 3:
        raise ValueError(
            "Expected image array to have rank 3 (single image). Got array with shape: "
            f"{values.shape}"
        )
    if channels_first(data_format):
        values = values.transpose(1, 2, 0)
    if values.shape[2] not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {values.shape[2]}; an image has 1, 3 or 4.")
    if not np.isfinite(values).all():
        raise ValueError("The image has pixels that are NaN or infinite.")
    if scale:
        values = values + max(-values.min(initial=0), 0)
        values = values / (values.max(initial=0) or 1) * values.dtype.type(255)
    elif values.size and (values.min() < 0 or values.max() >= 256):
        warn_user(
            f"With scale=False values from {values.min():g} to {values.max():g} wrap around at "
            "256, as in Keras. Pass scale=True."
        )
    pixels = values.astype(np.int64).astype(np.uint8)
    return Image.fromarray(
        pixels[:, :, 0] if pixels.shape[2] == 1 else np.ascontiguousarray(pixels)
    )


def save_img(
    path: str | os.PathLike[str],
    x: ArrayLike,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as an image; the file is written whole or not at all.

    Args:
        path: the file; its suffix decides the format.
        x: the image, (rows, columns, channels), as in `array_to_img`.
        data_format: 'channels_last' or 'channels_first'; by default as configured.
        file_format: 'png', 'jpeg', ... instead of the suffix. Default: None.
        scale: stretch the values to 0 .. 255, as in `array_to_img`. Default: True.
        kwargs: for Pillow's `save`, such as `quality`.

    Raises:
        ValueError: an unknown format, or an image that `array_to_img` refuses.

    Examples:
        >>> from jaxcnn.preprocessing.image import load_img, save_img
        >>> save_img("a.png", np.zeros((6, 8, 3)))
        >>> load_img("a.png").size
        (8, 6)

    References:
        - Chollet et al., "Keras 2.2.4: keras/preprocessing/image.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/preprocessing/image.py>
    """
    from PIL import Image

    formats = {suffix[1:]: name for suffix, name in Image.registered_extensions().items()}
    suffix = (file_format or Path(path).suffix[1:]).lower()
    if suffix not in formats or formats[suffix] not in Image.SAVE:
        raise ValueError(
            f"{suffix!r} is no format that images can be written in; use 'png' or 'jpeg'."
        )
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and formats[suffix] == "JPEG":
        warnings.warn("JPEG images have no transparency; it is dropped.", stacklevel=2)
        image = image.convert("RGB")
    with atomic_path(path) as temporary:
        image.save(temporary, format=formats[suffix], **kwargs)


@suggesting
def list_pictures(directory: str | os.PathLike[str], ext: str = "jpg|jpeg|bmp|png") -> list[str]:
    """The sorted paths of all files below a folder with one of the extensions in ``a|b|c``.

    Args:
        directory: the folder.
        ext: the extensions, with | between them. Default: 'jpg|jpeg|bmp|png'.

    Examples:
        >>> from jaxcnn.preprocessing.image import list_pictures, save_img
        >>> save_img("a.png", np.zeros((6, 8, 3)))
        >>> len(list_pictures("."))
        1

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    endings = tuple(f".{name.lower()}" for name in ext.split("|"))
    return sorted(
        os.path.join(root, name)
        for root, _, names in os.walk(directory)
        for name in names
        if name.lower().endswith(endings)
    )


def channels_first(data_format: str | None) -> bool:
    """Whether a data format, by default the configured one, has the channels first.

    Raises:
        ValueError: an unknown data format.
    """
    name = config.image_data_format() if data_format is None else data_format
    if name not in config.DATA_FORMATS:
        raise ValueError(
            f"Unknown data_format: {name!r}; it must be 'channels_last' or 'channels_first'."
        )
    return name == "channels_first"


def color_channels(color_mode: str) -> tuple[str, int]:
    """(Pillow's mode, number of channels) of 'rgb', 'rgba' or 'grayscale'.

    Raises:
        ValueError: another name.
    """
    if color_mode not in _COLOR_MODES:
        raise ValueError(
            f'Invalid color mode: {color_mode!r}; expected "rgb", "rgba" or "grayscale".'
        )
    return _COLOR_MODES[color_mode]


def checked_interpolation(interpolation: str) -> str:
    """The name of a way to resize.

    Raises:
        ValueError: an unknown one.
    """
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"Invalid interpolation: {interpolation!r}; expected one of "
            f"{', '.join(_INTERPOLATIONS)}."
        )
    return interpolation
