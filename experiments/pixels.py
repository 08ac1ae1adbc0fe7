"""Small masks drawn with every pixel as a square, as the image book shows its morphology (P42)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.photographs import photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def expand_image(
    img: np.ndarray, value: int, out: np.ndarray | None = None, size: int = 10
) -> np.ndarray:
    """Each set pixel as a square of `size` x `size` in the gray `value`, with black lines between
    the squares.

    Args:
        img: bool (rows, columns).
        value: 0 to 255.
        out: an image made by this function, over which the squares are drawn; by default a black
            one.
        size: of a square.

    Returns:
        uint8 (rows * size, columns * size).
    """
    squares = np.kron(img, np.ones((size, size), bool))
    drawn = np.where(squares, np.uint8(value), np.uint8(0) if out is None else out)
    drawn[::size] = 0
    drawn[:, ::size] = 0
    return drawn


def show_image(*imgs: np.ndarray) -> Figure:
    """Images side by side in gray, without axes, almost to the edges of the figure."""
    from matplotlib.figure import Figure

    tallest = max(img.shape[0] / img.shape[1] for img in imgs)
    figure = Figure(figsize=(4 * len(imgs), 4 * tallest))
    for number, img in enumerate(imgs, 1):
        axes = figure.add_subplot(1, len(imgs), number)
        axes.imshow(img, cmap="gray", vmin=0, vmax=255)
        axes.set_axis_off()
    figure.subplots_adjust(0.02, 0, 0.98, 1, 0.02, 0)
    return figure


def horse(size: int = 13) -> np.ndarray:
    """The outline of a horse as a mask; one pixel for `size` x `size` of the photograph."""
    picture = photograph("horse.png", "L")
    rows, columns = (length // size * size for length in picture.shape)
    blocks = picture[:rows, :columns].reshape(rows // size, size, columns // size, size)
    return blocks.mean((1, 3)) < 128
