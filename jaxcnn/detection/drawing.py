"""Detections drawn on images."""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Sequence

import numpy as np

from jaxcnn.detection.detector import Detection


def colour_of(label: str) -> tuple[int, int, int]:
    """An RGB colour, 0 to 255, always the same for the same label."""
    hue = zlib.crc32(label.encode()) % 360 / 360
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85, 0.95)
    return round(255 * red), round(255 * green), round(255 * blue)


def draw(picture: np.ndarray, detections: Sequence[Detection]) -> np.ndarray:
    """A copy of a uint8 image (height, width, 3) with a box and `label score` for each detection.

    The surest are drawn last, on top of the others.

    Args:
        picture: uint8 (height, width, 3).
        detections: what is drawn.

    Examples:
        >>> detections = [jc.detection.Detection("dog", 0.9, (4.0, 4.0, 20.0, 20.0))]
        >>> jc.detection.draw(np.zeros((32, 32, 3), np.uint8), detections).shape
        (32, 32, 3)

    References:
        - Redmon, "Darknet: Open Source Neural Networks in C", 2013, <https://pjreddie.com/darknet/>
    """
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(np.array(picture, np.uint8))
    pen = ImageDraw.Draw(image)
    size = max(11, round(0.022 * image.height))
    font = ImageFont.load_default(size)
    thickness = max(2, (image.width + image.height) // 500)
    for label, score, box in sorted(detections, key=lambda d: d.score):
        colour = colour_of(label)
        pen.rectangle(box, outline=colour, width=thickness)
        text = f"{label} {score:.2f}"
        left, _, right, bottom = pen.textbbox((0, 0), text, font=font)
        x, y = box[0], max(0, box[1] - bottom - 2)
        pen.rectangle((x, y, x + right - left + 4, y + bottom + 2), fill=colour)
        dark = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 140
        pen.text((x + 2, y), text, fill="white" if dark else "black", font=font)
    return np.asarray(image)
