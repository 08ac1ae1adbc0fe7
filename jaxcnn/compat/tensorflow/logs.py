"""``tf.logging``."""

from __future__ import annotations

import logging

__all__ = [
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "debug",
    "error",
    "fatal",
    "get_verbosity",
    "info",
    "set_verbosity",
    "warn",
    "warning",
]

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50

_logger = logging.getLogger("tensorflow")
if not _logger.handlers:
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    _logger.addHandler(_handler)
    _logger.setLevel(WARN)
    _logger.propagate = False

debug, info, error = _logger.debug, _logger.info, _logger.error
warn = warning = _logger.warning
fatal = _logger.critical


def set_verbosity(v: int) -> None:
    """Print messages of this level and above."""
    _logger.setLevel(v)


def get_verbosity() -> int:
    """The level from which messages are printed."""
    return _logger.getEffectiveLevel()
