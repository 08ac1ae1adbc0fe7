"""Pictures as arrays: read from and written to files."""

import os
from pathlib import Path

import numpy as np

from jaxcnn.utils.files import atomic_path


def read_picture(path: str | os.PathLike[str]) -> np.ndarray:
    """A picture file as uint8 (height, width, 3) in RGB, turned upright as its camera noted.

    Raises FileNotFoundError, and ValueError when the file is not a picture or is damaged.
    """
    from PIL import Image, ImageOps

    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no picture {path}.")
    try:
        with Image.open(path) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path} is not a picture that can be read: {error}.") from None


def write_picture(picture: np.ndarray, path: str | os.PathLike[str]) -> Path:
    """Write uint8 (height, width) or (height, width, 3) in the format that the suffix names; whole or not at all."""
    from PIL import Image

    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[-1] != 3):
        raise ValueError(
            f"A picture is written from uint8 (height, width) or (height, width, 3); given {picture.dtype} "
            f"{picture.shape}."
        )
    with atomic_path(path) as temporary:
        Image.fromarray(picture).save(temporary)
    return Path(path)


def resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """uint8 (height, width) or (height, width, 3) in another size, bilinear with smoothing where it shrinks."""
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR))
