"""How well distances between encodings separate people, in plain NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def pair_distances(encodings: ArrayLike, people: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """(distance, whether the same person) of every pair of images, each (n (n - 1) / 2,).

    Args:
        encodings: float (n, k).
        people: (n,), the person on each image.

    Raises:
        ValueError: fewer than two encodings, or not as many people.

    Examples:
        >>> distances, same = jc.faces.pair_distances(np.eye(2), [0, 1])
        >>> distances.shape, same
        ((1,), array([False]))

    References:
        - Huang et al., "Labeled Faces in the Wild", 2007, <http://vis-www.cs.umass.edu/lfw/>
    """
    points, labels = np.asarray(encodings, np.float64), np.asarray(people).reshape(-1)
    if len(points) != len(labels) or len(labels) < 2:
        raise ValueError(
            f"At least two encodings with a person each are needed; given {len(points)} and "
            f"{len(labels)}."
        )
    a, b = np.triu_indices(len(points), 1)
    squares = np.sum(points**2, axis=1)
    products = points @ points.T
    distances = np.sqrt(np.maximum(squares[a] + squares[b] - 2 * products[a, b], 0))
    return distances, labels[a] == labels[b]


def roc_curve(distances: ArrayLike, same: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(false accepts, true accepts, thresholds): the shares of pairs accepted at each threshold.

    A pair is accepted as one person's when its distance is at most the threshold. The first point,
    with threshold -inf, accepts nobody, the last one everybody.

    Args:
        distances: float distances of pairs, (n,).
        same: bool (n,), whether each pair is one person.

    Raises:
        ValueError: there are not pairs of both kinds.

    Examples:
        >>> false_accepts, true_accepts, thresholds = jc.faces.roc_curve([0.1, 0.9], [True, False])
        >>> false_accepts, true_accepts
        (array([0., 0., 1.]), array([0., 1., 1.]))

    References:
        - Fawcett, "An Introduction to ROC Analysis", 2006,
          <https://doi.org/10.1016/j.patrec.2005.10.010>
    """
    far, equal = np.asarray(distances, float), np.asarray(same, bool)
    if far.shape != equal.shape or equal.all() or not equal.any():
        raise ValueError(
            "A ROC curve needs a distance for each pair, and pairs of the same and of different "
            "people."
        )
    order = np.argsort(far, kind="stable")
    far, equal = far[order], equal[order]
    last = np.append(np.diff(far) > 0, True)  # equal distances are accepted together
    true, false = np.cumsum(equal)[last] / equal.sum(), np.cumsum(~equal)[last] / (~equal).sum()
    return np.append(0, false), np.append(0, true), np.append(-np.inf, far[last])


def area_under_curve(false_accepts: ArrayLike, true_accepts: ArrayLike) -> float:
    """The area under a ROC curve: how probably a pair of one person is nearer than one of two.

    Args:
        false_accepts: floats (n,), what `roc_curve` returned first.
        true_accepts: floats (n,), what it returned second.

    Examples:
        >>> jc.faces.area_under_curve([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
        1.0

    References:
        - Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating
          Characteristic Curve", 1982, <https://doi.org/10.1148/radiology.143.1.7063747>
    """
    return float(np.trapezoid(np.asarray(true_accepts, float), np.asarray(false_accepts, float)))


def accuracy_at(distances: ArrayLike, same: ArrayLike, thresholds: ArrayLike) -> np.ndarray:
    """The share of pairs judged correctly at each threshold, in the shape of `thresholds`.

    A pair is judged as one person's when its distance is below the threshold.

    Args:
        distances: float distances of pairs, (n,).
        same: bool (n,), whether each pair is one person.
        thresholds: float array of any shape.

    Examples:
        >>> jc.faces.accuracy_at([0.1, 0.9], [True, False], [0.5, 1.0])
        array([1. , 0.5])

    References:
        - Huang et al., "Labeled Faces in the Wild", 2007, <http://vis-www.cs.umass.edu/lfw/>
    """
    far, equal = np.asarray(distances, float), np.asarray(same, bool)
    limits = np.asarray(thresholds, float)
    return np.asarray(np.mean((far < limits[..., None]) == equal, axis=-1))


def best_threshold(distances: ArrayLike, same: ArrayLike) -> tuple[float, float]:
    """(threshold, accuracy) of the best threshold, halfway between two distances.

    Choose it on other pairs than those whose accuracy is reported.

    Args:
        distances: float distances of pairs, (n,).
        same: bool (n,), whether each pair is one person.

    Examples:
        >>> jc.faces.best_threshold([0.25, 0.75], [True, False])
        (0.5, 1.0)

    References:
        - Huang et al., "Labeled Faces in the Wild", 2007, <http://vis-www.cs.umass.edu/lfw/>
    """
    far, equal = np.asarray(distances, float), np.asarray(same, bool)
    order = np.argsort(far, kind="stable")
    far, equal = far[order], equal[order]
    right = np.append(0, np.cumsum(equal)) + np.append(np.cumsum((~equal)[::-1])[::-1], 0)
    # A threshold cannot separate equal distances.
    separable = np.concatenate([[True], np.diff(far) > 0, [True]])
    best = int(np.argmax(np.where(separable, right, -1)))
    edges = np.concatenate([far[:1] - 1, far, far[-1:] + 1])
    return float((edges[best] + edges[best + 1]) / 2), float(right[best] / len(far))
