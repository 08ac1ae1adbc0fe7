"""Data that a user gives batch by batch, by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from jaxcnn.runtime.types import PyTree

# The arrays of one batch: ``(inputs, targets)`` or ``(inputs, targets, sample_weights)``.
Batch: TypeAlias = PyTree


class Sequence:
    """Batches by number, by a subclass with ``__len__`` and ``__getitem__``.

    It may also have ``on_epoch_end``. Several workers can make batches at the same time, and each
    batch is used exactly once an epoch, in an order that is the same whatever their number. So
    ``__getitem__`` must be safe to call from several threads, and for processes it must not use
    JAX.

    Examples:
        >>> class Squares(jc.utils.Sequence):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, i):
        ...         x = np.full((8, 2), i, np.float32)
        ...         return x, x[:, :1] ** 2
        >>> len(model.fit(Squares(), epochs=2, verbose=0).epoch)
        2

    References:
        - Chollet et al., "Keras 2.2.4: keras/utils/data_utils.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/utils/data_utils.py>
    """

    def __getitem__(self, index: int) -> Batch:
        """Batch number `index`, from 0."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(self, index).")

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __len__(self).")

    def on_epoch_end(self) -> None:
        """Called after the last batch of each pass over the data, before the next pass begins."""

    def __iter__(self) -> Iterator[Batch]:
        """The batches in order."""
        for index in range(len(self)):
            yield self[index]
