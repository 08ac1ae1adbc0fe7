"""What a layer may know about the batch as a whole while it is traced.

A module sees arrays only, and the layers between the training step and a normalization may be
anybody's, so these facts cannot travel as arguments: they are in force within a block.
"""

from __future__ import annotations

import contextlib
import dataclasses
from contextvars import ContextVar

import jax

from jaxcnn.runtime.scoped import scoped


@dataclasses.dataclass(frozen=True, eq=False)
class _Batch:
    valid_rows: jax.Array | None = None
    parts: int = 1
    moves: bool = False


_batch: ContextVar[_Batch] = ContextVar("batch", default=_Batch())  # noqa: B039  (it is frozen)


def valid_rows(rows: jax.Array | None) -> contextlib.AbstractContextManager[_Batch]:
    """Within the block the rows of the batch where `rows`, (batch,), is 0 are padding.

    A short last batch is padded to the full size so that nothing is compiled twice. Layers that
    look across rows (batch statistics, activity penalties) leave the padding out.

    Args:
        rows: (batch,) numbers, 0 where a row is padding; None when every row is real.

    Examples:
        >>> with jc.nn.valid_rows(jnp.array([1.0, 0.0])):
        ...     print(jc.nn.current_valid_rows())
        [1. 0.]
    """
    return scoped(_batch, dataclasses.replace(_batch.get(), valid_rows=rows))


def current_valid_rows() -> jax.Array | None:
    """(batch,) of 1 for real rows and 0 for padding, or None when every row is real.

    Examples:
        >>> jc.nn.current_valid_rows() is None
        True
    """
    return _batch.get().valid_rows


def batch_parts(count: int) -> contextlib.AbstractContextManager[_Batch]:
    """Within the block batch statistics are taken of each of `count` equal parts of the batch."""
    return scoped(_batch, dataclasses.replace(_batch.get(), parts=count))


def current_batch_parts() -> int:
    """The number of parts of the batch with their own statistics; 1 outside of any block."""
    return _batch.get().parts


def moving_statistics(moves: bool) -> contextlib.AbstractContextManager[_Batch]:
    """Within the block running statistics follow the batch where layers run in inference mode, too.

    So training did in Keras 1 and 2 after ``K.set_learning_phase(0)``.
    """
    return scoped(_batch, dataclasses.replace(_batch.get(), moves=moves))


def statistics_move() -> bool:
    """Whether running statistics follow the batch in inference mode."""
    return _batch.get().moves
