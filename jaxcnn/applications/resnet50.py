"""ResNet50 with its conventions, under the name that books import."""

from jaxcnn.applications import ResNet50
from jaxcnn.applications.imagenet_utils import decode_predictions

preprocess_input = ResNet50.preprocess_input

__all__ = ["ResNet50", "decode_predictions", "preprocess_input"]
