"""Faces: found in images, encoded, recognised; the triplet loss, and evaluation."""

from jaxcnn.faces.acquaintance import Acquaintance, Recognised
from jaxcnn.faces.database import FaceDatabase
from jaxcnn.faces.evaluation import (
    accuracy_at,
    area_under_curve,
    best_threshold,
    pair_distances,
    roc_curve,
)
from jaxcnn.faces.finding import EMOTIONS, GENDERS, Face, classify_faces, find_faces
from jaxcnn.faces.learning import batches_of_people, small_encoder
from jaxcnn.faces.nn4 import encode, nn4_small2, read_openface
from jaxcnn.faces.triplet import batch_hard_triplet_loss, triplet_loss

__all__ = [
    "Acquaintance",
    "EMOTIONS",
    "Face",
    "FaceDatabase",
    "GENDERS",
    "Recognised",
    "accuracy_at",
    "area_under_curve",
    "batch_hard_triplet_loss",
    "batches_of_people",
    "best_threshold",
    "classify_faces",
    "encode",
    "find_faces",
    "nn4_small2",
    "pair_distances",
    "read_openface",
    "roc_curve",
    "small_encoder",
    "triplet_loss",
]
