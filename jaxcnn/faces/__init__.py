"""Faces: found in images, encoded, recognised; the triplet loss, and evaluation."""

from jaxcnn.faces.database import FaceDatabase
from jaxcnn.faces.evaluation import (
    accuracy_at,
    area_under_curve,
    best_threshold,
    pair_distances,
    roc_curve,
)
from jaxcnn.faces.finding import EMOTIONS, GENDERS, Face, classify_faces, find_faces
from jaxcnn.faces.nn4 import encode, nn4_small2, read_openface
from jaxcnn.faces.triplet import batch_hard_triplet_loss, triplet_loss

__all__ = [
    "EMOTIONS",
    "Face",
    "FaceDatabase",
    "GENDERS",
    "accuracy_at",
    "area_under_curve",
    "batch_hard_triplet_loss",
    "best_threshold",
    "classify_faces",
    "encode",
    "find_faces",
    "nn4_small2",
    "pair_distances",
    "read_openface",
    "roc_curve",
    "triplet_loss",
]
