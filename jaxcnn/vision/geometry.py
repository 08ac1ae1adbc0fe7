"""Images turned, and brought to a square without distortion."""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.affine import FillMode, affine_transform

# One program for all angles.
_affine = jax.jit(affine_transform, static_argnames=("fill_mode", "order", "size"))


def rotate(
    pictures: ArrayLike,
    angle: float,
    scale: float = 1.0,
    expand: bool = False,
    fill_mode: FillMode = "constant",
    cval: float = 0.0,
    order: int = 1,
) -> Array:
    """Images turned about their middle.

    Args:
        pictures: images (n, rows, columns, channels) of numbers.
        angle: degrees, against the clock.
        scale: above 1 enlarges. Default: 1.0.
        expand: make the result large enough to hold everything, instead of cutting corners off.
            Default: False.
        fill_mode, cval, order: as in `affine_transform`. Default: 'constant', 0.0 and 1.

    Returns:
        (n, new rows, new columns, channels); the values are those of `scipy.ndimage.rotate`.

    Raises:
        ValueError: a scale that is not above 0.

    Examples:
        >>> jc.vision.rotate(jnp.ones((1, 4, 6, 3)), 90, expand=True).shape
        (1, 6, 4, 3)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_interpolation.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_interpolation.py>
    """
    pictures = jnp.asarray(pictures)
    if pictures.ndim != 4:
        raise ValueError(f"Images must be (n, rows, columns, channels); given {pictures.shape}.")
    if not scale > 0:
        raise ValueError(f"`scale` must be above 0; given {scale}.")
    # Whole quarter turns have exact zeros, so that no pixel lands next to its target.
    quarter = angle / 90
    if quarter == round(quarter):
        cos, sin = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[round(quarter) % 4]
    else:
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    old = np.array(pictures.shape[1:3])
    new = old
    if expand:
        new = (np.abs([[cos, sin], [sin, cos]]) @ old * scale + 0.5).astype(int)
    # From a position in the result to the one that it comes from.
    linear = np.array([[cos, sin], [-sin, cos]]) / scale
    offset = (old - 1) / 2 - linear @ ((new - 1) / 2)
    matrix = np.concatenate([linear, offset[:, None]], axis=1)
    matrices = np.broadcast_to(matrix, (len(pictures), 2, 3))
    size = (int(new[0]), int(new[1]))
    turned: Array = _affine(
        pictures, matrices, fill_mode=fill_mode, cval=cval, order=order, size=size
    )
    return turned


def covering_scale(shape: Sequence[int], angle: float) -> float:
    """A scale at which an image turned by `angle` degrees fills its frame but for its edge.

    Args:
        shape: (rows, columns) of the image.
        angle: degrees.

    Examples:
        >>> round(jc.vision.covering_scale((10, 10), 45), 2)
        1.41
    """
    longer, shorter = max(shape[:2]), min(shape[:2])
    if angle % 180 == 0:
        return 1.0
    return longer / shorter if angle % 90 == 0 else math.hypot(longer, shorter) / shorter


def resize_with_bars(picture: ArrayLike, size: tuple[int, int]) -> np.ndarray:
    """An image padded with black bars to a square, then resized.

    Nothing is stretched when `size` is a square.

    Args:
        picture: uint8 (rows, columns) or (rows, columns, 3).
        size: rows and columns of the result.

    Returns:
        uint8 (*size) or (*size, 3).

    Raises:
        ValueError: another kind of image.

    Examples:
        >>> jc.vision.resize_with_bars(np.ones((4, 8, 3), np.uint8), (16, 16)).shape
        (16, 16, 3)

    References:
        - Abadi et al., "TensorFlow: tf.image.resize_with_pad", 2018,
          <https://www.tensorflow.org/api_docs/python/tf/image/resize_with_pad>
    """
    from PIL import Image

    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or not picture.size:
        raise ValueError(
            f"An image must be uint8 (rows, columns) or (rows, columns, 3); given {picture.dtype} "
            f"{picture.shape}."
        )
    return np.asarray(
        Image.fromarray(square(picture)).resize(size[::-1], Image.Resampling.BILINEAR)
    )


def square(picture: np.ndarray) -> np.ndarray:
    """An image (rows, columns, ...) padded with 0 on both sides of its shorter axis to a square.

    An odd pixel goes after the image.

    Args:
        picture: (rows, columns, ...) of any dtype.

    Examples:
        >>> jc.vision.square(np.ones((2, 4))).shape
        (4, 4)

    References:
        - Abadi et al., "TensorFlow: tf.image.resize_with_pad", 2018,
          <https://www.tensorflow.org/api_docs/python/tf/image/resize_with_pad>
    """
    longest = max(picture.shape[:2])
    missing = [longest - size for size in picture.shape[:2]]
    return np.pad(picture, [(m // 2, m - m // 2) for m in missing] + [(0, 0)] * (picture.ndim - 2))
