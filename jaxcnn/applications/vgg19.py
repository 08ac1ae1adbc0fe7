"""VGG19 with its conventions, under the name that books import."""

from jaxcnn.applications import VGG19
from jaxcnn.applications.imagenet_utils import decode_predictions

preprocess_input = VGG19.preprocess_input

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]
