"""How TensorFlow 1 and 2 run programs, which is always by graphs here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from jaxcnn.runtime.types import PyTree

__all__ = [
    "disable_eager_execution",
    "disable_v2_behavior",
    "enable_eager_execution",
    "executing_eagerly",
    "function",
    "get_logger",
]

F = TypeVar("F", bound=Callable[..., Any])


def executing_eagerly() -> bool:
    """False: words make graphs, and sessions or models run them."""
    return False


def disable_eager_execution() -> None:
    """Words make graphs, as they do anyway."""


disable_v2_behavior = disable_eager_execution


def enable_eager_execution(*args: object, **kwargs: object) -> None:
    """Not here.

    Raises:
        ValueError: always.
    """
    raise ValueError(
        "tf.enable_eager_execution: words make graphs here. Run tensors by a session, or compute "
        "with NumPy or jax.numpy, whose arrays the layers and models take as well."
    )


def function(func: F | None = None, **options: PyTree) -> F | Callable[[F], F]:
    """The function itself: what it computes becomes a part of the graph where it is called."""
    return (lambda later: later) if func is None else func


def get_logger() -> logging.Logger:
    """The logger 'tensorflow' of Python."""
    return logging.getLogger("tensorflow")
