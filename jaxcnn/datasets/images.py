"""Single image files as arrays, with the file named when it is broken."""

import io
from pathlib import Path

import numpy as np

from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.utils import images

__all__ = ["SUFFIXES", "class_files", "decode_image", "read_image"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".pgm", ".ppm", ".gif", ".tif", ".tiff"})


def read_image(path: Path, mode: str = "RGB", size: tuple[int, int] | None = None) -> np.ndarray:
    """The image in a file, as ``decode_image`` returns it."""
    return decode_image(path, path.read_bytes(), mode, size)


def decode_image(
    path: Path, content: bytes, mode: str = "RGB", size: tuple[int, int] | None = None
) -> np.ndarray:
    """The image in the bytes of a file: uint8 (height, width, 3), or (height, width) in mode "L".

    Args:
        path: where the bytes are from, for the message.
        content: of a file that Pillow reads.
        mode: "RGB" or "L" (gray); an image of another kind is converted.
        size: (height, width) to resize to, bilinearly; None leaves it.

    Raises:
        DamagedFileError: the file is cut short, no image, or has more than 8 bits a channel.
    """
    from PIL import Image

    try:
        image = images.read_image(io.BytesIO(content), path.name).convert(mode)
    except (OSError, ValueError) as error:
        raise DamagedFileError(path, f"not a readable image ({error})") from error
    if size is not None and image.size != size[::-1]:
        image = image.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(image)


def class_files(folder: Path) -> dict[str, list[Path]]:
    """The image files of each subfolder, both in alphabetical order.

    Raises:
        DamagedFileError: there is no subfolder, or one without an image.
    """
    classes = {
        child.name: sorted(file for file in child.iterdir() if file.suffix.lower() in SUFFIXES)
        for child in sorted(folder.iterdir())
        if child.is_dir() and not child.name.startswith(".")
    }
    if not classes:
        raise DamagedFileError(folder, "it has no subfolder with images")
    if empty := [name for name, files in classes.items() if not files]:
        raise DamagedFileError(folder, f"there is no image in {', '.join(empty)}")
    return classes
