"""One image changed at random: the functions that Keras has next to `ImageDataGenerator`.

An image is a NumPy array of three axes; the channels are on `channel_axis`, by default the first,
and the rows come before the columns. Random numbers are a function of `set_random_seed` and of how
many were drawn since.
"""

from collections.abc import Sequence

import jax
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from jaxcnn.preprocessing.image.affine import (
    FillMode,
    about_middle,
    affine_matrices,
    affine_transform,
)
from jaxcnn.preprocessing.image.augmentation import Augmentation
from jaxcnn.preprocessing.image.checks import one_image
from jaxcnn.runtime import context
from jaxcnn.spellings.keywords import suggesting


@suggesting
def random_rotation(
    x: ArrayLike,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image turned about its middle by an angle from [-rg, rg] degrees.

    Args:
        x: the image, array (rows, columns, channels), or with the channels at `channel_axis`.
        rg: the largest angle in degrees.
        row_axis: axis of the rows. Default: 1.
        col_axis: axis of the columns. Default: 2.
        channel_axis: axis of the channels. Default: 0.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_rotation
        >>> random_rotation(np.ones((3, 8, 8)), 20).shape
        (3, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    (theta,) = _draw(-rg, rg, 1)
    matrix = affine_matrices(_size(x, row_axis, col_axis), theta=theta)
    return apply_transform(x, matrix, channel_axis, fill_mode, cval)


@suggesting
def random_shift(
    x: ArrayLike,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image shifted by up to the fractions `wrg` of its width and `hrg` of its height.

    Args:
        x: the image, array (rows, columns, channels), or with the channels at `channel_axis`.
        wrg: the largest shift as a share of the width.
        hrg: the largest shift as a share of the height.
        row_axis: axis of the rows. Default: 1.
        col_axis: axis of the columns. Default: 2.
        channel_axis: axis of the channels. Default: 0.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_shift
        >>> random_shift(np.ones((3, 8, 8)), 0.1, 0.1).shape
        (3, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    rows, columns = _size(x, row_axis, col_axis)
    down, across = _draw(-1.0, 1.0, 2)
    matrix = affine_matrices((rows, columns), tx=down * hrg * rows, ty=across * wrg * columns)
    return apply_transform(x, matrix, channel_axis, fill_mode, cval)


@suggesting
def random_shear(
    x: ArrayLike,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image sheared about its middle by an angle from [-intensity, intensity] radians.

    Args:
        x: the image, array (rows, columns, channels), or with the channels at `channel_axis`.
        intensity: the largest angle in radians.
        row_axis: axis of the rows. Default: 1.
        col_axis: axis of the columns. Default: 2.
        channel_axis: axis of the channels. Default: 0.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_shear
        >>> random_shear(np.ones((3, 8, 8)), 0.1).shape
        (3, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    (shear,) = _draw(-intensity, intensity, 1)
    matrix = affine_matrices(_size(x, row_axis, col_axis), shear=shear)
    return apply_transform(x, matrix, channel_axis, fill_mode, cval)


@suggesting
def random_zoom(
    x: ArrayLike,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image zoomed about its middle, rows and columns each by a factor from `zoom_range`.

    A factor below 1 enlarges.

    Args:
        x: the image, array (rows, columns, channels), or with the channels at `channel_axis`.
        zoom_range: the smallest and the largest factor.
        row_axis: axis of the rows. Default: 1.
        col_axis: axis of the columns. Default: 2.
        channel_axis: axis of the channels. Default: 0.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.

    Raises:
        ValueError: `zoom_range` is not two numbers.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_zoom
        >>> random_zoom(np.ones((3, 8, 8)), (0.9, 1.1)).shape
        (3, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    if np.shape(zoom_range) != (2,):
        raise ValueError(
            f"`zoom_range` is {zoom_range!r}; it must be two numbers, the lowest and highest "
            "factor."
        )
    zx, zy = _draw(zoom_range[0], zoom_range[1], 2)
    matrix = affine_matrices(_size(x, row_axis, col_axis), zx=zx, zy=zy)
    return apply_transform(x, matrix, channel_axis, fill_mode, cval)


@suggesting
def random_channel_shift(x: ArrayLike, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """The image with each channel shifted by up to `intensity` and kept within its own range.

    Args:
        x: the image, numbers of three axes, (rows, columns, channels) or with its channels at
            `channel_axis`.
        intensity: the largest shift.
        channel_axis: axis of the channels. Default: 0.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_channel_shift
        >>> random_channel_shift(np.ones((3, 4, 4)), 0.1).shape
        (3, 4, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    batch = _channels_last(x, channel_axis)
    shifts = _draw(-intensity, intensity, batch.shape[-1])
    changed = Augmentation().apply(batch, {"channel_shift_intensity": shifts[None]})
    return _as_given(changed, x, channel_axis)


def transform_matrix_offset_center(matrix: ArrayLike, x: int, y: int) -> np.ndarray:
    """A map (3, 3) about the corner of an image, moved to its middle, `x` / 2 rows from there.

    Args:
        matrix: float (3, 3), acting on (row, column, 1).
        x: rows of the image.
        y: columns of the image.

    Examples:
        >>> from jaxcnn.preprocessing.image import transform_matrix_offset_center
        >>> transform_matrix_offset_center(np.diag([-1.0, -1.0, 1.0]), 2, 2)
        array([[-1.,  0.,  3.],
               [ 0., -1.,  3.],
               [ 0.,  0.,  1.]])

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    centred = np.array(matrix, float)
    centred[:2] = about_middle(centred[:2], (x, y))
    return centred


def apply_affine_transform(
    x: ArrayLike,
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
    """The image turned by `theta` and sheared by `shear` degrees, shifted by pixels and zoomed.

    As in Keras 2.2, values between pixels are interpolated linearly.

    Args:
        x: the image, array (rows, columns, channels), or with the channels at `channel_axis`.
        theta: angle in degrees. Default: 0.
        tx: shift along the rows, in pixels. Default: 0.
        ty: shift along the columns, in pixels. Default: 0.
        shear: angle of the shear in degrees. Default: 0.
        zx: factor of the rows; below 1 enlarges. Default: 1.
        zy: factor of the columns; below 1 enlarges. Default: 1.
        row_axis: axis of the rows. Default: 0.
        col_axis: axis of the columns. Default: 1.
        channel_axis: axis of the channels. Default: 2.
        fill_mode: what lies outside of the image: 'nearest', 'constant', 'reflect' or 'wrap'.
            Default: 'nearest'.
        cval: the value outside with 'constant'. Default: 0.0.

    Examples:
        >>> from jaxcnn.preprocessing.image import apply_affine_transform
        >>> apply_affine_transform(np.arange(4.0).reshape(2, 2, 1), theta=180)[..., 0].round()
        array([[3., 3.],
               [3., 3.]])

    References:
        - Chollet et al., "Keras 2.2.4: keras/preprocessing/image.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/preprocessing/image.py>
    """
    matrix = affine_matrices(
        _size(x, row_axis, col_axis),
        theta=theta,
        tx=tx,
        ty=ty,
        shear=np.deg2rad(shear),
        zx=zx,
        zy=zy,
    )
    changed = affine_transform(_channels_last(x, channel_axis), matrix[None], fill_mode, cval)
    return _as_given(changed, x, channel_axis)


def apply_transform(
    x: ArrayLike,
    transform_matrix: ArrayLike,
    channel_axis: int = 0,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The image whose point p has the pixel of `x` nearest to where the matrix takes p.

    Args:
        x: the image, numbers of three axes, (rows, columns, channels) or as the axes say.
        transform_matrix: (3, 3), acting on (row, column, 1) of the new image; its first two rows
            count.
        channel_axis: where the channels are. Default: 0.
        fill_mode: what lies outside: 'nearest', 'constant', 'reflect' or 'wrap' (see
            `affine_transform`). Default: 'nearest'.
        cval: value outside for 'constant'. Default: 0.0.

    Returns:
        An image of the shape and dtype of `x`; of float64 to the precision of float32.

    Examples:
        >>> from jaxcnn.preprocessing.image import apply_transform
        >>> apply_transform(np.arange(4.0).reshape(1, 2, 2), np.eye(3))[0]
        array([[0., 1.],
               [2., 3.]])

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    rows = np.asarray(transform_matrix)[None, :2]
    changed = affine_transform(_channels_last(x, channel_axis), rows, fill_mode, cval, order=0)
    return _as_given(changed, x, channel_axis)


def flip_axis(x: ArrayLike, axis: int) -> np.ndarray:
    """`x` in reverse order along an axis.

    Args:
        x: an array of any shape and dtype.
        axis: the axis to reverse.

    Examples:
        >>> from jaxcnn.preprocessing.image import flip_axis
        >>> flip_axis(np.array([[1, 2, 3]]), 1)
        array([[3, 2, 1]])

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    return np.flip(np.asarray(x), axis)


def _draw(low: float, high: float, count: int) -> np.ndarray:
    return np.asarray(jax.random.uniform(context.next_key(), (count,), minval=low, maxval=high))


def _size(x: ArrayLike, row_axis: int, col_axis: int) -> tuple[int, int]:
    shape = np.shape(x)
    return shape[row_axis], shape[col_axis]


def _channels_last(x: ArrayLike, channel_axis: int) -> np.ndarray:
    """An image as a batch of one."""
    return np.moveaxis(one_image(x), channel_axis, -1)[None]


def _as_given(batch: Array, x: ArrayLike, channel_axis: int) -> np.ndarray:
    return np.moveaxis(np.asarray(batch[0]), -1, channel_axis).astype(np.asarray(x).dtype)
