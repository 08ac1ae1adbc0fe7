"""VGG16 with its conventions, under the name that books import."""

from jaxcnn.applications import VGG16
from jaxcnn.applications.imagenet_utils import decode_predictions

preprocess_input = VGG16.preprocess_input

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]
