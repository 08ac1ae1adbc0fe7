"""Helpers around the edges: labels, progress, the seed."""

from jaxcnn.models.multi_gpu import multi_gpu_model as multi_gpu_model
from jaxcnn.runtime.config import set_random_seed as set_random_seed
from jaxcnn.utils import np_utils as np_utils
from jaxcnn.utils.data_utils import get_file as get_file
from jaxcnn.utils.io_utils import HDF5Matrix as HDF5Matrix
from jaxcnn.utils.np_utils import normalize as normalize
from jaxcnn.utils.np_utils import to_categorical as to_categorical
from jaxcnn.utils.progbar import Progbar as Progbar
from jaxcnn.utils.sequence import Sequence as Sequence
from jaxcnn.visualization.graph import model_to_dot as model_to_dot
from jaxcnn.visualization.graph import plot_model as plot_model

__all__ = [
    "HDF5Matrix", "Progbar", "Sequence", "get_file", "model_to_dot", "multi_gpu_model", "normalize",
    "np_utils", "plot_model", "set_random_seed", "to_categorical",
]
