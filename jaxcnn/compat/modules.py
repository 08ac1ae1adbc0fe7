"""The modules of this library for each import path of Keras 2.0.4, 2.2.4 and 1.

A path without sources has the module of the same name: `keras.losses` is
`jaxcnn.losses`.
"""

from __future__ import annotations

LAYER_FILES = (
    "advanced_activations convolutional convolutional_recurrent core cudnn_recurrent embeddings "
    "local merge noise normalization pooling recurrent wrappers"
)
ENGINE_FILES = (
    "base_layer input_layer network saving sequential topology training training_arrays "
    "training_generator training_utils"
)
_UTILS_FILES = (
    "conv_utils data_utils generic_utils io_utils layer_utils losses_utils multi_gpu_utils "
    "np_utils test_utils training_utils vis_utils visualize_util"
)
APPLICATIONS = (
    "densenet imagenet_utils inception_resnet_v2 inception_v3 mobilenet mobilenet_v2 mobilenetv2 "
    "nasnet resnet resnet50 resnet_v2 vgg16 vgg19 xception"
)
_IMAGE_FILES = (
    "affine_transformations dataframe_iterator directory_iterator image_data_generator iterator "
    "numpy_array_iterator utils"
)
_DATASETS = "boston_housing cifar cifar10 cifar100 fashion_mnist imdb mnist reuters"

_TOP_FILES = (
    "activations applications callbacks constraints datasets initializers losses metrics "
    "optimizers preprocessing preprocessing.image preprocessing.sequence preprocessing.text "
    "regularizers wrappers wrappers.scikit_learn"
)

_layers = ("jaxcnn.layers", "jaxcnn.compat.keras1", "jaxcnn.compat.legacy")
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
_blocks = "jaxcnn.compat.blocks"

MODULES: dict[str, tuple[str, ...]] = {
    "keras": ("jaxcnn",),
    **{f"keras.{name}": () for name in _TOP_FILES.split()},
    **{
        f"keras.applications.{name}": (
            f"jaxcnn.applications.{name}",
            "jaxcnn.applications.imagenet_utils",
            _blocks,
        )
        for name in APPLICATIONS.split()
    },
    **{f"keras.datasets.{name}": () for name in _DATASETS.split()},
    "keras.applications.mobilenetv2": (
        "jaxcnn.applications.mobilenet_v2",
        "jaxcnn.applications.imagenet_utils",
        _blocks,
    ),
    "keras.datasets.cifar": ("jaxcnn.datasets.formats",),
    "keras.backend": ("jaxcnn.backend",),
    "keras.backend.common": ("jaxcnn.backend",),
    "keras.backend.tensorflow_backend": ("jaxcnn.backend",),
    "keras.engine": _models,
    **{f"keras.engine.{name}": _models for name in ENGINE_FILES.split()},
    "keras.models": ("jaxcnn.models", "jaxcnn.saving"),
    "keras.layers": _layers,
    **{f"keras.layers.{name}": _layers for name in LAYER_FILES.split()},
    "keras.layers.containers": ("jaxcnn.models",),  # Keras 0.3
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
MODULES["keras.utils.test_utils"] = ("jaxcnn.compat.testing",)
# The packages that Keras 2.2 was split into.
for _path in list(MODULES):
    for _part in ("applications", "preprocessing"):
        if _path == f"keras.{_part}" or _path.startswith(f"keras.{_part}."):
            _inside = MODULES[_path] or (f"jaxcnn.{_path.removeprefix('keras.')}",)
            MODULES["keras_" + _path.removeprefix("keras.")] = _inside

MODULES |= {
    f"keras_preprocessing.image.{name}": ("jaxcnn.preprocessing.image",)
    for name in _IMAGE_FILES.split()
}
MODULES["keras_applications.resnet_common"] = MODULES["keras_applications.resnet"]

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
    "jaxcnn runs on JAX and has no TensorFlow in it. After jaxcnn.compat.install(tensorflow=True), "
    "and under python -m jaxcnn.compat, it stands in for tensorflow.keras and the words of "
    "TensorFlow 1 that programs around Keras use; without it, keras.backend computes with tensors, "
    "and tensorflow.examples.tutorials.mnist.input_data is there"
)
# Where TensorFlow has Keras.
TENSORFLOWS_KERAS = ("tensorflow.compat.v1.", "tensorflow.python.", "tensorflow.")


def keras_path(name: str) -> str:
    """The path of Keras that a module's name means: of 'tensorflow.keras.layers' 'keras.layers'.

    Any other name stays.
    """
    for prefix in TENSORFLOWS_KERAS:
        inside = name.removeprefix(prefix)
        if inside != name and inside.partition(".")[0] == "keras":
            return inside
    return name
