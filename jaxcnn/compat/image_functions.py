"""The functions of one image that Keras has next to its generator, drawn by NumPy as there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import ImageEnhance

from jaxcnn.compat.image_maps import mapped, matrix_of
from jaxcnn.preprocessing.image import array_to_img, img_to_array
from jaxcnn.preprocessing.image.affine import FillMode
from jaxcnn.preprocessing.image.checks import one_image
from jaxcnn.spellings.dialect import dialect

# (row axis, column axis, channel axis)
Axes = tuple[int, int, int]


def changed(
    x: np.ndarray,
    axes: Axes,
    outside: tuple[FillMode, float],
    **given: float,
) -> np.ndarray:
    """The image moved by parameters, of which theta and shear are in radians.

    From Keras 2.2 on values between pixels are interpolated; before, the nearest pixel is taken.
    """
    row_axis, col_axis, channel_axis = axes
    matrix = matrix_of(given, (x.shape[row_axis], x.shape[col_axis]))
    if matrix is None:
        return x
    return mapped(x, matrix, channel_axis, outside, int(dialect().image_parameters))


def _moved(x: np.ndarray, axes: Axes, outside: tuple[FillMode, float], **g: float) -> np.ndarray:
    """What a random function does, in 2.2 about the middle of the first two axes, as there."""
    if dialect().image_parameters:
        axes = (0, 1, axes[2])
    return changed(one_image(x), axes, outside, **g)


def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image turned by an angle from [-rg, rg] degrees."""
    theta = np.deg2rad(np.random.uniform(-rg, rg))
    return _moved(x, (row_axis, col_axis, channel_axis), (fill_mode, cval), theta=theta)


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image shifted by up to the fractions `wrg` of its width and `hrg` of its height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return _moved(x, (row_axis, col_axis, channel_axis), (fill_mode, cval), tx=tx, ty=ty)


def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image sheared by an angle from [-intensity, intensity], in 2.2 in degrees."""
    shear = np.random.uniform(-intensity, intensity)
    shear = np.deg2rad(shear) if dialect().image_parameters else shear
    return _moved(x, (row_axis, col_axis, channel_axis), (fill_mode, cval), shear=shear)


def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image zoomed, rows and columns each by a factor from `zoom_range`.

    Raises:
        ValueError: the range is not two numbers.
    """
    zx, zy = drawn_zoom(zoom_range)
    return _moved(x, (row_axis, col_axis, channel_axis), (fill_mode, cval), zx=zx, zy=zy)


def drawn_zoom(zoom_range: Sequence[float]) -> tuple[float, float]:
    """The factors of rows and columns.

    Raises:
        ValueError: the range is not two numbers.
    """
    if len(zoom_range) != 2:
        raise ValueError(f"`zoom_range` should be two numbers; given {zoom_range!r}.")
    low, high = zoom_range
    zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
    return zx, zy


def random_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """The image with a number from [-intensity, intensity] added, before 2.2 one a channel."""
    count = 1 if dialect().image_parameters else x.shape[channel_axis]
    drawn = [np.random.uniform(-intensity, intensity) for _ in range(count)]
    shape = np.ones(x.ndim, int)
    shape[channel_axis] = count
    return apply_channel_shift(x, np.reshape(drawn, shape).astype(x.dtype), channel_axis)


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 0,
    col_axis: int = 1,
    channel_axis: int = 2,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image turned and sheared by degrees, shifted by pixels and zoomed."""
    return changed(
        x,
        (row_axis, col_axis, channel_axis),
        (fill_mode, cval),
        theta=np.deg2rad(theta),
        tx=tx,
        ty=ty,
        shear=np.deg2rad(shear),
        zx=zx,
        zy=zy,
    )


def apply_transform(
    x: np.ndarray,
    transform_matrix: np.ndarray,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image whose point p has the pixel of `x` nearest to where the matrix takes p."""
    return mapped(x, np.asarray(transform_matrix), channel_axis, (fill_mode, cval), 0)


def apply_channel_shift(
    x: np.ndarray, intensity: float | np.ndarray, channel_axis: int = 0
) -> np.ndarray:
    """The image with a number added, within the range that its values had."""
    return np.clip(x + intensity, np.min(x), np.max(x))


def apply_brightness_shift(x: np.ndarray, brightness: float) -> np.ndarray:
    """The image with its brightness times a number, scaled to 0 to 255."""
    return img_to_array(ImageEnhance.Brightness(array_to_img(x)).enhance(brightness))


def random_brightness(x: np.ndarray, brightness_range: tuple[float, float]) -> np.ndarray:
    """`apply_brightness_shift` by a number from a range.

    Raises:
        ValueError: the range is not two numbers.
    """
    if len(brightness_range) != 2:
        raise ValueError(f"brightness_range must be two numbers; given {brightness_range!r}.")
    return apply_brightness_shift(x, np.random.uniform(*brightness_range))
