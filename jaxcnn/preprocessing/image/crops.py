"""Random crops, scales and colours of batches of images, as pure functions of a key."""

import math
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.image.affine import affine_transform
from jaxcnn.preprocessing.normalization import PrincipalAxes, principal_axes
from jaxcnn.spellings.keywords import suggesting


@suggesting
@partial(jax.jit, static_argnames=("size", "padding"))
def random_crop(key: Array, batch: ArrayLike, size: tuple[int, int], padding: int = 0) -> Array:
    """A part of each image at a random position, in its own scale.

    Args:
        key: a key of `jax.random.key`.
        batch: images (n, rows, columns, channels) of numbers.
        size: rows and columns of the part.
        padding: pixels of 0 that are put around the images first. Default: 0.

    Returns:
        (n, *size, channels) of the batch's dtype.

    Raises:
        ValueError: an image is smaller than the part.

    Examples:
        >>> from jaxcnn.preprocessing.image import random_crop
        >>> random_crop(jax.random.key(0), jnp.ones((2, 8, 8, 3)), (5, 5)).shape
        (2, 5, 5, 3)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """
    batch = jnp.pad(jnp.asarray(batch), ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    n, rows, columns, channels = batch.shape
    if rows < size[0] or columns < size[1]:
        raise ValueError(
            f"Images of {rows} x {columns}, with their padding, have no part of {size[0]} x "
            f"{size[1]}."
        )
    tops, lefts = jax.random.randint(
        key, (2, n), 0, jnp.asarray([[rows - size[0] + 1], [columns - size[1] + 1]])
    )

    def crop(image: Array, top: Array, left: Array) -> Array:
        return jax.lax.dynamic_slice(image, (top, left, 0), (*size, channels))

    return jax.vmap(crop)(batch, tops, lefts)


@partial(jax.jit, static_argnames=("size", "scale", "ratio"))
def random_resized_crop(
    key: Array,
    batch: ArrayLike,
    size: tuple[int, int],
    scale: tuple[float, float] = (0.08, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
) -> Array:
    """A part of each image of random position, area and shape, scaled linearly to `size`.

    After "Going Deeper with Convolutions" (Szegedy et al., 2014): the part's share of the area is
    even on `scale`, the logarithm of its width over its height even on that of `ratio`. A part
    longer than the image is cut to it.

    Args:
        key: key of random numbers.
        batch: images (n, rows, columns, channels) of numbers.
        size: rows and columns of the result.
        scale: the smallest and the largest share of the area. Default: (0.08, 1.0).
        ratio: the smallest and the largest width over height. Default: (0.75, 1.3333333333333333).

    Returns:
        float32 (n, *size, channels).

    Examples:
        >>> from jaxcnn.preprocessing.image import random_resized_crop
        >>> random_resized_crop(jax.random.key(0), jnp.ones((2, 8, 8, 3)), (4, 4)).shape
        (2, 4, 4, 3)

    References:
        - Szegedy et al., "Going Deeper with Convolutions", 2014, <https://arxiv.org/abs/1409.4842>
    """
    batch = jnp.asarray(batch)
    n, rows, columns, _ = batch.shape
    u = jax.random.uniform(key, (4, n))
    area = rows * columns * (scale[0] + u[0] * (scale[1] - scale[0]))
    shape = jnp.exp(math.log(ratio[0]) + u[1] * math.log(ratio[1] / ratio[0]))
    height, width = (
        jnp.minimum(jnp.sqrt(area / shape), rows),
        jnp.minimum(jnp.sqrt(area * shape), columns),
    )
    top, left = u[2] * (rows - height), u[3] * (columns - width)
    zy, zx = height / size[0], width / size[1]
    # The middle of a new pixel, p + 1/2, comes from the point top + zy (p + 1/2) of the image.
    zero = jnp.zeros(n)
    matrices = jnp.stack([zy, zero, top + (zy - 1) / 2, zero, zx, left + (zx - 1) / 2], -1).reshape(
        n, 2, 3
    )
    return affine_transform(batch, matrices, "nearest", order=1, size=size)


def color_axes(pictures: ArrayLike) -> PrincipalAxes:
    """The principal axes of the colours of all pixels, for `pca_lighting`.

    Args:
        pictures: images (n, rows, columns, channels) of numbers.

    Examples:
        >>> from jaxcnn.preprocessing.image import color_axes
        >>> color_axes(np.random.default_rng(0).random((2, 8, 8, 3))).axes.shape
        (3, 3)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """
    images = jnp.asarray(pictures)
    return principal_axes(images.reshape(-1, images.shape[-1]).astype(jnp.float32))


@jax.jit
def pca_lighting(
    key: Array, batch: ArrayLike, colors: PrincipalAxes, strength: ArrayLike = 0.1
) -> Array:
    """Each image with a random colour added to all its pixels, as changes of light do.

    The colour is a sum over the principal axes of colour, each times a normal variate of standard
    deviation `strength` and times the standard deviation of the colours along it, so that it fits
    images in any units. "ImageNet Classification with Deep Convolutional Neural Networks"
    (Krizhevsky et al., 2012), section 4.1, takes the variance instead, which fits values in 0 .. 1
    only.

    Args:
        key: a key of `jax.random.key`.
        batch: images (n, rows, columns, channels) of numbers.
        colors: from `color_axes` of the training images, in the units of the batch.
        strength: standard deviation of the variates, a number. Default: 0.1.

    Examples:
        >>> from jaxcnn.preprocessing.image import color_axes, pca_lighting
        >>> images = np.random.default_rng(0).random((2, 8, 8, 3))
        >>> pca_lighting(jax.random.key(0), images, color_axes(images)).shape
        (2, 8, 8, 3)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """
    batch = jnp.asarray(batch)
    weights = strength * jax.random.normal(key, (len(batch), len(colors.variances)))
    shift = (weights * jnp.sqrt(colors.variances)) @ colors.axes.T  # (n, channels)
    return batch + shift[:, None, None, :]
