"""Precision, recall and mean average precision of detectors, in plain NumPy."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

ScoredBox = tuple[Hashable, float, ArrayLike]
"""(label, score, corners); a `Detection` is one."""
Truth = tuple[Hashable, ArrayLike]
"""(label, corners)."""


def precision_recall(
    detections: Sequence[Sequence[ScoredBox]],
    truth: Sequence[Sequence[Truth]],
    label: Hashable,
    iou_threshold: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """(precision, recall) after each detection of a class, the surest first over all images.

    A detection is right when the object of its class that it overlaps most reaches `iou_threshold`
    and has not been found by a surer one. `detections` and `truth` have an entry for each image.

    Args:
        detections: for each image (label, score, box) of each detection.
        truth: for each image (label, box) of each object.
        label: the class.
        iou_threshold: overlap from which a detection is right. Default: 0.5.

    Raises:
        ValueError: they have not as many entries.

    Examples:
        >>> box = (0.0, 0.0, 2.0, 2.0)
        >>> jc.detection.precision_recall([[("dog", 0.9, box)]], [[("dog", box)]], "dog")
        (array([1.]), array([1.]))

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    if len(detections) != len(truth):
        raise ValueError(
            f"There are detections for {len(detections)} images and truth for {len(truth)}."
        )
    objects = [
        np.array([box for name, box in one if name == label], float).reshape(-1, 4) for one in truth
    ]
    taken = [np.zeros(len(boxes), bool) for boxes in objects]
    guesses = [
        (score, i, box)
        for i, one in enumerate(detections)
        for name, score, box in one
        if name == label
    ]
    right = np.zeros(len(guesses), bool)
    for k, (_, i, box) in enumerate(sorted(guesses, key=lambda guess: -guess[0])):
        overlaps = _overlaps(np.asarray(box, float), objects[i])
        if (
            len(overlaps)
            and overlaps.max() >= iou_threshold
            and not taken[i][best := overlaps.argmax()]
        ):
            right[k] = taken[i][best] = True
    hits = np.cumsum(right)
    total = sum(map(len, objects))
    return hits / np.arange(1, len(hits) + 1), hits / max(total, 1)


def average_precision(precision: ArrayLike, recall: ArrayLike, points: int | None = None) -> float:
    """The area under the curve of precision over recall.

    Each precision is raised to the best at that recall or a greater one first. With `points` None
    it is the area itself (Pascal VOC from 2010), with 11 or 101 the mean at that many recalls from
    0 to 1 (Pascal VOC 2007, COCO).

    Args:
        precision: float (n,), after each detection.
        recall: float (n,), rising.
        points: None, 11 or 101.

    Examples:
        >>> jc.detection.average_precision([1.0, 1.0], [0.5, 1.0])
        1.0

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    precision, recall = np.asarray(precision, float), np.asarray(recall, float)
    if not len(precision):
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum(np.diff(recall, prepend=0.0) * envelope))
    at = np.searchsorted(recall, np.linspace(0, 1, points) - 1e-12)
    return float(np.mean(np.append(envelope, 0.0)[at]))


def mean_average_precision(
    detections: Sequence[Sequence[ScoredBox]],
    truth: Sequence[Sequence[Truth]],
    iou_threshold: float = 0.5,
    points: int | None = None,
) -> tuple[float, dict[Hashable, float]]:
    """(the mean over classes, the average precision of each class that occurs in `truth`).

    Args:
        detections: for each image (label, score, box) of each detection.
        truth: for each image (label, box) of each object.
        iou_threshold: overlap from which a detection is right. Default: 0.5.
        points: as of `average_precision`. Default: None.

    Raises:
        ValueError: there is no object in `truth`.

    Examples:
        >>> box = (0.0, 0.0, 2.0, 2.0)
        >>> jc.detection.mean_average_precision([[("dog", 0.9, box)]], [[("dog", box)]])
        (1.0, {'dog': 1.0})

    References:
        - Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge", 2010,
          <https://doi.org/10.1007/s11263-009-0275-4>
    """
    labels = list(dict.fromkeys(name for one in truth for name, _ in one))
    if not labels:
        raise ValueError("mean_average_precision: there is no object in `truth`.")
    each = {
        label: average_precision(
            *precision_recall(detections, truth, label, iou_threshold), points=points
        )
        for label in labels
    }
    return float(np.mean(list(each.values()))), each


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """IoU of one box with others, by corners."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=-1)
    sizes = np.prod(others[:, 2:] - others[:, :2], axis=-1)
    union = np.prod(box[2:] - box[:2]) + sizes - shared
    ratios: np.ndarray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratios
