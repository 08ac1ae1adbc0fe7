"""Errors that have a longer story name the page that tells it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def told_in(page: str) -> Iterator[None]:
    """Within the block an error gets a note with its page in ``docs/errors``.

    Where the environment variable JAXCNN_DOCS is the address of the documentation, the note has
    that of the page. Python and notebooks show it below the message.

    Args:
        page: its name without suffix.
    """
    try:
        yield
    except Exception as error:
        address = os.environ.get("JAXCNN_DOCS", "").rstrip("/")
        note = f"See {address}/errors/{page}/" if address else f"See docs/errors/{page}.md"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        raise
