"""Models in files: structure as JSON, everything in Keras's HDF5 layout."""

from jaxcnn.saving.hdf5 import load_model, load_weights, save_model, save_weights
from jaxcnn.saving.structure import model_from_config, model_from_json, to_json

__all__ = [
    "load_model",
    "load_weights",
    "model_from_config",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
