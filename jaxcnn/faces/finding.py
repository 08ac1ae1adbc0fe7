"""Faces found in images by a Haar cascade, and classified."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jaxcnn.models import Model
from jaxcnn.utils.packages import opencv

if TYPE_CHECKING:
    import cv2

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The classes of networks trained on FER2013."""
GENDERS = ("woman", "man")
"""The classes of networks trained on IMDB faces."""


class Face(NamedTuple):
    """A face's square in an image, in pixels; `left` and `top` are its first column and row.

    Args:
        left: first column.
        top: first row.
        width: columns.
        height: rows.

    Examples:
        >>> jc.faces.Face(left=3, top=4, width=20, height=20).width
        20

    References:
        - Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features",
          2001, <https://doi.org/10.1109/CVPR.2001.990517>
    """

    left: int
    top: int
    width: int
    height: int


def find_faces(
    picture: np.ndarray,
    *,
    scale_factor: float = 1.2,
    min_neighbors: int = 3,
    min_size: int = 32,
    cascade: str | os.PathLike[str] | None = None,
) -> list[Face]:
    """The faces in an image, from left to right.

    Args:
        picture: uint8 (height, width, 3) in RGB or (height, width) in gray.
        scale_factor: how much larger the faces are that the next search looks for. Default: 1.2.
        min_neighbors: how many overlapping hits make a face; more are stricter. Default: 3.
        min_size: side of the smallest face to look for, in pixels. Default: 32.
        cascade: OpenCV's XML file, by default the one of frontal faces that comes with OpenCV.

    Raises:
        ImportError: OpenCV is not installed.
        FileNotFoundError: there is no such cascade.
        ValueError: the cascade is damaged, or `picture` is no such array.

    Examples:
        >>> jc.faces.find_faces(np.zeros((64, 64), np.uint8))
        []

    References:
        - Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features",
          2001, <https://doi.org/10.1109/CVPR.2001.990517>
    """
    cv2 = opencv("Finding faces")
    path = Path(
        cascade or Path(str(cv2.__file__)).with_name("data") / "haarcascade_frontalface_default.xml"
    )
    if not path.is_file():
        raise FileNotFoundError(f"There is no cascade {path}.")
    classifier = _classifier(path, path.stat().st_mtime_ns)
    gray = grayscale(picture)
    squares = classifier.detectMultiScale(
        gray, scaleFactor=scale_factor, minNeighbors=min_neighbors, minSize=(min_size, min_size)
    )
    return sorted(Face(*map(int, square)) for square in squares)


@functools.lru_cache(maxsize=4)  # read once for a film, and again when the file has changed
def _classifier(path: Path, changed: int) -> cv2.CascadeClassifier:
    import cv2

    try:
        classifier = cv2.CascadeClassifier(str(path))
        damaged = classifier.empty()
    except (cv2.error, SystemError):  # OpenCV 4.14 raises the second instead of the first
        damaged = True
    if damaged:
        raise ValueError(f"{path} is no cascade that OpenCV can read.")
    return classifier


def grayscale(image: np.ndarray) -> np.ndarray:
    """A uint8 image as (height, width); red, green and blue have the weights .299, .587, .114.

    Raises:
        ValueError: `image` is neither uint8 (height, width) nor (height, width, 3).
    """
    image = np.asarray(image)
    if (
        image.dtype != np.uint8
        or image.ndim not in (2, 3)
        or (image.ndim == 3 and image.shape[-1] != 3)
    ):
        raise ValueError(
            f"An image must be uint8 (height, width) or (height, width, 3); given {image.dtype} "
            f"{image.shape}."
        )
    if image.ndim == 2:
        return image
    gray = np.rint(image @ np.array([0.299, 0.587, 0.114]))
    return np.asarray(gray, np.uint8)


def classify_faces(
    model: Model,
    picture: np.ndarray,
    faces: Sequence[Face],
    labels: Sequence[str],
    margin: float = 0.0,
) -> list[tuple[str, float]]:
    """(label, probability) of each face, by a network of gray faces (batch, rows, columns, 1).

    The network's inputs have values -1 to 1.

    Args:
        model: such as the emotion and gender networks trained on FER2013 and IMDB.
        picture: uint8 (height, width, 3), as for `find_faces`.
        faces: where they are.
        labels: of the network's outputs.
        margin: how much of the surroundings to include, as a share of the face's size. Default:
            0.0.

    Raises:
        ValueError: the network has other inputs or outputs.

    Examples:
        >>> network = jc.Sequential([jc.layers.Flatten(input_shape=(8, 8, 1))])
        >>> network.add(jc.layers.Dense(2, activation="softmax", kernel_initializer="zeros"))
        >>> faces = [jc.faces.Face(0, 0, 16, 16)]
        >>> picture = np.zeros((16, 16), np.uint8)
        >>> jc.faces.classify_faces(network, picture, faces, ["happy", "sad"])
        [('happy', 0.5)]

    References:
        - Arriaga, Valdenegro-Toro and Ploeger, "Real-time Convolutional Neural Networks for Emotion
          and Gender Classification", 2017, <https://arxiv.org/abs/1710.07557>
    """
    from PIL import Image

    _, rows, columns, channels = model.input_shape
    if channels != 1 or model.output_shape[-1] != len(labels):
        raise ValueError(
            f"A network from gray faces to {len(labels)} classes is needed; given one from "
            f"{model.input_shape} to {model.output_shape}."
        )
    if not faces:
        return []
    gray = Image.fromarray(grayscale(picture))
    batch = []
    for left, top, width, height in faces:
        x, y = margin * width, margin * height
        square = (
            round(max(left - x, 0)),
            round(max(top - y, 0)),
            round(min(left + width + x, gray.width)),
            round(min(top + height + y, gray.height)),
        )
        face = gray.crop(square)
        batch.append(np.asarray(face.resize((columns, rows), Image.Resampling.BILINEAR)))
    inputs = np.stack(batch)[..., None].astype(np.float32) / 127.5 - 1
    probabilities = model.predict(inputs)
    return [(labels[row.argmax()], float(row.max())) for row in probabilities]
