"""Pictures of any size in a network's fixed one, without distortion, and boxes back in the
pictures.
"""

from typing import NamedTuple

import numpy as np

GRAY = 0.5
"""What fills the bars beside the picture, as in Darknet."""


class Placement(NamedTuple):
    """Where a picture lies in the network's input: all in pixels of that input, but for the
    picture's own size.
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
        """Corners (n, 4) in fractions of the network's input, as pixels of the picture, cut off at
        its edges.
        """
        inside = (boxes * _corners(self.input_width, self.input_height) - self._offset) / self._size
        return np.clip(inside, 0, 1) * _corners(self.picture_width, self.picture_height)

    def from_picture(self, boxes: np.ndarray) -> np.ndarray:
        """The way back: corners (n, 4) in pixels of the picture, as fractions of the network's
        input.
        """
        inside = boxes / _corners(self.picture_width, self.picture_height)
        return (inside * self._size + self._offset) / _corners(self.input_width, self.input_height)

    @property
    def _offset(self) -> np.ndarray:
        return _corners(self.left, self.top)

    @property
    def _size(self) -> np.ndarray:
        return _corners(self.width, self.height)


def _corners(x: float, y: float) -> np.ndarray:
    return np.array([x, y, x, y], np.float32)


def letterbox(picture: np.ndarray, height: int, width: int) -> tuple[np.ndarray, Placement]:
    """A uint8 picture (h, w, 3) as float32 (height, width, 3), 0 to 1: as large as fits, centred,
    gray beside it.
    """
    from PIL import Image

    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] != 3 or not picture.size:
        raise ValueError(
            f"A picture must be uint8 of shape (height, width, 3); given {picture.dtype} "
            f"{picture.shape}."
        )
    own_height, own_width = picture.shape[:2]
    scale = min(height / own_height, width / own_width)
    new_height, new_width = (
        max(1, int(own_height * scale + 1e-6)),
        max(1, int(own_width * scale + 1e-6)),
    )
    top, left = (height - new_height) // 2, (width - new_width) // 2
    inside = np.asarray(
        Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.BILINEAR)
    )
    boxed = np.full((height, width, 3), GRAY, np.float32)
    boxed[top : top + new_height, left : left + new_width] = inside / np.float32(255)
    return boxed, Placement(own_height, own_width, height, width, new_height, new_width, top, left)
