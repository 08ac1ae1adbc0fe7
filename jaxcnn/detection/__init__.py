"""Object detection: boxes, suppression, YOLO networks of Darknet files, training, evaluation."""

from jaxcnn.detection.boxes import area, centres, clipped, corners, iou, scaled
from jaxcnn.detection.darknet import Network
from jaxcnn.detection.detector import Detection, Detector, decode, select
from jaxcnn.detection.drawing import draw
from jaxcnn.detection.evaluation import average_precision, mean_average_precision, precision_recall
from jaxcnn.detection.heads import Head, Predictions
from jaxcnn.detection.letterbox import Placement, letterbox
from jaxcnn.detection.loss import YoloLoss, assign_targets, yolo_losses
from jaxcnn.detection.networks import tiny_yolov2, tiny_yolov3, yolov2, yolov3
from jaxcnn.detection.suppression import Selection, best_classes, non_max_suppression, score_filter

__all__ = [
    "Detection",
    "Detector",
    "Head",
    "Network",
    "Placement",
    "Predictions",
    "Selection",
    "YoloLoss",
    "area",
    "assign_targets",
    "average_precision",
    "best_classes",
    "centres",
    "clipped",
    "corners",
    "decode",
    "draw",
    "iou",
    "letterbox",
    "mean_average_precision",
    "non_max_suppression",
    "precision_recall",
    "scaled",
    "score_filter",
    "select",
    "tiny_yolov2",
    "tiny_yolov3",
    "yolo_losses",
    "yolov2",
    "yolov3",
]
