"""Small masks drawn with every pixel as a square, as the image book shows its morphology (P42)."""

import numpy as np

from experiments.photographs import photograph


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


def horse(size: int = 13) -> np.ndarray:
    """The outline of a horse as a mask; one pixel for `size` x `size` of the photograph."""
    picture = photograph("horse.png", "L")
    rows, columns = (length // size * size for length in picture.shape)
    blocks = picture[:rows, :columns].reshape(rows // size, size, columns // size, size)
    return blocks.mean((1, 3)) < 128
