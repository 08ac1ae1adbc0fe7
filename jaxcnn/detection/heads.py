"""How the raw map of a YOLO detection head is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp


class Predictions(NamedTuple):
    """Boxes of a head, one for each cell and anchor, in row order.

    Args:
        boxes: (batch, n, 4), centre form, in fractions of the network's input image.
        confidence: float (batch, n), how likely there is an object, 0 to 1.
        class_probabilities: (batch, n, classes), 0 to 1.

    Attributes:
        boxes: (batch, n, 4), centre form, in fractions of the network's input image.
        confidence: (batch, n), how likely there is an object, 0 to 1.
        class_probabilities: (batch, n, classes), 0 to 1.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> jc.detection.decode([head], [jnp.zeros((1, 2, 2, 8))]).boxes.shape
        (1, 4, 4)

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """

    boxes: jax.Array
    confidence: jax.Array
    class_probabilities: jax.Array


@dataclass(frozen=True)
class Head:
    """A detection head: a map of cells with some anchor boxes each, of 5 + classes values each.

    Args:
        anchors: (width, height) of every anchor of the network, in fractions of the input image.
        mask: which of them are this head's.
        classes: number of classes.
        independent: whether a box may have several classes, as in YOLOv3, or has one, as in YOLOv2.
            Default: True.

    Attributes:
        anchors: (width, height) of every anchor of the network, in fractions of the input image.
        mask: which of them are this head's.
        classes: how many classes.
        independent: whether a box may have several classes (YOLOv3, logistic) or has one (YOLOv2,
            softmax).

    Raises:
        ValueError: a mask that names no anchor.

    Examples:
        >>> jc.detection.Head(anchors=((0.1, 0.2), (0.5, 0.5)), mask=(1,), classes=3).classes
        3

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """

    anchors: tuple[tuple[float, float], ...]
    mask: tuple[int, ...]
    classes: int
    independent: bool = True

    def __post_init__(self) -> None:
        if not self.mask or not all(0 <= i < len(self.anchors) for i in self.mask):
            raise ValueError(
                f"A head's mask {self.mask} must name some of the anchors 0 to "
                f"{len(self.anchors) - 1}."
            )

    @property
    def channels(self) -> int:
        """Channels of the head's raw map."""
        return len(self.mask) * (5 + self.classes)

    @property
    def own_anchors(self) -> jax.Array:
        """(anchors of this head, 2): width and height in fractions of the input image."""
        return jnp.array([self.anchors[i] for i in self.mask], jnp.float32)

    def split(self, raw: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
        """The parts of a raw map (batch, rows, columns, channels), before any activation.

        Position (..., 2), size (..., 2), confidence (...) and classes (..., classes), where ...
        stands for (batch, rows, columns, anchors).

        Args:
            raw: what the network puts out, before any activation.

        Raises:
            ValueError: a map of another shape.
        """
        if raw.ndim != 4 or raw.shape[-1] != self.channels:
            raise ValueError(
                f"A head of {len(self.mask)} anchors and {self.classes} classes needs a map "
                f"(batch, rows, columns, {self.channels}); given {raw.shape}."
            )
        cells = raw.reshape(*raw.shape[:3], len(self.mask), 5 + self.classes)
        return cells[..., :2], cells[..., 2:4], cells[..., 4], cells[..., 5:]

    def decode(self, raw: jax.Array) -> Predictions:
        """The boxes of a raw map (batch, rows, columns, channels).

        A box's centre lies in its cell, at sigmoid(position); its size is the anchor's times
        exp(size). Sources: Redmon and Farhadi, "YOLO9000", 2016; "YOLOv3: An Incremental
        Improvement", 2018.

        Args:
            raw: what the network puts out, before any activation.
        """
        position, size, confidence, classes = self.split(raw)
        batch, rows, columns = raw.shape[:3]
        y, x = jnp.meshgrid(jnp.arange(rows), jnp.arange(columns), indexing="ij")
        corner = jnp.stack([x, y], axis=-1)[:, :, None, :]  # (rows, columns, 1, 2)
        centre = (jax.nn.sigmoid(position) + corner) / jnp.array([columns, rows], jnp.float32)
        boxes = jnp.concatenate([centre, jnp.exp(size) * self.own_anchors], axis=-1)
        probabilities = jax.nn.sigmoid(classes) if self.independent else jax.nn.softmax(classes)
        return Predictions(
            boxes.reshape(batch, -1, 4),
            jax.nn.sigmoid(confidence).reshape(batch, -1),
            probabilities.reshape(batch, -1, self.classes),
        )
