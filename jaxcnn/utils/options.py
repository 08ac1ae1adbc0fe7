"""The numbers that options of commands take, for argparse."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def whole(least: int) -> Callable[[str], int]:
    """What reads a whole number of at least `least`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
        return number

    return read


def between(least: float, greatest: float) -> Callable[[str], float]:
    """What reads a number from `least` to `greatest`."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number <= greatest:
            limits = (
                f"from {least:g} to {greatest:g}"
                if greatest < float("inf")
                else (f"of {least:g} or more")
            )
            raise argparse.ArgumentTypeError(f"{text!r} is not a number {limits}")
        return number

    return read
