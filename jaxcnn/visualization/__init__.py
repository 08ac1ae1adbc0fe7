"""Pictures of data, training, mistakes, filters and models: a PNG file out, no window and no global state."""

from jaxcnn.visualization.classification import confusion_matrix, plot_confusion_matrix, plot_worst_mistakes
from jaxcnn.visualization.features import plot_feature_maps, plot_filters
from jaxcnn.visualization.graph import model_to_dot, plot_model
from jaxcnn.visualization.history import plot_history
from jaxcnn.visualization.images import image_grid

__all__ = [
    "confusion_matrix",
    "image_grid",
    "model_to_dot",
    "plot_confusion_matrix",
    "plot_feature_maps",
    "plot_filters",
    "plot_history",
    "plot_model",
    "plot_worst_mistakes",
]
