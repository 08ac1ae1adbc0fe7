"""Cases that run unchanged under any Keras: a table says what to compute, `run` turns the answer
into named values.

The same files are executed by the real Keras of 2016-2018 (oracle.py) and by jaxcnn (check.py), so
they are written for Python 3.6 and numpy 1.16. Data and weights come from
`numpy.random.RandomState`, whose streams never change.
"""

import collections
import contextlib
import importlib
import io
import json
import re
import traceback

import numpy as np

Case = collections.namedtuple("Case", "name function eras")
GROUPS = collections.OrderedDict()
MODULES = collections.OrderedDict(
    [  # a module of tables -> the groups that it fills
        ("layers", ["layers"]),
        ("functions", ["functions"]),
        ("optimizers", ["optimizers"]),
        ("training", ["training"]),
        ("printing", ["printing"]),
        ("preprocessing", ["preprocessing"]),
        ("backend", ["backend"]),
        ("files", ["files", "configs", "written"]),
        ("keras1", ["keras1"]),
        ("applications", ["applications"]),
        ("custom", ["custom"]),
        ("programs", ["programs"]),
    ]
)
ALL = ("204", "224")


def add(group, name, function, eras=ALL):
    cases = GROUPS.setdefault(group, collections.OrderedDict())
    assert name not in cases, (group, name)
    cases[name] = Case(name, function, eras)


def groups(modules):
    """The chosen modules' groups; a module may import another for its models."""
    names = modules or list(MODULES)
    for name in names:
        importlib.import_module("cases." + name)
    return [(group, GROUPS[group]) for name in names for group in MODULES[name] if group in GROUPS]


def normal(*shape, **options):
    seed = options.get("seed", 0)
    return (
        np.random.RandomState(seed + 7 * len(shape) + sum(shape))
        .normal(size=shape)
        .astype("float32")
    )


def uniform(*shape, **options):
    seed, low, high = options.get("seed", 0), options.get("low", 0.0), options.get("high", 1.0)
    return (
        np.random.RandomState(seed + 11 * len(shape) + sum(shape))
        .uniform(low, high, shape)
        .astype("float32")
    )


def integers(high, *shape, **options):
    return np.random.RandomState(options.get("seed", 0) + high + sum(shape)).randint(
        options.get("low", 0), high, shape
    )


def one_hot(labels, classes):
    return np.eye(classes, dtype="float32")[labels]


def randomize(model, seed=1):
    """Weights from -0.5 to 0.5 in the order of `get_weights`; running variances are positive."""
    random = np.random.RandomState(seed)
    model.set_weights(
        [random.uniform(-0.5, 0.5, w.shape).astype("float32") for w in model.get_weights()]
    )
    for layer in flat_layers(model):
        if type(layer).__name__ == "BatchNormalization":
            weights = layer.get_weights()
            weights[-1] = np.abs(weights[-1]) + 0.5
            layer.set_weights(weights)


def flat_layers(model):
    for layer in model.layers:
        inner = getattr(layer, "layer", layer)
        if hasattr(inner, "layers"):
            for deeper in flat_layers(inner):
                yield deeper
        else:
            yield inner


@contextlib.contextmanager
def printed():
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        yield stream


def without_times(text):
    """The progress bar's durations, and only they, replaced."""
    text = re.sub(r"ETA: [0-9:hms. ]+?(?= -|\b\b|$)", "ETA: T", text)
    text = re.sub(r"\d+(\.\d+)?(e[-+]\d+)?(s|ms|us)(/step)?", "T", text)
    return text


def history_values(history, prefix=""):
    values = {
        prefix + "keys": " ".join(sorted(history.history)),
        prefix + "epoch": list(history.epoch),
    }
    for key, numbers in history.history.items():
        values[prefix + "history " + key] = np.asarray(numbers, "float64")
    return values


def plain(value):
    """What npz can hold: an array of numbers or a string."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, default=plain_json)
    if isinstance(value, (list, tuple)):
        try:
            return np.asarray(value, dtype="float64")
        except (TypeError, ValueError):  # ragged, or with words in it
            return json.dumps(value, default=plain_json)
    array = np.asarray(value)
    if array.dtype == bool:
        array = array.astype("int64")
    if array.dtype.kind not in "iuf":
        return str(value)
    return array


def plain_json(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return str(type(value).__name__)


def run(case, era=None):
    """The case's values; one `!raises` when it cannot be computed."""
    import keras.backend as K

    if K.backend() != "theano":
        K.clear_session()
    np.random.seed(0)
    try:
        values = case.function()
        if not isinstance(values, dict):
            values = {"value": values}
        flat = collections.OrderedDict()
        for name, value in values.items():
            if isinstance(value, (list, tuple)) and any(
                isinstance(v, np.ndarray) and v.ndim for v in value
            ):
                flat[name + " count"] = np.asarray(len(value))
                for i, v in enumerate(value):
                    flat["%s %d" % (name, i)] = plain(v)
            else:
                flat[name] = plain(value)
        return flat
    except Exception as error:  # a refusal is an answer, too
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = "%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0][:300])
        return {"!raises": message, "!where": "%s:%s" % (where.filename, where.lineno)}


def save(path, results):
    arrays = {}
    for name, values in results.items():
        for key, value in values.items():
            arrays[name + "|" + key] = np.asarray(value)
    np.savez_compressed(
        path,
        **{"%05d" % i: a for i, a in enumerate(arrays.values())},
        names=np.asarray(list(arrays)),
    )


def load(path):
    results = collections.OrderedDict()
    with np.load(path) as stored:
        for i, full in enumerate(stored["names"]):
            name, _, key = str(full).rpartition("|")
            value = stored["%05d" % i]
            results.setdefault(name, collections.OrderedDict())[key] = (
                str(value) if value.dtype.kind == "U" else value
            )
    return results
