"""Helpers around the edges: labels, progress, the seed."""

from jaxcnn.runtime.config import set_random_seed
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.utils import np_utils
from jaxcnn.utils.data_utils import get_file
from jaxcnn.utils.io_utils import HDF5Matrix
from jaxcnn.utils.np_utils import normalize, to_categorical
from jaxcnn.utils.progbar import Progbar
from jaxcnn.utils.sequence import Sequence

# These draw or build models, which stand above this package.
__getattr__ = lazy_attributes(
    __name__,
    {
        "model_to_dot": "jaxcnn.visualization.graph",
        "multi_gpu_model": "jaxcnn.models.multi_gpu",
        "plot_model": "jaxcnn.visualization.graph",
    },
)

__all__ = [
    "HDF5Matrix",
    "Progbar",
    "Sequence",
    "get_file",
    "model_to_dot",
    "multi_gpu_model",
    "normalize",
    "np_utils",
    "plot_model",
    "set_random_seed",
    "to_categorical",
]
