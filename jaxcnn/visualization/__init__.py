"""Plots of data, training, mistakes and models, and what a network looks at and likes.

Functions called ``plot_...`` write an image file, or without a path return a figure; no window, no
global state.
"""

from jaxcnn.visualization.ascent import deep_dream, deprocess, maximise_classes, maximise_filters
from jaxcnn.visualization.attribution import (
    feature_maps,
    grad_cam,
    heat_overlay,
    occlusion_map,
    saliency,
)
from jaxcnn.visualization.classification import (
    confusion_matrix,
    plot_confusion_matrix,
    plot_worst_mistakes,
)
from jaxcnn.visualization.features import plot_feature_maps, plot_filters
from jaxcnn.visualization.graph import model_to_dot, plot_model
from jaxcnn.visualization.history import plot_history
from jaxcnn.visualization.images import image_grid

__all__ = [
    "confusion_matrix",
    "deep_dream",
    "deprocess",
    "feature_maps",
    "grad_cam",
    "heat_overlay",
    "image_grid",
    "maximise_classes",
    "maximise_filters",
    "model_to_dot",
    "occlusion_map",
    "plot_confusion_matrix",
    "plot_feature_maps",
    "plot_filters",
    "plot_history",
    "plot_model",
    "plot_worst_mistakes",
    "saliency",
]
