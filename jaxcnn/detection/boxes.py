"""Box geometry: pure functions of arrays whose last axis holds the four numbers of a box.

Corner form is (x1, y1, x2, y2), centre form is (x, y, width, height); x runs to the right and y
downwards.
"""

import jax
import jax.numpy as jnp

from jaxcnn.runtime.types import ArrayLike


def corners(boxes: ArrayLike) -> jax.Array:
    """Boxes (..., 4) in centre form as corners."""
    centre, size = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.concatenate([centre - size / 2, centre + size / 2], axis=-1)


def centres(boxes: ArrayLike) -> jax.Array:
    """Boxes (..., 4) given by corners in centre form."""
    low, high = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.concatenate([(low + high) / 2, high - low], axis=-1)


def area(boxes: ArrayLike) -> jax.Array:
    """The areas (...) of boxes (..., 4) given by corners; 0 where the corners are swapped."""
    low, high = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.prod(jnp.maximum(high - low, 0), axis=-1)


def iou(a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Intersection over union of boxes given by corners, which are broadcast against each other.

    ``iou(a[:, None], b[None])`` is the table of all pairs. Two boxes without any area have 0.
    """
    a, b = jnp.asarray(a), jnp.asarray(b)
    low = jnp.maximum(a[..., :2], b[..., :2])
    high = jnp.minimum(a[..., 2:], b[..., 2:])
    shared = jnp.prod(jnp.maximum(high - low, 0), axis=-1)
    union = area(a) + area(b) - shared
    return jnp.where(union > 0, shared / jnp.where(union > 0, union, 1), 0.0)


def scaled(boxes: ArrayLike, height: float, width: float) -> jax.Array:
    """Boxes in fractions of an image as boxes in its pixels, in either form."""
    return jnp.asarray(boxes) * jnp.array([width, height, width, height], jnp.float32)


def clipped(boxes: ArrayLike, height: float, width: float) -> jax.Array:
    """Boxes given by corners, clipped to an image of ``height`` x ``width`` pixels."""
    return jnp.clip(jnp.asarray(boxes), 0, jnp.array([width, height, width, height], jnp.float32))
