"""Single picture files as arrays, with the file named when it is broken."""

import io
from pathlib import Path

import numpy as np

from jaxcnn.datasets.formats import DamagedFileError

__all__ = ["SUFFIXES", "class_files", "decode_picture", "read_picture"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".pgm", ".ppm", ".gif", ".tif", ".tiff"})


def read_picture(path: Path, mode: str = "RGB", size: tuple[int, int] | None = None) -> np.ndarray:
    """The picture in a file, as ``decode_picture`` returns it."""
    return decode_picture(path, path.read_bytes(), mode, size)


def decode_picture(
    path: Path, content: bytes, mode: str = "RGB", size: tuple[int, int] | None = None
) -> np.ndarray:
    """The picture in the bytes of a file: uint8 (height, width, 3), or (height, width) in the mode
    "L".

    Args:
        path: where the bytes are from, for the message.
        content: of a file that Pillow reads.
        mode: "RGB" or "L" (gray); a picture of another kind is converted.
        size: (height, width) to resize to, bilinearly; None leaves it.

    Raises DamagedFileError for a file that is cut short or no picture.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert(mode)
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:  # what Pillow makes of damage
        raise DamagedFileError(path, f"not a readable picture ({error})") from error
    if size is not None and picture.size != size[::-1]:
        picture = picture.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(picture)


def class_files(folder: Path) -> dict[str, list[Path]]:
    """The picture files of each subfolder, both in alphabetical order.

    Raises DamagedFileError when there is no subfolder, or one without a picture.
    """
    classes = {
        child.name: sorted(file for file in child.iterdir() if file.suffix.lower() in SUFFIXES)
        for child in sorted(folder.iterdir())
        if child.is_dir() and not child.name.startswith(".")
    }
    if not classes:
        raise DamagedFileError(folder, "it has no subfolder with pictures")
    if empty := [name for name, files in classes.items() if not files]:
        raise DamagedFileError(folder, f"there is no picture in {', '.join(empty)}")
    return classes
