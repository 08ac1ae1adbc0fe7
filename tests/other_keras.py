"""Tests of `import keras` beside those that compare with another Keras in the same process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from jaxcnn import compat


@contextmanager
def set_aside() -> Iterator[None]:
    """Meanwhile no Keras is imported; afterwards that of the other tests is there again."""
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    try:
        yield
    finally:
        compat.uninstall()
        sys.modules.update(other)
