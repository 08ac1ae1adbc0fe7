"""What users reach by a public name, and what the docstrings of it leave unsaid."""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import flax.linen

import jaxcnn
from jaxcnn.runtime.docstrings import entries, sections

# Beside the modules that jaxcnn names: those that users import by their own names.
FURTHER = ("optimizers.schedules", "wrappers.scikit_learn", "visualization", "vision")
PARTS = ("datasets", "preprocessing")  # packages whose parts are the public modules
SILENT = {"self", "cls"}
OF_FLAX = {"parent", "name"}  # what Flax adds to every module


# Annotations of arrays, and the words in which an explanation says a shape and a type of numbers.
ARRAYS = re.compile(r"Array(?!Function)|ndarray|Tensor|DataLike")
SHAPES = re.compile(
    r"\([^()]*[,)]|shape|broadcast|dimensions|number|scalar|key|symbolic tensor|the same"
)
DTYPES = re.compile(
    r"float|int|bool|dtype|number|image|class|one-hot|probabilit|labels|key|0 and 1|variable"
    r"|symbolic tensor|the same|takes"
)


class Public(NamedTuple):
    """A class or function, the module that has it and its name there."""

    module: str
    name: str
    item: object

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.item) or ""


def modules() -> list[str]:
    """The public modules, by name."""
    named = [name for name in jaxcnn.__all__ if inspect.ismodule(getattr(jaxcnn, name))]
    parts = [
        f"{package}.{part.name}"
        for package in PARTS
        for part in pkgutil.iter_modules(importlib.import_module(f"jaxcnn.{package}").__path__)
        if part.name in importlib.import_module(f"jaxcnn.{package}").__all__
        or part.name == "streaming"
    ]
    return [*sorted({*named, *parts, *FURTHER} - {"config"}), "runtime.config"]


def publics(module: str) -> Iterator[Public]:
    """The classes and functions of a module, each once, whatever further names it has."""
    loaded = importlib.import_module(f"jaxcnn.{module}")
    listed = getattr(loaded, "__all__", None)
    seen: set[int] = set()
    for name in listed or sorted(vars(loaded)):
        item = getattr(loaded, name, None)
        home = str(getattr(item, "__module__", ""))
        here = home.startswith("jaxcnn") if listed else home.startswith(loaded.__name__)
        if name.startswith("_") or not callable(item) or inspect.ismodule(item) or not here:
            continue
        plain = inspect.isclass(item) or inspect.isfunction(inspect.unwrap(item))
        if not plain and not hasattr(item, "__signature__"):
            continue
        if id(item) not in seen:
            seen.add(id(item))
            yield Public(module, name, item)


def arguments(item: object) -> list[str]:
    """The names of what a class or function is called with."""
    try:
        parameters = inspect.signature(item).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    module = inspect.isclass(item) and issubclass(item, flax.linen.Module)
    silent = SILENT | OF_FLAX if module else SILENT
    return [p.name for p in parameters if p.kind not in starred and p.name not in silent]


def explained(doc: str) -> set[str]:
    """The names that the section Args of a docstring explains."""
    match = re.search(r"^Args:\n((?:    .*\n|\n)*)", doc + "\n", flags=re.MULTILINE)
    entries = re.findall(r"^    ([*\w, ]+): ", match[1] if match else "", flags=re.MULTILINE)
    return {name.strip(" *") for entry in entries for name in entry.split(",")}


def defaults(item: object) -> dict[str, object]:
    """The default of each argument; `inspect.Parameter.empty` for one that must be given."""
    named = arguments(item)
    parameters = inspect.signature(item).parameters if named else {}  # type: ignore[arg-type]
    return {name: parameters[name].default for name in named}


def says_default(text: str, default: object) -> bool:
    """Whether an explanation says this default, and none where the argument must be given.

    It stands at the end, as in "Default: 0.5.", or is told in prose with the words "by default". Of
    None it is enough to say what None means. What has no short text may be told in any words.
    """
    _, stated, value = text.rpartition("Default: ")
    if default is inspect.Parameter.empty:
        return not stated
    if not stated:
        return "by default" in text.lower() or (default is None and "None" in text)
    if isinstance(default, (bool, int, float, str, tuple, type(None))) and len(repr(default)) < 40:
        return re.search(rf"(?<![\w.]){re.escape(repr(default))}(?!\w)", value) is not None
    return True


