"""Who carries out the updates of variables whose values a function computes with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import TypeAlias

from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import PyTree

# Is told the pair (variable, its new value).
Carrier: TypeAlias = Callable[[PyTree], None]

_carrier: ContextVar[Carrier | None] = ContextVar("carrier", default=None)


def present_carrier() -> Carrier | None:
    """Who carries out what the function that runs computes with, or None."""
    return _carrier.get()


def carried_by(carrier: Carrier) -> AbstractContextManager[object]:
    """Within the block the updates that are computed with are told to `carrier`."""
    return scoped(_carrier, carrier)
