"""What the files of Keras 2 import for themselves, by name, and programs from there."""

from __future__ import annotations

from jaxcnn.compat.modules import APPLICATIONS

_LAYERS = (
    "Activation AveragePooling2D BatchNormalization Conv2D Dense DepthwiseConv2D Dropout Flatten "
    "GlobalAveragePooling2D GlobalMaxPooling2D Input MaxPooling2D Reshape SeparableConv2D "
    "ZeroPadding2D"
)
_GET_FILE = {"get_file": "jaxcnn.utils:get_file"}
_OF_APPLICATIONS = {
    **{name: f"jaxcnn.layers:{name}" for name in _LAYERS.split()},
    **{
        name: f"jaxcnn.compat.helpers:{name}"
        for name in ("convert_all_kernels_in_model", "get_source_inputs")
    },
    "Model": "jaxcnn.models:Model",
    **_GET_FILE,
}
_DATASETS = "boston_housing cifar10 cifar100 fashion_mnist imdb mnist reuters"

IMPORTS_OF_FILES: dict[str, dict[str, str]] = {
    "keras.activations": {"Layer": "jaxcnn.layers:Layer"},
    **{f"keras.applications.{name}": _OF_APPLICATIONS for name in APPLICATIONS.split()},
    **{f"keras.datasets.{name}": _GET_FILE for name in _DATASETS.split()},
    "keras.backend": {f"py_{name}": f"builtins:{name}" for name in ("all", "any", "slice", "sum")},
    "keras.callbacks": {
        "Iterable": "collections.abc:Iterable",
        "OrderedDict": "collections:OrderedDict",
        "deque": "collections:deque",
    },
    "keras.engine.training": {"Progbar": "jaxcnn.utils:Progbar"},
    "keras.utils.data_utils": {
        "HTTPError": "urllib.error:HTTPError",
        "ThreadPool": "multiprocessing.pool:ThreadPool",
        "URLError": "urllib.error:URLError",
        "urlopen": "urllib.request:urlopen",
        "urlretrieve": "urllib.request:urlretrieve",
    },
    "keras.utils.training_utils": {
        "Lambda": "jaxcnn.layers:Lambda",
        "Model": "jaxcnn.models:Model",
        "concatenate": "jaxcnn.layers:concatenate",
    },
    "keras.wrappers.scikit_learn": {
        "Sequential": "jaxcnn.models:Sequential",
        "to_categorical": "jaxcnn.utils:to_categorical",
    },
}
