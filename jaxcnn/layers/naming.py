"""Automatic layer names: snake case and a counter, as Keras gives them."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator

_counts: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """'MaxPooling2D' to 'max_pooling2d', 'BatchNormalization' to 'batch_normalization', 'LSTM' to
    'lstm'.
    """
    words = re.sub(
        r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    ).lower()
    return "private" + words if words.startswith("_") else words


def unique_name(class_name: str) -> str:
    """The next name for a layer of this class: 'dense_1', 'dense_2', ..."""
    prefix = snake_case(class_name)
    return f"{prefix}_{get_uid(prefix)}"


def get_uid(prefix: str = "") -> int:
    """The next number of the counter of `prefix`: 1, 2, ..."""
    _counts[prefix] += 1
    return _counts[prefix]


@contextlib.contextmanager
def fresh_names() -> Iterator[None]:
    """Within the ``with`` block the counters begin at 1; afterwards they go on from where they
    were.

    Initial weights follow from the seed and the names, so that a model made in here does not depend
    on what was made before.
    """
    before = _counts.copy()
    _counts.clear()
    try:
        yield
    finally:
        _counts.clear()
        _counts.update(before)


def reset_names() -> None:
    """Start all counters again at 1."""
    _counts.clear()
