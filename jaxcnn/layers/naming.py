"""Automatic layer names, as in Keras: snake case and a counter."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator

_counts: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """'MaxPooling2D' to 'max_pooling2d', 'LSTM' to 'lstm', 'MyLSTM' to 'my_lstm'."""
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
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
    """Within the block the counters begin at 1; afterwards they continue from where they were.

    Initial weights follow from the seed and the names, so a model made in the block does not depend
    on the models before it.
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
