"""The modules of this library for each import path of Keras 2.0.4, 2.2.4 and 1.

A path without sources has the module of the same name: `keras.losses` is
`jaxcnn.losses`.
"""

from __future__ import annotations

_LAYER_FILES = (
    "advanced_activations convolutional convolutional_recurrent core cudnn_recurrent embeddings "
    "local merge noise normalization pooling recurrent wrappers"
)
_ENGINE_FILES = (
    "base_layer input_layer network saving sequential topology training training_arrays "
    "training_generator training_utils"
)
_UTILS_FILES = (
    "conv_utils data_utils generic_utils io_utils layer_utils multi_gpu_utils np_utils test_utils "
    "vis_utils visualize_util"
)
_APPLICATIONS = (
    "densenet imagenet_utils inception_resnet_v2 inception_v3 mobilenet mobilenet_v2 mobilenetv2 "
    "nasnet resnet50 vgg16 vgg19 xception"
)
_DATASETS = "boston_housing cifar cifar10 cifar100 fashion_mnist imdb mnist reuters"

_TOP_FILES = (
    "activations applications callbacks constraints datasets initializers losses metrics "
    "optimizers preprocessing preprocessing.image preprocessing.sequence preprocessing.text "
    "regularizers wrappers wrappers.scikit_learn"
)

_layers = ("jaxcnn.layers", "jaxcnn.compat.keras1")
_models = (
    "jaxcnn.models",
    "jaxcnn.layers",
    "jaxcnn.layers.symbolic.tensor",
    "jaxcnn.saving",
    "jaxcnn.compat.helpers",
)
_utils = (
    "jaxcnn.utils",
    "jaxcnn.visualization",
    "jaxcnn.runtime.names",
    "jaxcnn.models.summary",
    "jaxcnn.compat.helpers",
    "jaxcnn.training",
    "jaxcnn.distribute",
)

MODULES: dict[str, tuple[str, ...]] = {
    "keras": ("jaxcnn",),
    **{f"keras.{name}": () for name in _TOP_FILES.split()},
    **{
        f"keras.applications.{name}": (
            f"jaxcnn.applications.{name}",
            "jaxcnn.applications.imagenet_utils",
        )
        for name in _APPLICATIONS.split()
    },
    **{f"keras.datasets.{name}": () for name in _DATASETS.split()},
    "keras.applications.mobilenetv2": (
        "jaxcnn.applications.mobilenet_v2",
        "jaxcnn.applications.imagenet_utils",
    ),
    "keras.datasets.cifar": ("jaxcnn.datasets.formats",),
    "keras.backend": ("jaxcnn.backend",),
    "keras.backend.common": ("jaxcnn.backend",),
    "keras.backend.tensorflow_backend": ("jaxcnn.backend",),
    "keras.engine": _models,
    **{f"keras.engine.{name}": _models for name in _ENGINE_FILES.split()},
    "keras.models": ("jaxcnn.models", "jaxcnn.saving"),
    "keras.layers": _layers,
    **{f"keras.layers.{name}": _layers for name in _LAYER_FILES.split()},
    "keras.legacy": _layers,
    "keras.legacy.layers": _layers,
    "keras.legacy.interfaces": ("jaxcnn.compat.interfaces",),
    "keras.legacy.models": ("jaxcnn.models",),
    "keras.utils": _utils,
    **{f"keras.utils.{name}": _utils for name in _UTILS_FILES.split()},
    # Keras 1
    "keras.initializations": ("jaxcnn.compat.initializations",),
    "keras.objectives": ("jaxcnn.losses",),
}

# Names that are called otherwise here: path -> name -> "module:attribute".
NAMES: dict[str, dict[str, str]] = {
    "keras.initializers": {
        "Initializer": "jaxcnn.initializers:Initializer",
        "_compute_fans": "jaxcnn.compat.initializations:compute_fans",
    },
    "keras.optimizers": {"deserialize": "jaxcnn.compat.optimizers:deserialize"},
    "keras.layers": {"merge": "keras.layers.merge"},
    "keras.backend": {"normalize_data_format": "jaxcnn.compat.helpers:normalize_data_format"},
    "keras.backend.common": {
        "normalize_data_format": "jaxcnn.compat.helpers:normalize_data_format"
    },
    "keras.wrappers.scikit_learn": {"BaseWrapper": "jaxcnn.wrappers.scikit_learn:KerasEstimator"},
    "keras.engine": {"Container": "jaxcnn.models:Network"},
    "keras.engine.topology": {"Container": "jaxcnn.models:Network"},
    "keras.regularizers": {
        "l1l2": "jaxcnn.regularizers:l1_l2",
        "WeightRegularizer": "jaxcnn.regularizers:L1L2",
        "ActivityRegularizer": "jaxcnn.regularizers:L1L2",
        "activity_l1": "jaxcnn.regularizers:l1",
        "activity_l2": "jaxcnn.regularizers:l2",
        "activity_l1l2": "jaxcnn.regularizers:l1_l2",
    },
    "keras.utils": {"CustomObjectScope": "jaxcnn.runtime.names:custom_object_scope"},
    "keras.utils.generic_utils": {"CustomObjectScope": "jaxcnn.runtime.names:custom_object_scope"},
    "keras.utils.visualize_util": {
        "plot": "jaxcnn.visualization:plot_model",
        "to_graph": "jaxcnn.visualization:model_to_dot",
    },
}

# Modules of other libraries that the books import and that are gone, or of which one function is
# needed.
SHIMS: dict[str, tuple[str, ...]] = {
    "scipy.misc": ("jaxcnn.compat.shims.scipy_misc",),
    "sklearn.cross_validation": (
        "jaxcnn.compat.shims.sklearn_cross_validation",
        "sklearn.model_selection",
    ),
    "sklearn.grid_search": ("sklearn.model_selection",),
    "tensorflow": (),
    "tensorflow.examples": (),
    "tensorflow.examples.tutorials": (),
    "tensorflow.examples.tutorials.mnist": (),
    "tensorflow.examples.tutorials.mnist.input_data": (
        "jaxcnn.compat.shims.tensorflow_input_data",
    ),
}
TENSORFLOW = (
    "jaxcnn runs on JAX and has no TensorFlow in it. Of tensorflow, scripts under jaxcnn.compat "
    "can import tensorflow.examples.tutorials.mnist.input_data; what they compute with tensors, "
    "keras.backend does. Leave the settings of sessions and GPU memory out"
)
