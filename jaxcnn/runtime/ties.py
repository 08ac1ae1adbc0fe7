"""Maximum, minimum and limits, whose derivative at a tie is all that of the first argument.

TensorFlow, on which Keras 1 and 2 stood, gives it so; `jax.numpy` gives half of it to each.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.runtime.types import ArrayLike


def maximum(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """The larger of both, element by element; NaN where one is NaN."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    return jnp.where((x >= y) | (x != x), x, y)


def minimum(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """The smaller of both, element by element; NaN where one is NaN."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    return jnp.where((x <= y) | (x != x), x, y)


def clip(x: ArrayLike, low: ArrayLike | None = None, high: ArrayLike | None = None) -> jax.Array:
    """`x` cut to [low, high], None for no limit; where it meets one its derivative is 1."""
    below = jnp.asarray(x) if high is None else minimum(x, high)
    return below if low is None else maximum(below, low)
