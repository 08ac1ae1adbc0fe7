"""Score filter and non-max suppression: from many scored boxes to the few that are shown.

All shapes are fixed, so the functions can be compiled, mapped over a batch with `jax.vmap`, and run
on the device right after the network: what is not selected is marked as not valid instead of being
left out.
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxcnn.detection.boxes import iou


class Selection(NamedTuple):
    """The selected boxes, best first; rows that are not `valid` hold zeros.

    Args:
        boxes: float (max_boxes, 4), corners.
        scores: float (max_boxes,).
        classes: (max_boxes,) int32.
        valid: (max_boxes,) bool.

    Attributes:
        boxes: (max_boxes, 4), corners.
        scores: (max_boxes,).
        classes: (max_boxes,) int32.
        valid: (max_boxes,) bool.

    Examples:
        >>> boxes = jnp.array([[0.0, 0.0, 1.0, 1.0]])
        >>> jc.detection.non_max_suppression(boxes, jnp.array([0.9]), jnp.array([0])).valid.sum()
        Array(1, dtype=int32)

    References:
        - Neubeck and Van Gool, "Efficient Non-Maximum Suppression", 2006,
          <https://doi.org/10.1109/ICPR.2006.479>
    """

    boxes: jax.Array
    scores: jax.Array
    classes: jax.Array
    valid: jax.Array


def best_classes(
    confidence: jax.Array, class_probabilities: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """(scores, classes): for each box its likeliest class, and confidence x its probability.

    `confidence` is (...) and `class_probabilities` (..., classes).

    Args:
        confidence: float (...,).
        class_probabilities: (..., classes).

    Examples:
        >>> jc.detection.best_classes(jnp.array([0.5]), jnp.array([[0.25, 0.5]]))
        (Array([0.25], dtype=float32), Array([1], dtype=int32))

    References:
        - Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection", 2015,
          <https://arxiv.org/abs/1506.02640>
    """
    scores = confidence[..., None] * class_probabilities
    return jnp.max(scores, axis=-1), jnp.argmax(scores, axis=-1).astype(jnp.int32)


def score_filter(scores: jax.Array, threshold: float = 0.6) -> jax.Array:
    """Which boxes score at least `threshold`: a mask of the shape of `scores`.

    Args:
        scores: float array of any shape.
        threshold: the least score. Default: 0.6.

    Examples:
        >>> jc.detection.score_filter(jnp.array([0.5, 0.9]))
        Array([False,  True], dtype=bool)

    References:
        - Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection", 2015,
          <https://arxiv.org/abs/1506.02640>
    """
    return scores >= threshold


@functools.partial(jax.jit, static_argnames=("max_boxes", "per_class"))
def non_max_suppression(
    boxes: jax.Array,
    scores: jax.Array,
    classes: jax.Array,
    score_threshold: float = 0.6,
    iou_threshold: float = 0.5,
    *,
    max_boxes: int = 10,
    per_class: bool = True,
) -> Selection:
    """Take the best box, drop those that overlap it too much, and so on, up to `max_boxes`.

    Args:
        boxes: float (n, 4), corners.
        scores: float (n,); boxes below `score_threshold` are never taken. Of equal scores the first
            is taken first.
        classes: (n,) integers.
        score_threshold: the least score. Default: 0.6.
        iou_threshold: a box that overlaps a better one by more than this is dropped. Default: 0.5.
        max_boxes: number of rows of the result. Default: 10.
        per_class: whether a box drops only boxes of the same class, or of every class. Default:
            True.

    Examples:
        >>> boxes = jnp.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.9]])
        >>> scores, classes = jnp.array([0.7, 0.9]), jnp.array([0, 0])
        >>> chosen = jc.detection.non_max_suppression(boxes, scores, classes)
        >>> chosen.scores[chosen.valid]
        Array([0.9], dtype=float32)

    References:
        - Neubeck and Van Gool, "Efficient Non-Maximum Suppression", 2006,
          <https://doi.org/10.1109/ICPR.2006.479>
    """
    remaining = jnp.where(score_filter(scores, score_threshold), scores, -jnp.inf)

    def take(remaining: jax.Array, _: None) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        best = jnp.argmax(remaining)
        valid = remaining[best] > -jnp.inf
        overlapping = iou(boxes[best], boxes) > iou_threshold
        if per_class:
            overlapping &= classes == classes[best]
        remaining = jnp.where(overlapping, -jnp.inf, remaining).at[best].set(-jnp.inf)
        return remaining, (best, valid)

    _, (taken, valid) = jax.lax.scan(take, remaining, length=max_boxes)

    def rows(values: jax.Array) -> jax.Array:
        return jnp.where(valid.reshape((-1,) + (1,) * (values.ndim - 1)), values[taken], 0)

    return Selection(rows(boxes), rows(scores), rows(classes), valid)
