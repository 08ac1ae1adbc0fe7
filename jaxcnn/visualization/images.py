"""Grids of images."""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.runtime import config
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.visualization.figure import INK, finished, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@suggesting
def image_grid(
    images: ArrayLike,
    path: str | os.PathLike[str] | None = None,
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    title: str | None = None,
) -> "Path | Figure":
    """Draw images side by side.

    Args:
        images: (n, height, width) or, with 1 or 3 channels, (n, height, width, channels); the
            channel axis comes first when the image data format is "channels_first". Whole numbers
            are read as 0 to 255, fractions as 0 to 1; fractions outside are stretched so that the
            smallest of all is black and the largest white.
        path: the file to write; None to return the figure, which a notebook shows.
        titles: a line or several above each image. Default: None.
        columns: images in a row, by default as many as make the grid about square.
        title: a line above the grid. Default: None.

    Returns:
        The path, or the figure.

    Raises:
        ValueError: another shape, no image, or another number of titles.

    Examples:
        >>> images = np.zeros((3, 8, 8))
        >>> jc.visualization.image_grid(images, "grid.png", titles=["a", "b", "c"]).name
        'grid.png'

    References:
        - Hunter et al., "Matplotlib 3.11.2: lib/matplotlib/figure.py", 2026,
          <https://github.com/matplotlib/matplotlib/blob/v3.11.2/lib/matplotlib/figure.py>
    """
    shown = _displayable(np.asarray(images))
    if titles is not None and len(titles) != len(shown):
        raise ValueError(f"image_grid got {len(titles)} titles for {len(shown)} images.")
    columns = min(columns or math.ceil(math.sqrt(len(shown))), len(shown))
    rows = math.ceil(len(shown) / columns)
    lines = [line for text in titles or () for line in text.split("\n")]
    # In inches: a title must not run into its neighbour.
    width = max(1.2, 0.078 * max(map(len, lines), default=0))
    title_lines = max((text.count("\n") + 1 for text in titles or ()), default=0)
    height = width * shown.shape[1] / shown.shape[2] + 0.16 * title_lines
    figure = new_figure(
        max(width * columns, 4 if title else 0), height * rows + (0.4 if title else 0)
    )
    if title:
        figure.suptitle(title, fontsize=12, color=INK)
    for i, image in enumerate(shown):
        axes = figure.add_subplot(rows, columns, i + 1)
        axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set_axis_off()
        if titles is not None:
            axes.set_title(titles[i], fontsize=9, color=INK, pad=3)
    return finished(figure, path)


def _displayable(images: np.ndarray) -> np.ndarray:
    """(n, height, width) or (n, height, width, 3), floats 0 to 1."""
    if images.ndim == 4 and config.image_data_format() == "channels_first":
        images = images.transpose(0, 2, 3, 1)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if (
        images.ndim not in (3, 4)
        or (images.ndim == 4 and images.shape[-1] != 3)
        or images.size == 0
    ):
        raise ValueError(
            f"expected images (n, height, width) or (n, height, width, 1 or 3) in the data format "
            f"{config.image_data_format()}; got {images.shape}."
        )
    if images.dtype.kind in "ui":
        return np.asarray(np.clip(images, 0, 255) / 255)
    images = images.astype(np.float32)
    low, high = np.nanmin(images), np.nanmax(images)
    if low >= 0 and high <= 1:
        return images
    return np.asarray((images - low) / max(high - low, 1e-12))
