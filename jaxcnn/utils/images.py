"""Image files that may come from anybody, read by Pillow."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Of Pillow's formats those that hold pixels: for others it starts programs (Ghostscript for EPS).
FORMATS = (
    *("BMP", "DIB", "GIF", "ICO", "JPEG", "JPEG2000", "MPO"),
    *("PCX", "PNG", "PPM", "SGI", "TGA", "TIFF", "WEBP"),
)
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")  # more than 8 bits a pixel


# How many bytes of pixels a byte of a file may become: white paper as PNG is the most.
EXPANSION, ALLOWANCE = 1100, 1 << 26


class TooLargeError(OSError):
    """An image declares far more pixels than its file can hold."""


def require_sane(image: Image, source: str | os.PathLike[str] | IO[bytes], label: str) -> None:
    """Refuse an image, before its pixels are read, that its file is too small for.

    Raises:
        TooLargeError: it is.
    """
    if isinstance(source, str | os.PathLike):
        size = os.path.getsize(source)
    else:
        at = source.tell()
        size = source.seek(0, os.SEEK_END)
        source.seek(at)
    pixels = image.width * image.height * len(image.getbands())
    if pixels > EXPANSION * size + ALLOWANCE:
        raise TooLargeError(
            f"{label}: the image is too large: {image.width} x {image.height} pixels in a file of "
            f"{size:,} bytes."
        )


def read_image(
    source: str | os.PathLike[str] | IO[bytes],
    label: str,
    at_least: tuple[int, int] | None = None,
) -> Image:
    """The image in a file, with 8 bits a channel, in the file's own mode.

    Args:
        source: the file or its name.
        label: names it in errors.
        at_least: (columns, rows) that are enough: a JPEG file is decoded at a half, a quarter or an
            eighth of its size, as far as that has them.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is damaged, truncated, no image, or larger than Pillow takes for sane.
        ValueError: its pixels have more than 8 bits; their conversion would cut them off.
    """
    from PIL import Image, UnidentifiedImageError

    Image.init()
    known = [name for name in FORMATS if name in Image.OPEN]
    try:
        with Image.open(source, formats=known) as image:
            require_sane(image, source, label)
            if at_least is not None:
                image.draft(None, at_least)
            image.load()
    except FileNotFoundError:
        raise
    except UnidentifiedImageError:
        raise OSError(f"{label}: this file is not an image that can be read.") from None
    except TooLargeError:
        raise
    except Image.DecompressionBombError as error:
        raise OSError(f"{label}: the image is too large ({error}).") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        # Pillow raises SyntaxError for broken PNG files, the others for broken headers.
        raise OSError(f"{label}: the image is damaged or truncated ({error}).") from error
    if image.mode in DEEP_MODES:
        raise ValueError(
            f"{label}: pixels of mode {image.mode} have more than 8 bits; read the file with "
            "Pillow and scale its values to 0..255."
        )
    return image
