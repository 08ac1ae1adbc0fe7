"""Which files of this room have the words of each path of TensorFlow, and what to say of others."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from jaxcnn.spellings.hints import closest

_HERE = "jaxcnn.compat.tensorflow"
_TOP = (
    "arithmetic arrays control dtypes files gradients graph loops mathematics modes operation "
    "parts placeholders places printing products python_functions random registry scopes session "
    "settings sparse summary_messages tensor variables"
)
_PARTS = "app errors flags gfile layers summary train"

# Path below `tensorflow` -> files of this room, whose `__all__` are its words.
WORDS: dict[str, tuple[str, ...]] = {
    "": tuple(f"{_HERE}.{file}" for file in _TOP.split()),
    **{part: (f"{_HERE}.{part}",) for part in _PARTS.split()},
    "image": (f"{_HERE}.image", f"{_HERE}.changes", f"{_HERE}.colours"),
    "nn": (f"{_HERE}.nn", f"{_HERE}.windows", f"{_HERE}.ctc"),
    "summary": (f"{_HERE}.summary", f"{_HERE}.summary_messages"),
    "logging": (f"{_HERE}.logs",),
    "math": (f"{_HERE}.arithmetic", f"{_HERE}.mathematics"),
    "python.framework.ops": tuple(f"{_HERE}.{file}" for file in ("graph", "arrays", "registry")),
    "random": (),
    "linalg": (),
}
# Files of TensorFlow that programs import for words which are at the top or below tf.nn.
OF_THE_TOP = (
    "array_ops check_ops clip_ops control_flow_ops functional_ops gen_array_ops gen_math_ops "
    "gradients init_ops linalg_ops math_ops random_ops standard_ops state_ops tensor_array_ops "
    "variable_scope variables"
)
WORDS |= {f"python.ops.{name}": WORDS[""] for name in OF_THE_TOP.split()}
WORDS |= {f"python.ops.{name}": WORDS["nn"] for name in ("ctc_ops", "nn", "nn_impl", "nn_ops")}
WORDS |= {
    f"python.ops.{path}gen_nn_ops": (*WORDS["nn"], f"{_HERE}.nn_gradients")
    for path in ("", "nn_grad.", "nn_ops.")
}
WORDS["python.ops.nn_grad"] = ()
WORDS |= {
    f"python.{path}": (f"{_HERE}.{file}",)
    for path, file in {
        "client.session": "session",
        "framework.constant_op": "arrays",
        "framework.dtypes": "dtypes",
        "framework.errors": "errors",
        "framework.tensor_shape": "tensor",
        "platform.gfile": "gfile",
        "platform.tf_logging": "logs",
    }.items()
}
WORDS |= dict.fromkeys(("data", "data.experimental"), (f"{_HERE}.data",))
WORDS |= dict.fromkeys(
    ("config", "config.experimental", "python.client.device_lib", "test"), (f"{_HERE}.devices",)
)
# Path -> words that it has under other names -> the words at the top.
RENAMED: dict[str, dict[str, str]] = {
    "python.framework.ops": {"_gradient_registry": "gradient_registry"},
    "random": {
        "normal": "random_normal",
        "set_random_seed": "set_random_seed",
        "set_seed": "set_random_seed",
        "shuffle": "random_shuffle",
        "truncated_normal": "truncated_normal",
        "uniform": "random_uniform",
    },
    "linalg": {
        "band_part": "matrix_band_part",
        "det": "matrix_determinant",
        "diag": "matrix_diag",
        "diag_part": "matrix_diag_part",
        "einsum": "einsum",
        "eye": "eye",
        "inv": "matrix_inverse",
        "matmul": "matmul",
        "norm": "norm",
        "set_diag": "matrix_set_diag",
        "tensordot": "tensordot",
        "trace": "trace",
        "transpose": "matrix_transpose",
    },
}
# Frequent words that are not there -> what to use.
INSTEAD = {
    "GraphDef": "a frozen graph is not read; `jaxcnn classify --model InceptionV3 FILE` classifies",
    "import_graph_def": (
        "a frozen graph is not read; `jaxcnn classify --model InceptionV3 FILE` classifies"
    ),
    "contrib": "tf.layers, tf.nn and tf.keras have layers, tf.train has optimizers",
    "estimator": "tf.keras.Model has fit, evaluate and predict",
    "segment_sum": "tf.unsorted_segment_sum, which is told the number of segments",
    "GradientTape": "tf.gradients",
    "losses": "tf.keras.losses, and tf.nn for those of logits",
    "metrics": "tf.keras.metrics",
    "ExponentialMovingAverage": "assign decay * average + (1 - decay) * value to a variable",
    "Coordinator": "give slices of arrays to feed_dict",
    "start_queue_runners": "give slices of arrays to feed_dict",
    "import_meta_graph": "make the graph by the program that saved it, then Saver().restore",
}


def word_of(path: str, name: str) -> Any:
    """The word `name` of the path below `tensorflow`.

    Raises:
        AttributeError: there is none.
    """
    if name in RENAMED.get(path, {}):
        return word_of("", RENAMED[path][name])
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
    return sorted([*RENAMED.get(path, {}), *(name for m in modules for name in m.__all__)])


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
