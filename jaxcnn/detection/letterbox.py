"""Images of any size brought to a network's size without distortion, and boxes brought back."""

from typing import NamedTuple

import numpy as np

GRAY = 0.5
"""The value of the bars around the image, as in Darknet."""


class Placement(NamedTuple):
    """Where an image lies in the network's input, in pixels of that input.

    Args:
        picture_height: rows of the image itself.
        picture_width: columns of the image itself.
        input_height: rows of the input.
        input_width: columns of the input.
        height: rows of the scaled image in the input.
        width: columns of the scaled image in the input.
        top: its first row.
        left: its first column.

    Attributes:
        picture_height, picture_width: the size of the image itself.
        input_height, input_width: the size of the input.
        height, width, top, left: of the scaled image in the input.

    Examples:
        >>> jc.detection.letterbox(np.zeros((10, 20, 3), np.uint8), 40, 40)[1].top
        10

    References:
        - Redmon, "Darknet: Open Source Neural Networks in C", 2013, <https://pjreddie.com/darknet/>
    """

    picture_height: int
    picture_width: int
    input_height: int
    input_width: int
    height: int
    width: int
    top: int
    left: int

    def to_picture(self, boxes: np.ndarray) -> np.ndarray:
        """Corners (n, 4) in fractions of the network's input, as pixels of the image, clipped.

        Args:
            boxes: left, top, right, bottom of each.
        """
        pixels = boxes * _corners(self.input_width, self.input_height)
        inside = np.clip((pixels - self._offset) / self._size, 0, 1)
        pixels = inside * _corners(self.picture_width, self.picture_height)
        return np.asarray(pixels)

    def from_picture(self, boxes: np.ndarray) -> np.ndarray:
        """The inverse: corners (n, 4) in pixels of the image, as fractions of the input.

        Args:
            boxes: left, top, right, bottom of each.
        """
        inside = boxes / _corners(self.picture_width, self.picture_height)
        boxed = (inside * self._size + self._offset) / _corners(self.input_width, self.input_height)
        return np.asarray(boxed)

    @property
    def _offset(self) -> np.ndarray:
        return _corners(self.left, self.top)

    @property
    def _size(self) -> np.ndarray:
        return _corners(self.width, self.height)


def _corners(x: float, y: float) -> np.ndarray:
    return np.array([x, y, x, y], np.float32)


def letterbox(picture: np.ndarray, height: int, width: int) -> tuple[np.ndarray, Placement]:
    """A uint8 image (h, w, 3) as float32 (height, width, 3), 0 to 1, and where it lies there.

    It is as large as fits, centred, with gray bars around it.

    Args:
        picture: uint8 (h, w, 3).
        height: rows of the result.
        width: columns of the result.

    Raises:
        ValueError: `picture` is another kind of array.

    Examples:
        >>> jc.detection.letterbox(np.zeros((10, 20, 3), np.uint8), 40, 40)[0].shape
        (40, 40, 3)

    References:
        - Redmon, "Darknet: Open Source Neural Networks in C", 2013, <https://pjreddie.com/darknet/>
    """
    from PIL import Image

    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3 or not picture.size:
        raise ValueError(
            f"An image must be uint8 of shape (height, width, 3); given {picture.dtype} "
            f"{picture.shape}."
        )
    image_height, image_width = picture.shape[:2]
    scale = min(height / image_height, width / image_width)
    new_height = max(1, int(image_height * scale + 1e-6))
    new_width = max(1, int(image_width * scale + 1e-6))
    top, left = (height - new_height) // 2, (width - new_width) // 2
    inside = np.asarray(
        Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.BILINEAR)
    )
    boxed = np.full((height, width, 3), GRAY, np.float32)
    boxed[top : top + new_height, left : left + new_width] = inside / np.float32(255)
    placement = Placement(
        picture_height=image_height,
        picture_width=image_width,
        input_height=height,
        input_width=width,
        height=new_height,
        width=new_width,
        top=top,
        left=left,
    )
    return boxed, placement
