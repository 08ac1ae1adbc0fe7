"""The errors that TensorFlow raises, for programs that catch them."""

from __future__ import annotations

__all__ = [
    "FailedPreconditionError",
    "InvalidArgumentError",
    "NotFoundError",
    "OpError",
    "OutOfRangeError",
]


class OpError(Exception):
    """The base of errors of running operations."""

    @property
    def message(self) -> str:
        """The text."""
        return str(self)


class FailedPreconditionError(OpError):
    """A variable without a value was read."""


class InvalidArgumentError(OpError):
    """A placeholder was not fed, or a value does not fit."""


class NotFoundError(OpError):
    """There is no such file."""


class OutOfRangeError(OpError):
    """A dataset has no further element."""
