"""Helpers around the edges: labels, progress, the seed."""

from jaxcnn.config import set_random_seed
from jaxcnn.utils import np_utils
from jaxcnn.utils.np_utils import normalize, to_categorical
from jaxcnn.utils.progbar import Progbar

__all__ = ["Progbar", "normalize", "np_utils", "set_random_seed", "to_categorical"]
