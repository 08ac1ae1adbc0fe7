"""What long work prints: training outlives the reader of its output."""

from __future__ import annotations

import os
import sys
import warnings


def say(text: str, end: str = "\n") -> None:
    """Print at once; when nobody reads any more (``script.py | head``) one warning says so, and
    what is printed after that goes nowhere.
    """
    try:
        print(text, end=end, file=sys.stdout, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        warnings.warn(
            "Nobody reads the output any more (broken pipe). Training goes on; what it would print "
            "from here is lost.",
            stacklevel=2,
        )
