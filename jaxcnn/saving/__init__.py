"""Models in files: structure as JSON and YAML, all of it as Keras does, programs to run alone."""

from typing import TYPE_CHECKING

from jaxcnn.runtime.lazy import lazy_attributes

if TYPE_CHECKING:
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

# Imported with the first file.
__getattr__ = lazy_attributes(
    __name__,
    {
        "build_graph": "jaxcnn.saving.structure",
        "export_model": "jaxcnn.saving.containers.stablehlo",
        "export_onnx": "jaxcnn.saving.containers.onnx",
        "graph_config": "jaxcnn.saving.structure",
        "load_exported": "jaxcnn.saving.containers.stablehlo",
        "load_model": "jaxcnn.saving.files",
        "load_weights": "jaxcnn.saving.files",
        "model_from_config": "jaxcnn.saving.texts",
        "model_from_json": "jaxcnn.saving.texts",
        "model_from_yaml": "jaxcnn.saving.texts",
        "save_model": "jaxcnn.saving.files",
        "save_weights": "jaxcnn.saving.files",
        "sequential_config": "jaxcnn.saving.structure",
        "to_json": "jaxcnn.saving.texts",
        "to_yaml": "jaxcnn.saving.texts",
    },
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
