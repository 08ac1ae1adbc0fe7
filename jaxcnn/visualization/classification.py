"""The mistakes of a classifier."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.spellings.keywords import suggesting
from jaxcnn.visualization.figure import INK, finished, new_figure
from jaxcnn.visualization.images import image_grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@suggesting
def plot_worst_mistakes(
    x: ArrayLike,
    y_true: ArrayLike,
    probabilities: ArrayLike,
    path: str | os.PathLike[str] | None = None,
    count: int = 25,
    class_names: Sequence[str] | None = None,
) -> "np.ndarray | Path | Figure":
    """Draw the wrongly classified images, those with the least probability of the truth first.

    Args:
        x: images (n, rows, columns, channels), as for ``image_grid``.
        y_true: true classes, (n,), (n, 1) or one-hot (n, classes).
        probabilities: what the model predicts, (n, classes), or (n, 1) for the probability of class
            1 of two.
        path: the file to write; None to return the figure, which a notebook shows.
        count: images to draw at most. Default: 25.
        class_names: their names, by default the numbers.

    Returns:
        The indices of the drawn images, worst first, or without a path the figure; where there is
        no mistake the plot says so.

    Raises:
        ValueError: arrays do not fit together.

    Examples:
        >>> images = np.zeros((3, 8, 8))
        >>> scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
        >>> drawn = jc.visualization.plot_worst_mistakes(images, [0, 1, 1], scores, "mistakes.png")
    """
    images, predicted = np.asarray(x), np.asarray(probabilities, float)
    if predicted.ndim == 2 and predicted.shape[1] == 1:
        predicted = np.hstack([1 - predicted, predicted])
    truth = _classes(y_true)
    if predicted.ndim != 2 or not len(images) == len(truth) == len(predicted):
        raise ValueError(
            "plot_worst_mistakes expects as many images as true classes and rows of "
            f"probabilities (n, classes); got {images.shape}, {np.shape(y_true)} and "
            f"{np.shape(probabilities)}."
        )
    names = _names(class_names, predicted.shape[1], truth)
    guess = predicted.argmax(1)
    wrong = np.flatnonzero(guess != truth)
    worst = wrong[np.argsort(predicted[wrong, truth[wrong]], kind="stable")][:count]
    total = f"{len(wrong):,} of {len(truth):,} wrong"
    if len(worst) == 0:
        figure = new_figure(4, 1.2)
        figure.suptitle(total, y=0.5, fontsize=12, color=INK, va="center")
        drawn = finished(figure, path)
    else:
        between = " " if max(map(len, names)) <= 3 else "\n"
        titles = [
            f"{names[truth[i]]}{between}as {names[guess[i]]}, {predicted[i, guess[i]]:.0%}"
            for i in worst
        ]
        drawn = image_grid(
            images[worst],
            path,
            titles,
            title=f"{total} ({len(wrong) / len(truth):.2%}): the worst mistakes",
        )
    return worst if path is not None else drawn


@suggesting
def confusion_matrix(
    y_true: ArrayLike, y_predicted: ArrayLike, classes: int | None = None
) -> np.ndarray:
    """How often class i (row) was taken for class j (column): int64 (classes, classes).

    Both arguments are classes (n,), (n, 1) or rows (n, classes) whose largest element counts;
    ``classes`` is by default the largest class plus one.

    Args:
        y_true: true classes, (n,), (n, 1) or one-hot (n, classes).
        y_predicted: predicted classes in one of these forms, or scores (n, classes).
        classes: number of classes; None for the largest class plus one.

    Raises:
        ValueError: the lengths differ, or classes are out of range.

    Examples:
        >>> jc.visualization.confusion_matrix([0, 1, 1], [0, 0, 1])
        array([[1, 0],
               [1, 1]])

    References:
        - Fawcett, "An Introduction to ROC Analysis", 2006,
          <https://doi.org/10.1016/j.patrec.2005.10.010>
    """
    truth, guess = _classes(y_true), _classes(y_predicted)
    if len(truth) != len(guess):
        raise ValueError(
            f"confusion_matrix got {len(truth)} true and {len(guess)} predicted classes."
        )
    widths = [np.shape(a)[1] for a in (y_true, y_predicted) if np.ndim(a) == 2]
    classes = classes or max([int(max(truth.max(), guess.max())) + 1, *widths])
    if min(truth.min(), guess.min()) < 0 or max(truth.max(), guess.max()) >= classes:
        raise ValueError(
            f"confusion_matrix expects classes from 0 to {classes - 1}; some lie outside."
        )
    return np.bincount(truth * classes + guess, minlength=classes**2).reshape(classes, classes)


@suggesting
def plot_confusion_matrix(
    y_true: ArrayLike,
    y_predicted: ArrayLike,
    path: str | os.PathLike[str] | None = None,
    class_names: Sequence[str] | None = None,
) -> "np.ndarray | Path | Figure":
    """Draw ``confusion_matrix(y_true, y_predicted)`` and return it, without a path the figure.

    Colours are the shares within each true class. Up to 30 classes the counts are written into the
    cells.

    Args:
        y_true: classes (n,) or rows (n, classes), as of `confusion_matrix`.
        y_predicted: classes (n,) or rows (n, classes), as of `confusion_matrix`.
        path: the file to write; None to return the figure, which a notebook shows.
        class_names: names of the classes; None for the integers.

    Examples:
        >>> jc.visualization.plot_confusion_matrix([0, 1, 1], [0, 0, 1], "confusion.png").shape
        (2, 2)

    References:
        - Fawcett, "An Introduction to ROC Analysis", 2006,
          <https://doi.org/10.1016/j.patrec.2005.10.010>
    """
    from matplotlib.colors import PowerNorm

    matrix = confusion_matrix(
        y_true, y_predicted, len(class_names) if class_names is not None else None
    )
    classes = len(matrix)
    names = _names(class_names, classes, np.arange(classes))
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    size = min(max(3.2, 0.55 * classes), 12) + 1
    figure = new_figure(size + 0.6, size)
    axes = figure.add_subplot()
    # the square root scale makes a mistake of one in a hundred visible next to a diagonal near one
    drawn = axes.imshow(share, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=1))
    axes.set_xlabel("predicted", color=INK)
    axes.set_ylabel("true", color=INK)
    axes.set_title(
        f"{matrix.sum():,} samples, {np.trace(matrix) / matrix.sum():.2%} right",
        loc="left",
        fontsize=11,
        color=INK,
    )
    if classes <= 30:
        long = max(map(len, names)) > 3
        axes.set_xticks(
            range(classes), names, rotation=45 if long else 0, ha="right" if long else "center"
        )
        axes.set_yticks(range(classes), names)
        for i, j in np.argwhere(matrix):
            axes.text(
                j,
                i,
                f"{matrix[i, j]}",
                ha="center",
                va="center",
                fontsize=8,
                color=_readable(share[i, j]),
            )
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    figure.colorbar(
        drawn,
        ax=axes,
        shrink=0.8,
        label="share of the true class",
        ticks=[0, 0.01, 0.1, 0.25, 0.5, 1],
    )
    shown = finished(figure, path)
    return matrix if path is not None else shown


def _readable(share: float) -> str:
    return "white" if share > 0.3 else INK


def _classes(labels: ArrayLike) -> np.ndarray:
    """Class numbers (n,) from class numbers or from rows with one element for each class."""
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] > 1:
        return np.asarray(labels.argmax(1))
    if labels.ndim not in (1, 2) or labels.size == 0:
        raise ValueError(
            f"expected classes (n,), (n, 1) or rows (n, classes), at least one; got {labels.shape}."
        )
    return labels.reshape(-1).astype(int)


def _names(given: Sequence[str] | None, classes: int, used: np.ndarray) -> list[str]:
    if used.min() < 0 or used.max() >= classes:
        raise ValueError(
            f"expected classes from 0 to {classes - 1}; got {used.min()} to {used.max()}."
        )
    if given is not None and len(given) != classes:
        raise ValueError(f"got {len(given)} class names for {classes} classes.")
    return [str(name) for name in (range(classes) if given is None else given)]
