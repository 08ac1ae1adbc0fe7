"""The photographs that come with scikit-image, which stand for the images of the image book."""

import numpy as np

from experiments.data import DATA
from jaxcnn.datasets.images import read_image


def photograph(name: str, mode: str = "RGB", size: tuple[int, int] | None = None) -> np.ndarray:
    """The one of that file name: uint8 (rows, columns, 3), or (rows, columns) in the mode "L"."""
    folder = DATA["photographs"].place()
    if folder is None:
        raise FileNotFoundError("The photographs come with scikit-image: pip install scikit-image.")
    return read_image(folder / name, mode, size)
