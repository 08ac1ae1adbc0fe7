"""Training a YOLO detector: which cell and anchor must find which object, and the loss of a head.

Truth is given as boxes (batch, max_boxes, 5): centre form in fractions of the network's input
image, then the class; rows of width 0 stand for no object. Sources: Redmon and Farhadi,
"YOLO9000", 2016; "YOLOv3", 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from jaxcnn.detection.boxes import corners, iou
from jaxcnn.detection.heads import Head


class Targets(NamedTuple):
    """The objects that a head must find in one image, zero for cells and anchors without one.

    Attributes:
        position: (rows, columns, anchors, 2), the centre within the cell, 0 to 1.
        size: (rows, columns, anchors, 2), the logarithm of size / anchor.
        scale: (rows, columns, anchors), 2 - area of the object in fractions: small ones count for
            more.
        classes: (rows, columns, anchors, classes), one-hot.
        responsible: (rows, columns, anchors), 1 where there is an object to find.
    """

    position: jax.Array
    size: jax.Array
    scale: jax.Array
    classes: jax.Array
    responsible: jax.Array


def assign_targets(truth: jax.Array, head: Head, rows: int, columns: int) -> Targets:
    """The targets of one image's objects for a head of rows x columns cells.

    An object belongs to the cell of its centre and, of all the network's anchors, to the one whose
    shape is most like its own; heads without that anchor do not learn it. Of two objects for the
    same cell and anchor the last one is learned.

    Args:
        truth: float (max_boxes, 5), as above.
        head: the head.
        rows: rows of its cells.
        columns: columns of its cells.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> truth = jnp.array([[0.5, 0.5, 0.1, 0.2, 1.0]])
        >>> type(jc.detection.assign_targets(truth, head, rows=2, columns=2)).__name__
        'Targets'

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    centre, size = truth[:, :2], truth[:, 2:4]
    real = jnp.all(size > 0, axis=-1)
    every = jnp.array(head.anchors, jnp.float32)
    shapes = iou(
        corners(jnp.pad(size, ((0, 0), (2, 0))))[:, None], corners(jnp.pad(every, ((0, 0), (2, 0))))
    )
    best = jnp.argmax(shapes, axis=-1)
    position_in_mask = (
        jnp.full(len(head.anchors), len(head.mask))
        .at[jnp.array(head.mask)]
        .set(jnp.arange(len(head.mask)))
    )
    anchor = position_in_mask[best]
    grid = jnp.array([columns, rows], jnp.float32)
    cell = jnp.clip(jnp.floor(centre * grid), 0, grid - 1)
    # Objects of no cell or anchor here are written outside the arrays, which drops them.
    row = jnp.where(real, cell[:, 1].astype(jnp.int32), rows)
    index = (row, cell[:, 0].astype(jnp.int32), anchor)

    def placed(values: jax.Array) -> jax.Array:
        empty = jnp.zeros((rows, columns, len(head.mask), *values.shape[1:]), jnp.float32)
        return empty.at[index].set(values, mode="drop")

    relative = jnp.where(real[:, None], size, 1.0) / every[best]
    return Targets(
        placed(centre * grid - cell),
        placed(jnp.log(relative)),
        placed(2.0 - size[:, 0] * size[:, 1]),
        placed(jax.nn.one_hot(truth[:, 4].astype(jnp.int32), head.classes)),
        placed(jnp.ones(len(truth))),
    )


@dataclass(frozen=True)
class YoloLoss:
    """The loss of a head's raw map, ``loss(y_true, y_pred)`` for `Model.compile`.

    It has one value for each image. Position and confidence cost the cross-entropy, sizes the
    squared difference, classes the cross-entropy of the head's kind; the entropy of the positions
    within cells remains of it when every prediction is right. Boxes without an object must have
    confidence 0, except those that overlap some object by more than `ignore_threshold`.

    Args:
        head: whose map it is.
        ignore_threshold: IoU, 0 to 1. Default: 0.7.
        box_weight: of position and size. Default: 1.0.
        object_weight, no_object_weight: of the confidence where there is an object, and where there
            is none. Default: 1.0.
        class_weight: of the classes. Default: 1.0.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> truth = jnp.array([[[0.5, 0.5, 0.1, 0.2, 1.0]]])
        >>> jc.detection.YoloLoss(head)(truth, jnp.zeros((1, 2, 2, 8))).shape
        (1,)

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """

    head: Head
    ignore_threshold: float = 0.7
    box_weight: float = 1.0
    object_weight: float = 1.0
    no_object_weight: float = 1.0
    class_weight: float = 1.0

    @property
    def __name__(self) -> str:
        return "yolo_loss"

    def __call__(self, y_true: jax.Array, y_pred: jax.Array) -> jax.Array:
        """(batch,), from truth (batch, max_boxes, 5) and maps (batch, rows, columns, channels).

        Raises:
            ValueError: truth of another shape.
        """
        if y_true.ndim != 3 or y_true.shape[-1] != 5:
            raise ValueError(
                "yolo_loss: truth must be (batch, max_boxes, 5), x, y, width, height and class; "
                f"given {y_true.shape}."
            )
        _, rows, columns, _ = y_pred.shape
        truth = y_true.astype(jnp.float32)
        targets = jax.vmap(lambda boxes: assign_targets(boxes, self.head, rows, columns))(truth)
        position, size, confidence, classes = self.head.split(y_pred)
        entropy = optax.sigmoid_binary_cross_entropy
        box = entropy(position, targets.position) + 0.5 * (size - targets.size) ** 2
        if self.head.independent:
            kind = jnp.sum(entropy(classes, targets.classes), axis=-1)
        else:
            kind = optax.softmax_cross_entropy(classes, targets.classes)
        sure = entropy(confidence, targets.responsible)
        nothing = (1 - targets.responsible) * (
            1 - self.overlapping(truth, y_pred).reshape(confidence.shape)
        )
        cost = targets.responsible * (
            self.box_weight * targets.scale * jnp.sum(box, axis=-1)
            + self.object_weight * sure
            + self.class_weight * kind
        )
        return jnp.sum(cost + self.no_object_weight * nothing * sure, axis=(1, 2, 3))

    def overlapping(self, truth: jax.Array, y_pred: jax.Array) -> jax.Array:
        """1 for predicted boxes, in row order, that overlap some object enough; has no gradient."""
        boxes = corners(jax.lax.stop_gradient(self.head.decode(y_pred).boxes))

        def greatest(best: jax.Array, one: jax.Array) -> tuple[jax.Array, None]:
            # One object after the other: a table of all pairs would be too large for fine maps.
            return jnp.maximum(best, iou(corners(one[:, None, :4]), boxes)), None

        best, _ = jax.lax.scan(greatest, jnp.zeros(boxes.shape[:2]), truth.swapaxes(0, 1))
        return (best > self.ignore_threshold).astype(jnp.float32)


def yolo_losses(heads: Sequence[Head], **settings: float) -> list[YoloLoss]:
    """The loss of each head, for ``model.compile(optimizer, yolo_losses(network.heads))``.

    Every output then takes the same truth: ``model.fit(x, [truth] * len(network.heads))``.

    Args:
        heads: the heads of a network.
        **settings: the arguments of `YoloLoss`.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> len(jc.detection.yolo_losses([head, head], box_weight=5.0))
        2

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    return [YoloLoss(head, **settings) for head in heads]
