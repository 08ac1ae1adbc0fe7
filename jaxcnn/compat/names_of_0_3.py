"""Names that mean something else, or anything at all, in programs for Keras 0.3 alone."""

from jaxcnn.compat.modules import LAYER_FILES

_LAYERS = {
    name: f"jaxcnn.compat.layers_of_0_3:{name}"
    for name in (
        "AutoEncoder",
        "LambdaMerge",
        "Layer",
        "MaskedLayer",
        "Siamese",
        "TimeDistributedMerge",
        "add_shared_layer",
    )
}
_MODELS = {name: f"jaxcnn.compat.graph_model:{name}" for name in ("Graph", "model_from_json")}
NAMES_OF_0_3: dict[str, dict[str, str]] = {
    "keras.constraints": {"identity": "jaxcnn.compat.layers_of_0_3:identity"},
    "keras.models": _MODELS,
    "keras.layers": {**_LAYERS, "containers": "keras.layers.containers"},
    "keras.layers.containers": _MODELS,
    **{f"keras.layers.{name}": _LAYERS for name in LAYER_FILES.split()},
}
