"""Affine maps of batches of images: the matrices, and images sampled where they point."""

from typing import Literal, get_args

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.runtime.arrays import on_last_axes

FillMode = Literal["nearest", "constant", "reflect", "wrap"]


def affine_matrices(
    shape: tuple[int, int],
    theta: ArrayLike = 0.0,
    tx: ArrayLike = 0.0,
    ty: ArrayLike = 0.0,
    shear: ArrayLike = 0.0,
    zx: ArrayLike = 1.0,
    zy: ArrayLike = 1.0,
) -> Array:
    """The maps rotation · shift · shear · zoom about the middle of an image.

    A map takes a point (row, column) of the new image to the point of the old one whose value it
    gets: ``old = A @ new + b``.

    Args:
        shape: rows and columns of the image; its middle is at (rows / 2 + 0.5, columns / 2 +
            0.5), as in Keras 2.0.4.
        theta: angle in degrees, a number or (n,). Default: 0.0.
        tx: shift along the rows, in pixels, a number or (n,). Default: 0.0.
        ty: shift along the columns, in pixels, a number or (n,). Default: 0.0.
        shear: angle in radians, a number or (n,). Default: 0.0.
        zx: factor along the rows, a number or (n,); below 1 enlarges. Default: 1.0.
        zy: factor along the columns, a number or (n,). Default: 1.0.

    Returns:
        float32 (n, 2, 3), or (2, 3) for numbers: A and, in the last column, b.

    Examples:
        >>> from jaxcnn.preprocessing.image import affine_matrices
        >>> affine_matrices((2, 2), theta=180.0).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/preprocessing/image.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/preprocessing/image.py>
    """
    values = [jnp.asarray(value, jnp.float32) for value in (theta, tx, ty, shear, zx, zy)]
    theta, tx, ty, shear, zx, zy = jnp.broadcast_arrays(*values)
    cos, sin = jnp.cos(jnp.deg2rad(theta)), jnp.sin(jnp.deg2rad(theta))
    # The first two columns of rotation @ shear @ zoom, and the shift as the rotation turns it
    rows = jnp.stack(
        [cos * zx, (-cos * jnp.sin(shear) - sin * jnp.cos(shear)) * zy, cos * tx - sin * ty], -1
    )
    columns = jnp.stack(
        [sin * zx, (-sin * jnp.sin(shear) + cos * jnp.cos(shear)) * zy, sin * tx + cos * ty], -1
    )
    matrices = jnp.stack([rows, columns], -2)  # (n, 2, 3)
    return about_middle(matrices, shape)


def about_middle(matrices: ArrayLike, shape: tuple[int, int]) -> Array:
    """Maps (..., 2, 3) about the corner of an image of `shape`, moved to its middle."""
    matrices = jnp.asarray(matrices, jnp.float32)
    middle = jnp.asarray([shape[0] / 2 + 0.5, shape[1] / 2 + 0.5], jnp.float32)
    linear, offset = matrices[..., :2], matrices[..., 2]
    moved = jnp.sum(linear * on_last_axes(middle, linear), axis=-1)
    centred = offset + on_last_axes(middle, offset) - moved
    return jnp.concatenate([linear, centred[..., None]], -1)


def affine_transform(
    batch: ArrayLike,
    matrices: ArrayLike,
    fill_mode: FillMode = "nearest",
    cval: ArrayLike = 0.0,
    order: int = 1,
    size: tuple[int, int] | None = None,
) -> Array:
    """New images whose point p has the value of the old ones at ``A @ p + b``.

    The values are those of `scipy.ndimage.affine_transform`. Points are computed in float32, to
    about 1e-5 of a pixel: with order 1 that is some 3e-5 of the range of the values; another pixel
    is only read this close to a jump (the edge with 'constant' and 'wrap', the middle between two
    pixels with order 0).

    Args:
        batch: images (n, rows, columns, channels) of numbers.
        matrices: float (n, 2, 3), each A with b as its last column.
        fill_mode: what lies outside of an image. 'nearest': the pixel at the edge; 'constant':
            `cval`; 'reflect': the image mirrored, with the pixels at the edge twice; 'wrap': the
            image again, whose first pixel lies on the last one. Default: 'nearest'.
        cval: the number outside for 'constant'. Default: 0.0.
        order: 0 takes the nearest pixel, 1 interpolates linearly between four. Default: 1.
        size: rows and columns of the new images; by default those of the old ones.

    Returns:
        (n, *size, channels), float32 unless the batch is of another floating-point type.

    Examples:
        >>> from jaxcnn.preprocessing.image import affine_matrices, affine_transform
        >>> matrices = affine_matrices((8, 8), theta=90.0)[None]
        >>> affine_transform(jnp.ones((1, 8, 8, 3)), matrices).shape
        (1, 8, 8, 3)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_interpolation.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_interpolation.py>
    """
    batch, matrices = jnp.asarray(batch), jnp.asarray(matrices, jnp.float32)
    rows, columns = size or batch.shape[1:3]
    r = jnp.arange(rows, dtype=jnp.float32)[None, :, None]
    c = jnp.arange(columns, dtype=jnp.float32)[None, None, :]
    m = matrices[:, :, :, None, None]  # (n, 2, 3, 1, 1)
    return sample(
        batch,
        m[:, 0, 0] * r + m[:, 0, 1] * c + m[:, 0, 2],
        m[:, 1, 0] * r + m[:, 1, 1] * c + m[:, 1, 2],
        fill_mode=fill_mode,
        cval=cval,
        order=order,
    )


