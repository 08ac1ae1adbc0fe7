"""Images mapped to the last bit as the SciPy of 2016 to 2019 did, on which old Keras built."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jaxcnn.preprocessing.image.affine import FillMode


def folded(at: np.ndarray, size: int, mode: FillMode) -> np.ndarray:
    """Coordinates along an axis of `size` points brought inside by the mode; -1 for outside."""
    low, high = at < 0, at > size - 1
    if mode == "nearest":
        inside: np.ndarray = np.minimum(np.maximum(at, 0), size - 1)
        return inside
    if mode == "constant":
        return np.where(low | high, -1.0, at)
    if size <= 1:
        return np.where(low | high, 0.0, at)
    if mode == "wrap":  # by one point less than there are, which SciPy called its wrapping
        turn = size - 1
        below = at + turn * (np.trunc(-at / turn) + 1)
        above = at - turn * np.trunc(at / turn)
    else:
        turn = 2 * size
        below = np.where(at < -turn, turn * np.trunc(-at / turn) + at, at)
        below = np.where(below < -size, below + turn, -below - 1)
        above = at - turn * np.trunc(at / turn)
        above = np.where(above >= size, turn - above - 1, above)
    return np.where(low, below, np.where(high, above, at))


def mirrored(index: np.ndarray, size: int) -> np.ndarray:
    """Numbers of points beside an axis, as those inside that they mirror."""
    if size <= 1:
        return np.zeros_like(index)
    turn = 2 * size - 2
    index = np.abs(index) % turn
    return np.where(index >= size, turn - index, index)


def mapped(
    x: np.ndarray,
    matrix: np.ndarray,
    channel_axis: int,
    outside: tuple[FillMode, float],
    order: int,
) -> np.ndarray:
    """The image whose point p has what `x` has where the matrix takes p.

    Args:
        x: the image, three axes.
        matrix: (3, 3), acting on (row, column, 1).
        channel_axis: where the channels are.
        outside: the mode, and the value with 'constant'.
        order: 0 for the nearest point, 1 for linear interpolation.
    """
    mode, value = outside
    channels = np.moveaxis(x, channel_axis, 0)
    sizes = channels.shape[1:]
    rows, columns = np.indices(sizes).astype(float)
    inside = np.ones(sizes, bool)
    total = np.zeros(channels.shape)
    corners: list[list[tuple[np.ndarray, np.ndarray]]] = []
    for (down, across, offset), size in zip(matrix[:2], sizes, strict=True):
        at = folded(rows * down + columns * across + offset, size, mode)
        inside &= at > -1
        first = np.floor(at if order else at + 0.5)
        part = at - first
        shares = [1 - part, part] if order else [np.ones(sizes)]
        indices = [mirrored((first + i).astype(int), size) for i in range(order + 1)]
        corners.append(list(zip(indices, shares, strict=True)))
    for row, of_row in corners[0]:
        for column, of_column in corners[1]:
            total += channels[:, row, column] * (of_row * of_column)
    result: np.ndarray = np.where(inside, total, value).astype(x.dtype)
    return np.moveaxis(result, 0, channel_axis)


def transform_matrix_offset_center(matrix: np.ndarray, x: int, y: int) -> np.ndarray:
    """A map (3, 3) about the corner of an image of `x` rows and `y` columns, moved to its middle.

    The products are taken in the order of then, on which the last bit, and so the nearest of two
    points, depends.
    """
    there, back = np.eye(3), np.eye(3)
    there[:2, 2] = x / 2 + 0.5, y / 2 + 0.5
    back[:2, 2] = -there[:2, 2]
    centred: np.ndarray = np.dot(np.dot(there, matrix), back)
    return centred


def matrix_of(given: Mapping[str, float], size: tuple[int, int]) -> np.ndarray | None:
    """The map that parameters of a change make about the middle of an image; None for none.

    Args:
        given: theta and shear in radians, tx, ty, zx and zy.
        size: rows and columns.
    """
    theta, shear = given.get("theta", 0), given.get("shear", 0)
    tx, ty = given.get("tx", 0), given.get("ty", 0)
    zx, zy = given.get("zx", 1), given.get("zy", 1)
    sine, cosine = np.sin(theta), np.cos(theta)
    steps = {
        "turn": (theta != 0, [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]),
        "shift": (tx != 0 or ty != 0, [[1, 0, tx], [0, 1, ty], [0, 0, 1]]),
        "shear": (shear != 0, [[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]]),
        "zoom": (zx != 1 or zy != 1, [[zx, 0, 0], [0, zy, 0], [0, 0, 1]]),
    }
    matrices = [np.array(step, float) for needed, step in steps.values() if needed]
    if not matrices:
        return None
    joined = matrices[0]
    for matrix in matrices[1:]:
        joined = np.dot(joined, matrix)
    return transform_matrix_offset_center(joined, *size)
