"""The hint in messages about unknown names."""

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str:
    """The hint at the nearest known name, " Did you mean 'x'?", or "" where none is near.

    Case and underscores do not count.
    """
    plain_names = {plain(other): other for other in known}
    nearest = difflib.get_close_matches(plain(name), plain_names, n=1, cutoff=0.5)
    return f" Did you mean '{plain_names[nearest[0]]}'?" if nearest else ""


def plain(name: str) -> str:
    """The name in small letters without underscores."""
    return name.replace("_", "").lower()