def sample(
    batch: Array, y: Array, x: Array, *, fill_mode: FillMode, cval: ArrayLike, order: int
) -> Array:
    """The values of a batch (n, rows, columns, channels) at points.

    Their rows `y` and columns `x` are (n, new rows, new columns).
    """
    if fill_mode not in get_args(FillMode):
        raise ValueError(
            f"`fill_mode` is {fill_mode!r}; it must be one of {', '.join(get_args(FillMode))}."
        )
    if order not in (0, 1):
        raise ValueError(
            f"The order of interpolation is {order!r}; it must be 0 (nearest pixel) or 1 (linear)."
        )
    n, rows, columns, channels = batch.shape
    if not jnp.issubdtype(batch.dtype, jnp.floating):
        batch = batch.astype(jnp.float32)
    pixels = batch.reshape(n * rows * columns, channels)
    first = (jnp.arange(n) * (rows * columns))[:, None, None]

    def at(i: Array, j: Array) -> Array:
        # A gather of whole pixels is what XLA does fastest on CPU.
        return pixels.at[first + i * columns + j].get(mode="promise_in_bounds")

    if order == 0:
        values = at(
            _index(_fold(y, rows, fill_mode) + 0.5, rows, fill_mode)[0],
            _index(_fold(x, columns, fill_mode) + 0.5, columns, fill_mode)[0],
        )
    else:
        top, bottom, down = _index(_fold(y, rows, fill_mode), rows, fill_mode)
        left, right, across = _index(_fold(x, columns, fill_mode), columns, fill_mode)
        down, across = down[..., None].astype(batch.dtype), across[..., None].astype(batch.dtype)
        above = at(top, left) * (1 - across) + at(top, right) * across
        below = at(bottom, left) * (1 - across) + at(bottom, right) * across
        values = above * (1 - down) + below * down
    if fill_mode == "constant":
        inside = (y >= 0) & (y <= rows - 1) & (x >= 0) & (x <= columns - 1)
        values = jnp.where(inside[..., None], values, jnp.asarray(cval, values.dtype))
    return values


def _fold(coordinate: Array, size: int, fill_mode: FillMode) -> Array:
    """The coordinate within [0, size - 1] that stands for one outside.

    'reflect' is left to `_index`, which does it pixel by pixel.
    """
    if fill_mode == "reflect":
        return coordinate
    if fill_mode == "wrap" and size > 1:
        outside = (coordinate < 0) | (coordinate > size - 1)
        return jnp.where(outside, jnp.mod(coordinate, size - 1), coordinate)
    return jnp.clip(coordinate, 0, size - 1)


def _index(coordinate: Array, size: int, fill_mode: FillMode) -> tuple[Array, Array, Array]:
    """The pixels before and after a coordinate, and its fraction of the way between them."""
    low = jnp.floor(coordinate)
    before = low.astype(jnp.int32)
    after = before + 1
    if fill_mode == "reflect":
        before, after = (
            jnp.minimum(jnp.mod(i, 2 * size), 2 * size - 1 - jnp.mod(i, 2 * size))
            for i in (before, after)
        )
    else:
        before, after = jnp.clip(before, 0, size - 1), jnp.clip(after, 0, size - 1)
    return before, after, coordinate - low
