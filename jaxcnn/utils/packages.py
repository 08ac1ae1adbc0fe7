"""Packages that only some parts of the library need."""

from __future__ import annotations

import importlib
from types import ModuleType

from jaxcnn.spellings.stories import told_in


@told_in("missing")
def installed(package: str, owner: str, pip: str = "") -> ModuleType:
    """The package, imported.

    Args:
        package: the name that it is imported by.
        owner: what needs it, as the sentence of the error begins.
        pip: what pip calls it, where that is another name.

    Raises:
        ImportError: it is missing; the message says how to get it.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ImportError(
            f"{owner} needs the package {package}: pip install {pip or package}"
        ) from None


def opencv(owner: str) -> ModuleType:
    """OpenCV.

    Args:
        owner: what needs it, as the sentence of the error begins.

    Raises:
        ImportError: it is missing; the message says how to get it.
    """
    return installed("cv2", owner, '"opencv-python-headless<5"')
