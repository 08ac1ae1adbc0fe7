"""Helpers around the edges: labels, progress, the seed."""

import importlib
from typing import Any

from jaxcnn.config import set_random_seed
from jaxcnn.utils import np_utils
from jaxcnn.utils.np_utils import normalize, to_categorical
from jaxcnn.utils.progbar import Progbar


def __getattr__(name: str) -> Any:
    if name in ("model_to_dot", "plot_model"):  # they draw models, which stand above this package
        return getattr(importlib.import_module("jaxcnn.visualization.graph"), name)
    raise AttributeError(f"module 'jaxcnn.utils' has no attribute {name!r}")


__all__ = ["Progbar", "normalize", "np_utils", "set_random_seed", "to_categorical"]
