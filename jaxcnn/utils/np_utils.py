"""Small helpers on NumPy arrays."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings

__all__ = ["normalize", "to_categorical"]


@old_spellings
def to_categorical(
    y: ArrayLike, num_classes: int | None = None, dtype: DTypeLike | None = None
) -> np.ndarray:
    """One-hot rows for integer class labels.

    Args:
        y: labels 0 .. num_classes - 1, integers or whole floats, any shape; read in row-major
            order.
        num_classes: width of a row; by default the largest label plus one.
        dtype: of the rows; by default float64, in programs of Keras 2.2 float32.

    Returns:
        An array (number of labels, num_classes) with a one in each row; in programs of Keras 2.2
        (*shape of y, num_classes), where a last axis of 1 is left out. Programs of any old Keras
        may count labels from the last class on: -1, -2, ...

    Raises:
        ValueError: labels that are not whole numbers, are negative or do not fit ``num_classes``.

    Examples:
        >>> jc.utils.to_categorical([0, 2], num_classes=3)
        array([[1., 0., 0.],
               [0., 0., 1.]])

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/np_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/np_utils.py>
    """
    given = np.asarray(y).ravel()
    with np.errstate(invalid="ignore"):
        labels = given.astype(int)
    if not np.array_equal(labels, given):
        raise ValueError(
            "to_categorical needs whole numbers as class labels; round or map them first."
        )
    if labels.size == 0 and not num_classes:
        raise ValueError(
            "to_categorical got no labels; pass num_classes to say how many classes there are."
        )
    classes = num_classes or int(labels.max()) + 1
    least = -classes if chosen() else 0
    if labels.size and (labels.min() < least or labels.max() >= classes):
        raise ValueError(
            f"to_categorical expects labels from 0 to {classes - 1}; got {labels.min()} to "
            f"{labels.max()}. Pass a larger num_classes or renumber the labels."
        )
    rows = np.zeros((labels.size, classes), dtype or ("f4" if dialect().label_axes else "f8"))
    rows[np.arange(labels.size), labels] = 1
    shape = np.shape(y)
    if not dialect().label_axes or not shape:
        return rows
    return rows.reshape(*(shape[:-1] if shape[-1] == 1 and len(shape) > 1 else shape), classes)


@suggesting
def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> np.ndarray:
    """``x`` divided by its norm of the given order along ``axis``, or by 1 where that is zero.

    Args:
        x: array of numbers.
        axis: the axis along which the norm is taken. Default: -1.
        order: order of the norm, 2 for the Euclidean one. Default: 2.

    Returns:
        An array of the shape of `x`; in programs of old Keras of at least two axes.

    Examples:
        >>> jc.utils.normalize(np.array([[3.0, 4.0]]))
        array([[0.6, 0.8]])

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/np_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/np_utils.py>
    """
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    normal = np.asarray(x) / np.where(norm == 0, 1, norm)
    return np.atleast_2d(normal) if chosen() else normal
