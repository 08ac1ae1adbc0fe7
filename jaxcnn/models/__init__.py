"""What a network is: Sequential stacks and functional graphs of layers, and reading them from
files.
"""

from typing import TYPE_CHECKING

from jaxcnn.models.clone import clone_model
from jaxcnn.models.int8 import Int8Model
from jaxcnn.models.lsuv import lsuv
from jaxcnn.models.model import Model
from jaxcnn.models.network import Network
from jaxcnn.models.sequential import Sequential
from jaxcnn.runtime.lazy import lazy_attributes

if TYPE_CHECKING:
    from jaxcnn.saving import (
        load_model,
        model_from_config,
        model_from_json,
        model_from_yaml,
        save_model,
    )

FILES = ("load_model", "model_from_config", "model_from_json", "model_from_yaml", "save_model")
__getattr__ = lazy_attributes(__name__, dict.fromkeys(FILES, "jaxcnn.saving"))

__all__ = [
    "Int8Model",
    "Model",
    "Network",
    "Sequential",
    "clone_model",
    "load_model",
    "lsuv",
    "model_from_config",
    "model_from_json",
    "model_from_yaml",
    "save_model",
]
