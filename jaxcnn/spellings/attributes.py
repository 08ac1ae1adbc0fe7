"""Attributes under the names that Keras 1 had for them."""

from __future__ import annotations

from typing import Any


class Renamed:
    """The attribute `name` of an object, under another name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else getattr(instance, self.name)
