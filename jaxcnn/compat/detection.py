"""Which Keras a script was written for, by the words in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jaxcnn.compat.modules import keras_path
from jaxcnn.spellings.tables import LAYERS

DEFAULT = "2.0"

# Words by which a version is known: modules, names imported from Keras, and arguments of calls.
WORDS_OF_0 = frozenset(
    ("keras.layers.containers", "keras.models.Graph", "containers", "class_mode", "show_accuracy")
)
WORDS_OF_2_2 = frozenset(
    (
        "ConvLSTM2DCell",
        "ConvRNN2D",
        "DenseNet121",
        "DepthwiseConv2D",
        "GRUCell",
        "InceptionResNetV2",
        "LSTMCell",
        "MobileNetV2",
        "NASNetLarge",
        "NASNetMobile",
        "ReLU",
        "SimpleRNNCell",
        "Softmax",
        "StackedRNNCells",
        "keras.engine.base_layer",
        "keras.engine.input_layer",
        "keras.engine.network",
        "keras.engine.sequential",
        "keras_applications",
        "keras_preprocessing",
        "multi_gpu_model",
        "restore_best_weights",
        "validation_freq",
    )
)
WORDS_OF_1 = frozenset(
    (
        "keras.initializations",
        "keras.utils.visualize_util",
        "nb_epoch",
        "nb_val_samples",
        "nb_worker",
        "samples_per_epoch",
        "val_samples",
    )
).union(*(spellings.old_words() for spellings in LAYERS.values())) - {
    "init",
    "bias",
    "input_dim",
    "input_length",
    "length",
    "p",
    "stride",
}
WORDS_OF_2 = frozenset(
    (
        "epochs",
        "keras.initializers",
        "keras.utils.vis_utils",
        "steps_per_epoch",
        "validation_steps",
    )
).union(
    new
    for spellings in LAYERS.values()
    for names in spellings.renames.values()
    for new in ((names,) if isinstance(names, str) else names)
) - {"size", "padding", "dropout", "pool_size", "strides"}  # which Keras 1 had as well


def dialect_of(source: str) -> str:
    """The name of the dialect of a script: the latest Keras whose own words it has.

    A script in the words of several, or of none, is in those of 2.0.
    """
    try:
        words = set(words_in(ast.parse(source)))
    except SyntaxError:  # which running the script will show
        return DEFAULT
    if words & WORDS_OF_2_2:
        return "2.2"
    if words & WORDS_OF_2:
        return DEFAULT
    if words & WORDS_OF_0 and "metrics" not in words:
        return "0.3"
    return "1.2" if words & (WORDS_OF_1 | WORDS_OF_0) else DEFAULT


def words_in(tree: ast.Module) -> Iterator[str]:
    """The modules and names that a script imports from Keras, and the keywords of all its calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield keras_path(alias.name)
                yield keras_path(alias.name).partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and keras_path(node.module or "").startswith("keras"):
            module = keras_path(node.module or "")
            yield module
            yield module.partition(".")[0]
            for alias in node.names:
                yield alias.name
                yield f"{module}.{alias.name}"
        elif isinstance(node, ast.Call):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg is not None)
