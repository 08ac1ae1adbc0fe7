"""Which files of this room have the words of each path of TensorFlow, and what to say of others."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from jaxcnn.spellings.hints import closest

_HERE = "jaxcnn.compat.tensorflow"
_TOP = (
    "arithmetic arrays control dtypes files gradients graph operation placeholders products random "
    "scopes session settings tensor variables"
)
_PARTS = "app errors flags gfile layers summary train"

# Path below `tensorflow` -> files of this room, whose `__all__` are its words.
WORDS: dict[str, tuple[str, ...]] = {
    "": tuple(f"{_HERE}.{file}" for file in _TOP.split()),
    **{part: (f"{_HERE}.{part}",) for part in _PARTS.split()},
    "image": (f"{_HERE}.image", f"{_HERE}.changes", f"{_HERE}.colours"),
    "nn": (f"{_HERE}.nn", f"{_HERE}.windows"),
    "logging": (f"{_HERE}.logs",),
    "python.framework.ops": (f"{_HERE}.graph",),
}
# Frequent words that are not there -> what to use.
INSTEAD = {
    "GraphDef": "a frozen graph is not read; `jaxcnn classify --model InceptionV3 FILE` classifies",
    "import_graph_def": (
        "a frozen graph is not read; `jaxcnn classify --model InceptionV3 FILE` classifies"
    ),
    "contrib": "tf.layers, tf.nn and tf.keras have layers, tf.train has optimizers",
    "data": "give arrays or generators to fit, or slices of arrays to feed_dict",
    "estimator": "tf.keras.Model has fit, evaluate and predict",
    "while_loop": "K.rnn, K.foldl and K.map_fn loop",
    "map_fn": "K.map_fn",
    "scan": "K.rnn",
    "GradientTape": "tf.gradients",
    "function": "K.function",
    "Print": "K.print_tensor",
    "losses": "tf.keras.losses, and tf.nn for those of logits",
    "metrics": "tf.keras.metrics",
    "crop_and_resize": "cut by slices or tf.image.crop_to_bounding_box, then resize_images",
    "ExponentialMovingAverage": "assign decay * average + (1 - decay) * value to a variable",
    "Coordinator": "give slices of arrays to feed_dict",
    "start_queue_runners": "give slices of arrays to feed_dict",
    "py_func": "compute with NumPy between two runs of the session",
    "import_meta_graph": "make the graph by the program that saved it, then Saver().restore",
}


def word_of(path: str, name: str) -> Any:
    """The word `name` of the path below `tensorflow`.

    Raises:
        AttributeError: there is none.
    """
    for source in WORDS[path]:
        module = importlib.import_module(source)
        if name in module.__all__:
            return getattr(module, name)
    whole = ".".join(part for part in ("tf", path, name) if part)
    hint = f" Instead: {INSTEAD[name]}." if name in INSTEAD else nearest(whole)
    raise AttributeError(f"{whole} is not one of the TensorFlow words that jaxcnn knows.{hint}")


def words_at(path: str) -> list[str]:
    """The words of a path, in order."""
    modules: list[ModuleType] = [importlib.import_module(source) for source in WORDS[path]]
    return sorted(name for module in modules for name in module.__all__)


def nearest(whole: str) -> str:
    """The hint at the nearest word of any path."""
    every = [
        ".".join(part for part in ("tf", path, word) if part)
        for path in WORDS
        if not path.startswith("python")
        for word in words_at(path)
    ]
    last = whole.rpartition(".")[2]
    same = [each for each in every if each.rpartition(".")[2] == last]
    return f" Did you mean '{same[0]}'?" if same else closest(whole, every)
