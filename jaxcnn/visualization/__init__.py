"""Pictures of data, training and mistakes: arrays in, a PNG file out, no window and no global state."""

from jaxcnn.visualization.classification import confusion_matrix, plot_confusion_matrix, plot_worst_mistakes
from jaxcnn.visualization.history import plot_history
from jaxcnn.visualization.images import image_grid

__all__ = ["confusion_matrix", "image_grid", "plot_confusion_matrix", "plot_history", "plot_worst_mistakes"]
