"""The iterators of `sklearn.cross_validation`, dropped in scikit-learn 0.20, and its functions.

There an iterator was made for given data, and was itself what is looped over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from sklearn import model_selection

__all__ = ["KFold", "StratifiedKFold", "cross_val_predict", "cross_val_score", "train_test_split"]

cross_val_predict = model_selection.cross_val_predict
cross_val_score = model_selection.cross_val_score
train_test_split = model_selection.train_test_split


# Of NumPy's generators: a seed, one of them, or None.
RandomState: TypeAlias = int | np.random.RandomState | None


class _Folds:
    """(indices to train on, indices to test on), once for each fold."""

    def __init__(self, splitter: model_selection.BaseCrossValidator, y: np.ndarray) -> None:
        self.splitter, self.y = splitter, y

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        yield from self.splitter.split(np.zeros(len(self.y)), self.y)

    def __len__(self) -> int:
        return int(self.splitter.get_n_splits())


class KFold(_Folds):
    """Folds of the numbers 0 to n - 1."""

    def __init__(
        self, n: int, n_folds: int = 3, shuffle: bool = False, random_state: RandomState = None
    ) -> None:
        super().__init__(
            model_selection.KFold(n_folds, shuffle=shuffle, random_state=random_state), np.zeros(n)
        )


class StratifiedKFold(_Folds):
    """Folds in each of which the labels `y` are as frequent as in the whole."""

    def __init__(
        self,
        y: ArrayLike,
        n_folds: int = 3,
        shuffle: bool = False,
        random_state: RandomState = None,
    ) -> None:
        splitter = model_selection.StratifiedKFold(
            n_folds, shuffle=shuffle, random_state=random_state
        )
        super().__init__(splitter, np.asarray(y))
