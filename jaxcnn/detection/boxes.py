"""Box geometry: pure functions of arrays whose last axis holds the four numbers of a box.

Corner form is (x1, y1, x2, y2), centre form is (x, y, width, height); x runs to the right and y
downwards.
"""

import jax
import jax.numpy as jnp

from jaxcnn.runtime.types import ArrayLike


def corners(boxes: ArrayLike) -> jax.Array:
    """Boxes (..., 4) in centre form as corners.

    Args:
        boxes: float boxes (..., 4) in centre form.

    Examples:
        >>> jc.detection.corners(jnp.array([1.0, 2.0, 2.0, 4.0]))
        Array([0., 0., 2., 4.], dtype=float32)

    References:
        - Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection", 2015,
          <https://arxiv.org/abs/1506.02640>
    """
    centre, size = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.concatenate([centre - size / 2, centre + size / 2], axis=-1)


def centres(boxes: ArrayLike) -> jax.Array:
    """Boxes (..., 4) given by corners in centre form.

    Args:
        boxes: float boxes (..., 4) by corners.

    Examples:
        >>> jc.detection.centres(jnp.array([0.0, 0.0, 2.0, 4.0]))
        Array([1., 2., 2., 4.], dtype=float32)

    References:
        - Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection", 2015,
          <https://arxiv.org/abs/1506.02640>
    """
    low, high = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.concatenate([(low + high) / 2, high - low], axis=-1)


def area(boxes: ArrayLike) -> jax.Array:
    """The areas (...) of boxes (..., 4) given by corners; 0 where the corners are swapped.

    Args:
        boxes: float boxes (..., 4).

    Examples:
        >>> jc.detection.area(jnp.array([0.0, 0.0, 2.0, 3.0]))
        Array(6., dtype=float32)

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    low, high = jnp.split(jnp.asarray(boxes), 2, axis=-1)
    return jnp.prod(jnp.maximum(high - low, 0), axis=-1)


def iou(a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Intersection over union of boxes given by corners, which are broadcast against each other.

    ``iou(a[:, None], b[None])`` is the table of all pairs. Two boxes without any area have 0.

    Args:
        a: float boxes (..., 4) by corners.
        b: float boxes (..., 4) by corners.

    Examples:
        >>> jc.detection.iou(jnp.array([0.0, 0.0, 2.0, 2.0]), jnp.array([0.0, 0.0, 2.0, 4.0]))
        Array(0.5, dtype=float32)

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    a, b = jnp.asarray(a), jnp.asarray(b)
    low = jnp.maximum(a[..., :2], b[..., :2])
    high = jnp.minimum(a[..., 2:], b[..., 2:])
    shared = jnp.prod(jnp.maximum(high - low, 0), axis=-1)
    union = area(a) + area(b) - shared
    return jnp.where(union > 0, shared / jnp.where(union > 0, union, 1), 0.0)


def scaled(boxes: ArrayLike, height: float, width: float) -> jax.Array:
    """Boxes in fractions of an image as boxes in its pixels, in either form.

    Args:
        boxes: boxes (..., 4) in fractions of the image.
        height: rows of the image.
        width: columns of the image.

    Examples:
        >>> jc.detection.scaled(jnp.array([0.5, 0.5, 1.0, 1.0]), height=4, width=8)
        Array([4., 2., 8., 4.], dtype=float32)

    References:
        - Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection", 2015,
          <https://arxiv.org/abs/1506.02640>
    """
    return jnp.asarray(boxes) * jnp.array([width, height, width, height], jnp.float32)


def clipped(boxes: ArrayLike, height: float, width: float) -> jax.Array:
    """Boxes given by corners, clipped to an image of ``height`` x ``width`` pixels.

    Args:
        boxes: float boxes (..., 4) by corners.
        height: rows of the image.
        width: columns of the image.

    Examples:
        >>> jc.detection.clipped(jnp.array([-1.0, 0.0, 9.0, 4.0]), height=8, width=8)
        Array([0., 0., 8., 4.], dtype=float32)

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    return jnp.clip(jnp.asarray(boxes), 0, jnp.array([width, height, width, height], jnp.float32))
