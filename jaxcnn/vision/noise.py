"""Noise, as a pure function of a key."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


@partial(jax.jit, static_argnames="count")
def salt(key: Array, pictures: ArrayLike, count: int, value: ArrayLike = 255) -> Array:
    """Images with `count` pixels, drawn at random and some perhaps twice, set to `value`.

    Args:
        key: a key of `jax.random.key`.
        pictures: images (n, rows, columns, channels) of numbers.
        count: draws for each image.
        value: a number for all channels, or (channels,). Default: 255.

    Raises:
        ValueError: images of another rank.

    Examples:
        >>> jc.vision.salt(jax.random.key(0), jnp.zeros((1, 8, 8, 1)), 5).max()
        Array(255., dtype=float32)

    References:
        - van der Walt et al., "scikit-image 0.25.0: skimage/util/noise.py", 2024,
          <https://github.com/scikit-image/scikit-image/blob/v0.25.0/skimage/util/noise.py>
    """
    pictures = jnp.asarray(pictures)
    if pictures.ndim != 4:
        raise ValueError(f"Images must be (n, rows, columns, channels); given {pictures.shape}.")
    n, rows, columns, _ = pictures.shape
    i, j = jax.random.randint(key, (2, n, count), 0, jnp.array([rows, columns])[:, None, None])
    return pictures.at[jnp.arange(n)[:, None], i, j].set(jnp.asarray(value, pictures.dtype))
