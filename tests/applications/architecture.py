"""A network's layers as text, the same for Keras's models and ours; automatic names lose their
counters.
"""

import hashlib
import re
from pathlib import Path

from jaxcnn.layers.naming import snake_case

RECORD = Path(__file__).with_name(
    "keras_applications.json"
)  # what the fingerprints of keras.applications are


def architecture(model):
    """One line a layer in order: its name and the shapes of its weights."""
    lines = []
    for layer in model.layers:
        automatic = snake_case(type(layer).__name__)
        name = re.sub(r"_\d+$", "", layer.name)
        if name not in (automatic, "input", "input_layer"):
            name = layer.name
        if hasattr(layer, "weight_paths"):
            shapes = [owner.weight_shape(path) for owner, path in layer.weight_paths()]
        else:
            shapes = [tuple(w.shape) for w in layer.trainable_weights + layer.non_trainable_weights]
        lines.append(" ".join([name.replace("input_layer", "input"), *map(str, shapes)]))
    return lines


def fingerprint(model):
    """Model name, number of parameters, number of layers and a digest of `architecture`."""
    lines = architecture(model)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return {
        "model": model.name,
        "parameters": model.count_params(),
        "layers": len(lines),
        "digest": digest,
    }
