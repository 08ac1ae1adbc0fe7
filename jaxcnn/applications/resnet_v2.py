"""The pre-activated residual networks with their conventions, under the name that books import."""

from jaxcnn.applications import ResNet50V2, ResNet101V2, ResNet152V2
from jaxcnn.applications.imagenet_utils import decode_predictions

preprocess_input = ResNet50V2.preprocess_input

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]
