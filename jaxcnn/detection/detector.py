"""Detection on images: letterbox, network, decoding, suppression, boxes in the image's pixels."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.detection import darknet
from jaxcnn.detection.boxes import corners
from jaxcnn.detection.heads import Head, Predictions
from jaxcnn.detection.letterbox import letterbox
from jaxcnn.detection.suppression import Selection, best_classes, non_max_suppression
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import PyTree


class Detection(NamedTuple):
    """One object of an image: its label, score (0 to 1) and box (x1, y1, x2, y2) in pixels.

    Args:
        label: name of the class.
        score: how sure it is, 0 to 1.
        box: (x1, y1, x2, y2) in pixels.

    Examples:
        >>> jc.detection.Detection("dog", 0.9, (10.0, 20.0, 50.0, 60.0)).label
        'dog'

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """

    label: str
    score: float
    box: tuple[float, float, float, float]


def decode(heads: Sequence[Head], raw: Sequence[jax.Array]) -> Predictions:
    """The boxes of all heads together, from the raw map of each.

    Args:
        heads: the heads.
        raw: the raw map of each, (batch, rows, columns, anchors * (5 + classes)).

    Raises:
        ValueError: not as many maps as heads.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> jc.detection.decode([head], [jnp.zeros((1, 2, 2, 8))]).confidence[0, 0]
        Array(0.5, dtype=float32)

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    if len(heads) != len(raw):
        raise ValueError(f"The network has {len(heads)} heads; given {len(raw)} maps.")
    decoded = [head.decode(one) for head, one in zip(heads, raw, strict=True)]
    return Predictions(*(jnp.concatenate(parts, axis=1) for parts in zip(*decoded, strict=True)))


def select(
    predictions: Predictions,
    score_threshold: float = 0.6,
    iou_threshold: float = 0.5,
    max_boxes: int = 10,
    per_class: bool = True,
) -> Selection:
    """The best boxes of each image of a batch, by corners in fractions of the network's input.

    The fields of the `Selection` have the batch in front; see `non_max_suppression`.

    Args:
        predictions: what `decode` returned.
        score_threshold: the least score. Default: 0.6.
        iou_threshold: a box that overlaps a better one by more than this is dropped. Default: 0.5.
        max_boxes: number of rows of the result. Default: 10.
        per_class: whether a box drops only boxes of the same class. Default: True.

    Examples:
        >>> head = jc.detection.Head(anchors=((0.1, 0.2),), mask=(0,), classes=3)
        >>> predictions = jc.detection.decode([head], [jnp.zeros((1, 2, 2, 8))])
        >>> jc.detection.select(predictions, score_threshold=0.2).valid.shape
        (1, 10)

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """
    scores, classes = best_classes(predictions.confidence, predictions.class_probabilities)
    suppress = functools.partial(
        non_max_suppression,
        score_threshold=score_threshold,
        iou_threshold=iou_threshold,
        max_boxes=max_boxes,
        per_class=per_class,
    )
    selection: Selection = jax.vmap(suppress)(corners(predictions.boxes), scores, classes)
    return selection


class Detector:
    """A detection network with the names of its classes.

    Args:
        network: from `darknet.load`, `darknet.build` or `networks`.
        labels: the name of each class.

    Raises:
        ValueError: not as many labels as classes.

    Examples:
        >>> network = jc.detection.tiny_yolov3(classes=2, input_size=(64, 64))
        >>> detector = jc.detection.Detector(network, ["cat", "dog"])

    References:
        - Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2016,
          <https://arxiv.org/abs/1612.08242>
    """

    def __init__(self, network: darknet.Network, labels: Sequence[str]) -> None:
        classes = network.heads[0].classes
        if len(labels) != classes:
            raise ValueError(
                f"The network knows {classes} classes; there are {len(labels)} names for them."
            )
        self.network = network
        self.labels = list(labels)
        module = network.model.module

        def run(
            variables: PyTree,
            images: jax.Array,
            score_threshold: float,
            iou_threshold: float,
            max_boxes: int,
        ) -> Selection:
            raw = module.apply(variables, images)
            raw = raw if isinstance(raw, list | tuple) else [raw]
            return select(decode(network.heads, raw), score_threshold, iou_threshold, max_boxes)

        self._run = jax.jit(run, static_argnums=4)

    @classmethod
    def from_darknet(
        cls,
        cfg: str | os.PathLike[str],
        weights: str | os.PathLike[str],
        names: str | os.PathLike[str],
        input_size: tuple[int, int] | None = None,
        repair: bool = True,
    ) -> Detector:
        """From a cfg file, its weight file and a file with the name of one class a line.

        Args:
            cfg: the description of the network.
            weights: the file of its weights.
            names: the file with the names of the classes.
            input_size: height and width of the network's input in pixels; None for those of the
                cfg.
            repair: whether known faults of published files are repaired, with a warning. Default:
                True.
        """
        labels = [
            line.strip()
            for line in Path(names).read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
        return cls(darknet.load(cfg, weights, input_size, repair), labels)

    def detect(
        self,
        pictures: np.ndarray | Sequence[np.ndarray],
        score_threshold: float = 0.5,
        iou_threshold: float = 0.45,
        max_boxes: int = 100,
    ) -> list[list[Detection]]:
        """The objects in each image, the surest first.

        Args:
            pictures: uint8 images (height, width, 3) of any sizes.
            score_threshold: confidence x class probability, 0 to 1, that a box must reach. Default:
                0.5.
            iou_threshold: boxes of one class that overlap a better one by more than this are
                dropped. Default: 0.45.
            max_boxes: most objects of an image. Default: 100.
        """
        if not len(pictures):
            return []
        keep_programs()
        boxed, placements = zip(
            *(letterbox(image, *self.network.input_size) for image in pictures), strict=True
        )
        selection = jax.device_get(
            self._run(
                self.network.model.variables,
                np.stack(boxed),
                score_threshold,
                iou_threshold,
                max_boxes,
            )
        )
        results = []
        for boxes, scores, classes, valid, placement in zip(*selection, placements, strict=True):
            rows = zip(
                classes[valid].tolist(),
                scores[valid].tolist(),
                placement.to_picture(boxes[valid]).tolist(),
                strict=True,
            )
            results.append([Detection(self.labels[c], score, tuple(box)) for c, score, box in rows])
        return results
