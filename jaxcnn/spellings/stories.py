"""Errors that have a longer story name the page that tells it."""

from __future__ import annotations

import functools
import os
import re
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
# What raises errors in the name of its caller.
LIBRARIES = {"PIL", "flax", "h5py", "jax", "jaxlib", "numpy", "optax", "yaml"}
NOTE = re.compile(r"See .*errors/[a-z-]+(\.md|/)$")


def passed(error: BaseException) -> list[bool]:
    """Of the calls through which an error came, the first first, whether each is in a user's code.

    Those in libraries do not count.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    packages = [frame.f_globals.get("__name__", "").partition(".")[0] for frame in frames]
    ours = __name__.partition(".")[0]
    return [
        package != ours
        for package in packages
        if package not in LIBRARIES and package not in sys.stdlib_module_names
    ]


def from_outside(error: BaseException) -> bool:
    """Whether code of a user raised an error, or the call in it of a library that did."""
    return passed(error)[-1:] == [True]


class told_in:
    """Within the block an error gets a note with its page in ``docs/errors``.

    What code of a user raises, in a layer of their own or a generator, gets none.

    Where the environment variable JAXCNN_DOCS is the address of the documentation, the note has
    that of the page. Python and notebooks show it below the message. Of blocks within blocks the
    innermost names its page. As a decorator it is around a whole function, and no frame of the
    standard library is between that and its caller, at which warnings point.

    Args:
        page: its name without suffix.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def with_page(*args: P.args, **kwargs: P.kwargs) -> T:
            with self:
                return function(*args, **kwargs)

        return with_page

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or from_outside(error):
            return
        if not any(NOTE.match(note) for note in getattr(error, "__notes__", ())):
            address = os.environ.get("JAXCNN_DOCS", "").rstrip("/")
            page = f"{address}/errors/{self.page}/" if address else f"docs/errors/{self.page}.md"
            error.add_note(f"See {page}")
