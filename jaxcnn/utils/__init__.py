"""Helpers around the edges: labels, progress, the seed."""

import importlib
from typing import Any

from jaxcnn.config import set_random_seed
from jaxcnn.utils import np_utils
from jaxcnn.utils.data_utils import get_file
from jaxcnn.utils.io_utils import HDF5Matrix
from jaxcnn.utils.np_utils import normalize, to_categorical
from jaxcnn.utils.progbar import Progbar
from jaxcnn.utils.sequence import Sequence
from jaxcnn.utils.training_utils import multi_gpu_model


def __getattr__(name: str) -> Any:
    if name in ("model_to_dot", "plot_model"):  # they draw models, which stand above this package
        return getattr(importlib.import_module("jaxcnn.visualization.graph"), name)
    raise AttributeError(f"module 'jaxcnn.utils' has no attribute {name!r}")


__all__ = [
    "HDF5Matrix",
    "Progbar",
    "Sequence",
    "get_file",
    "multi_gpu_model",
    "normalize",
    "np_utils",
    "set_random_seed",
    "to_categorical",
]
