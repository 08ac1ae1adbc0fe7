"""Models in files: structure as JSON and YAML, all of it as Keras does, programs to run alone."""

from jaxcnn.saving.containers.onnx import export_onnx
from jaxcnn.saving.containers.stablehlo import export_model, load_exported
from jaxcnn.saving.files import load_model, load_weights, save_model, save_weights
from jaxcnn.saving.structure import build_graph, graph_config, sequential_config
from jaxcnn.saving.texts import (
    model_from_config,
    model_from_json,
    model_from_yaml,
    to_json,
    to_yaml,
)

__all__ = [
    "build_graph",
    "export_model",
    "export_onnx",
    "graph_config",
    "load_exported",
    "load_model",
    "load_weights",
    "model_from_config",
    "model_from_json",
    "model_from_yaml",
    "save_model",
    "save_weights",
    "sequential_config",
    "to_json",
    "to_yaml",
]