def unsaid_of_arrays(item: object, doc: str) -> list[str]:
    """The arguments that are arrays and whose shape or type of numbers is not said."""
    texts = entries(sections(doc).get("Args", ""))
    named = arguments(item)
    parameters = inspect.signature(item).parameters if named else {}  # type: ignore[arg-type]
    arrays = {
        name: texts.get(name, "")
        for name in named
        if ARRAYS.search(inspect.formatannotation(parameters[name].annotation))
        and "Callable" not in str(parameters[name].annotation)
    }
    return [n for n, text in arrays.items() if not (SHAPES.search(text) and DTYPES.search(text))]


def raises(item: object) -> bool:
    """Whether the body itself raises something; what it calls does not count."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(item))))  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError):
        return False
    first = tree.body[0]
    if isinstance(first, ast.ClassDef):
        checks = ("__init__", "__post_init__", "checked")
        bodies = [n for n in first.body if getattr(n, "name", "") in checks]
    else:
        bodies = [first]
    return any(isinstance(node, ast.Raise) and node.exc for b in bodies for node in ast.walk(b))


# The methods that users call or define, as Keras names them, and those of our own classes.
METHODS = {
    "models.Model": (
        "compile fit evaluate predict train_on_batch test_on_batch predict_on_batch fit_generator "
        "evaluate_generator predict_generator get_layer summary save save_weights load_weights "
        "set_weights from_config to_json export"
    ),
    "models.Sequential": (
        "add build compile fit train_on_batch from_config predict_classes predict_proba"
    ),
    "layers.Layer": "build call add_weight add_loss add_update set_weights from_config",
    "layers.LSTM": "reset_states get_initial_state",
    "optimizers.Optimizer": (
        "init update rule prepare get_gradients get_updates set_weights from_config"
    ),
    "metrics.Metric": "bind update result",
    "callbacks.Callback": (
        "on_train_begin on_epoch_begin on_batch_begin on_batch_end on_epoch_end on_train_end "
        "on_interruption set_state set_arrays"
    ),
    "preprocessing.text.Tokenizer": (
        "fit_on_texts fit_on_sequences texts_to_sequences texts_to_sequences_generator "
        "texts_to_matrix sequences_to_matrix sequences_to_texts sequences_to_texts_generator"
    ),
    "preprocessing.image.ImageDataGenerator": (
        "fit flow flow_from_directory flow_from_dataframe standardize random_transform "
        "apply_transform get_random_transform"
    ),
    "utils.Progbar": "update add",
    "faces.FaceDatabase": "enrol remove verify recognise save load",
    "faces.Acquaintance": "look recognise save load",
    "style.StyleTransfer": "run start cost features",
    "detection.Detector": "from_darknet detect",
    "wrappers.scikit_learn.KerasClassifier": "fit predict predict_proba score get_params",
    "wrappers.scikit_learn.KerasRegressor": "fit predict score",
}


def methods() -> Iterator[Public]:
    """The methods of `METHODS`."""
    for path, names in METHODS.items():
        module, _, kind = path.rpartition(".")
        of = getattr(importlib.import_module(f"jaxcnn.{module}"), kind)
        yield from (Public(path, name, getattr(of, name)) for name in names.split())


def gaps(public: Public) -> list[str]:
    """What a docstring leaves unsaid."""
    missing = [n for n in arguments(public.item) if n not in explained(public.doc)]
    if not public.doc:
        missing.append("docstring")
    if ">>> " not in public.doc:
        missing.append("example")
    if raises(public.item) and "Raises:" not in public.doc:
        missing.append("Raises")
    return missing


if __name__ == "__main__":
    print("module                   public  args  explained  examples  gaps")
    for module in modules():
        every = list(publics(module))
        named = [(p, n) for p in every for n in arguments(p.item)]
        told = sum(n in explained(p.doc) for p, n in named)
        examples = sum(">>> " in p.doc for p in every)
        count = sum(len(gaps(p)) for p in every)
        print(f"{module:24} {len(every):6} {len(named):5} {told:10} {examples:9} {count:5}")
