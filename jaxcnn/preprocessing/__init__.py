"""Raw pictures, texts and time series made into the arrays that models take."""

import importlib
from typing import Any

_LAZY = ("image", "normalization", "sequence", "text")  # imported when first used


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return importlib.import_module(f"jaxcnn.preprocessing.{name}")
    raise AttributeError(f"module 'jaxcnn.preprocessing' has no attribute {name!r}")


__all__ = ["image", "normalization", "sequence", "text"]
