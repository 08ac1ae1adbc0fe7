"""Automatic layer names, as in Keras: snake case and a counter."""

from __future__ import annotations

import contextlib
import functools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from jaxcnn.spellings.dialect import dialect

_counts: Counter[str] = Counter()


class Named(Protocol):
    """What has a name."""

    name: str


def snake_case(name: str) -> str:
    """'MaxPooling2D' to 'max_pooling2d', 'LSTM' to 'lstm', 'MyLSTM' to 'my_lstm'."""
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
    return "private" + words if words.startswith("_") else words


def unique_name(class_name: str, dilation: object = 1) -> str:
    """The next name for a layer of this class: 'dense_1', 'dense_2', ..."""
    prefix = prefix_of(class_name, dilation)
    return f"{prefix}_{get_uid(prefix)}"


def prefix_of(class_name: str, dilation: object = 1) -> str:
    """The name without its number; in Keras 1 without parting words: 'maxpooling2d'."""
    spoken = dialect()
    if spoken.snake_case:
        return snake_case(class_name)
    return spoken.class_name(class_name, dilation).lower()


def input_name_for(layer: Named) -> str:
    """The name of the input of a model that begins with `layer`."""
    if dialect().snake_case:
        return f"{layer.name}_input"
    return unique_name(f"{class_of_then(layer)}_Input")


def class_of_then(layer: object) -> str:
    """The name of a layer's class in the version that the program is for.

    A layer that was made in place of one of that version may say itself what that was.
    """
    if (said := getattr(layer, "class_then", None)) is not None:
        return str(said)
    return dialect().class_name(type(layer).__name__, getattr(layer, "dilation_rate", 1))


@functools.cache
def under_name(kind: type, name: str) -> type:
    """A subclass with another name, which makes objects of `kind` when it is called."""
    return type(
        name,
        (kind,),
        {
            "__module__": kind.__module__,
            "__new__": lambda cls, *args, **kwargs: kind(*args, **kwargs),
        },
    )


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
