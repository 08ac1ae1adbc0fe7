"""Where the files of weights were, which programs give to `get_file`."""

from __future__ import annotations

from jaxcnn.spellings.dialect import dialect

RELEASES = "https://github.com/fchollet/deep-learning-models/releases/download"
CLASS_INDEX_PATH = (
    "https://s3.amazonaws.com/deep-learning-models/image-models/imagenet_class_index.json"
)
VERSIONS = {
    "inception_v3": "v0.5",
    "resnet50": "v0.2",
    "vgg16": "v0.1",
    "vgg19": "v0.1",
    "xception": "v0.4",
}


def __getattr__(name: str) -> str:
    """Of `vgg16_TF_` the weights by TensorFlow, of `vgg16_TH__NO_TOP` Theano's without the top."""
    for network, version in VERSIONS.items():
        if name.startswith(network):
            order, top = name.removeprefix(f"{network}_").lower().split("_", 1)
            if network == "inception_v3" and dialect().of_keras_1:
                version = "v0.2"
            ending = "_notop" if top else ""
            file = f"{network}_weights_{order}_dim_ordering_{order}_kernels{ending}.h5"
            return f"{RELEASES}/{version}/{file}"
    raise AttributeError(name)
