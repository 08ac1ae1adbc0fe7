"""Our configurations in the words of Keras 1, by the tables that also read these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jaxcnn.layers.base import LAYERS as CLASSES
from jaxcnn.layers.derived import ModuleLayer, field_names
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.dialects.keras1 import DROPPING
from jaxcnn.saving.types import Json
from jaxcnn.spellings.dialect import CLASSES_OF_1
from jaxcnn.spellings.merging import MODES
from jaxcnn.spellings.tables import LAYERS, TABLES, Spellings

PENALTIES = {"L1L2": "L1L2Regularizer"}
MODE_OF_CLASS = {name: mode for mode, (_, name) in MODES.items() if mode != "cos"}
MERGE: Settings = {
    "concat_axis": -1,
    "dot_axes": -1,
    "mode_type": "raw",
    "output_shape": None,
    "output_shape_type": "raw",
    "output_mask": None,
    "output_mask_type": "raw",
    "arguments": {},
}
# Arguments whose names are today's.
SAME = frozenset(
    word
    for line in (
        "name trainable batch_input_shape activation pool_size strides axis epsilon momentum",
        "gamma_regularizer beta_regularizer mode mask_zero input_dim output_dim input_length",
        "return_sequences go_backwards stateful unroll target_shape dims n l1 l2 mask_value",
        "padding cropping size alpha theta depth_multiplier depthwise_regularizer layer sparse",
        "depthwise_constraint pointwise_regularizer pointwise_constraint function function_type",
        "output_shape output_shape_type arguments merge_mode dropout shared_axes",
    )
    for word in line.split()
)
# Those that Keras 1 has not -> the value that goes without saying there; others are None.
UNSAID: Mapping[str, Json] = {
    "beta_initializer": "zero",
    "bias_initializer": "zero",
    "center": True,
    "gamma_initializer": "one",
    "groups": 1,
    "interpolation": "nearest",
    "keepdims": False,
    "moving_mean_initializer": "zero",
    "moving_variance_initializer": "one",
    "return_state": False,
    "reset_after": False,
    "scale": True,
    "use_bias": True,
}
# What its BatchNormalization takes and does not tell where it is the usual one.
STARTS_OF_1: Mapping[str, tuple[str, ...]] = {"beta_init": ("zero",), "gamma_init": ("one",)}
# What the other convolutions have and ConvLSTM2D has not.
OF_KERNELS = ("use_bias", "kernel_constraint", "bias_constraint")
WITHOUT_EFFECT = ("data_format", "implementation", "output_padding")
# (scale, mode, whether uniform) of a VarianceScaling -> its name.
SCALINGS: Mapping[tuple[float, str, bool], str] = {
    (1.0, "fan_avg", True): "glorot_uniform",
    (1.0, "fan_avg", False): "glorot_normal",
    (1.0, "fan_in", True): "lecun_uniform",
    (2.0, "fan_in", True): "he_uniform",
    (2.0, "fan_in", False): "he_normal",
}
STARTS: Mapping[str, tuple[Settings, str]] = {
    "Zeros": ({}, "zero"),
    "Ones": ({}, "one"),
    "RandomUniform": ({"minval": -0.05, "maxval": 0.05}, "uniform"),
    "RandomNormal": ({"stddev": 0.05}, "normal"),
    "Orthogonal": ({"gain": 1.1}, "orthogonal"),
    "Identity": ({"gain": 1.0}, "identity"),
}
ONE_AXIS = frozenset(
    (
        "Conv1D",
        "SeparableConv1D",
        "LocallyConnected1D",
        "MaxPooling1D",
        "AveragePooling1D",
        "UpSampling1D",
    )
)
LENGTHS = ("kernel_size", "strides", "pool_size", "size", "dilation_rate")


def to_keras1(base: str, settings: Settings) -> tuple[str, Config]:
    """(class, arguments) of a layer in the words of Keras 1.

    Args:
        base: the library's class that it is or is derived from; empty where a user wrote it all.
        settings: its arguments in our words.

    Raises:
        ValueError: an argument says what no layer of Keras 1 does.
    """
    arguments = {key: value_of_1(key, value) for key, value in settings.items()}
    if base in MODE_OF_CLASS:
        return "Merge", merge_of_1(base, arguments)
    if base == DROPPING:
        base = "Embedding"
    row = LAYERS.get(base, Spellings())
    name = CLASSES_OF_1.get(base, base)
    if base in ONE_AXIS:
        arguments |= {key: single(arguments[key]) for key in LENGTHS if key in arguments}
    dilation = arguments.get("dilation_rate", 1)
    if dilation == 1 or set(listed(dilation)) == {1}:
        arguments.pop("dilation_rate", None)
    elif name in ("Convolution1D", "Convolution2D"):
        name = f"Atrous{name}"
    else:
        raise cannot(base, settings, "dilation_rate")
    if row.kernel:
        arguments |= dict(zip(row.kernel, listed(arguments.pop("kernel_size")), strict=True))
    if base.startswith("ZeroPadding"):
        arguments["padding"] = sides_of_1(arguments["padding"])
    if base == "Cropping1D":
        arguments["cropping"] = tuple(listed(single(arguments["cropping"])))
    if base == "BatchNormalization":
        arguments["mode"] = 0
    if base == "Embedding":
        arguments.setdefault("dropout", 0.0)
    if arguments.get("shared_axes", 0) is None:
        del arguments["shared_axes"]
    return name, renamed_for_1(base, row, (arguments, settings))


def renamed_for_1(base: str, row: Spellings, given: tuple[Settings, Settings]) -> Config:
    """The arguments under their names in Keras 1; `given` are they and the original ones."""
    arguments, settings = given
    names: dict[str, str] = {"dtype": "input_dtype"}
    absent = OF_KERNELS if base == "ConvLSTM2D" else ()
    for old, new in row.renames.items():
        if new in absent or arguments.get(str(new)) in STARTS_OF_1.get(old, ()):
            arguments = {key: value for key, value in arguments.items() if key != new}
            continue
        names |= dict.fromkeys((new,) if isinstance(new, str) else new, old)
    extra = () if "return_sequences" in arguments else ("activity_regularizer",)
    result: Config = {}
    for key, value in arguments.items():
        if key in names:
            word = names[key]
            result[word] = word_of(row, word, value)
        elif base == "ConvLSTM2D" and (key, value) == ("unroll", False):
            continue
        elif key in SAME or key in row.kernel or not is_ours(base, key) or key in extra:
            result[key] = value
        elif value is not None and key not in WITHOUT_EFFECT and value != UNSAID.get(key):
            raise cannot(base, settings, key)
    return result


def word_of(row: Spellings, word: str, value: Json) -> Json:
    """The value of an argument of Keras 1 that means this value of ours."""
    meanings: Mapping[str, Json] = row.values.get(word, {})
    return next((old for old, new in meanings.items() if new == value), value)


def is_ours(base: str, key: str) -> bool:
    """Whether an argument is one of the library's class, rather than of a user's."""
    kind = CLASSES.items().get(base)
    if kind is None or not issubclass(kind, ModuleLayer):
        return key == "dtype"
    return key in field_names(kind.module_class)


def merge_of_1(base: str, arguments: Settings) -> Config:
    """The arguments of the Merge that does what a merging layer does."""
    result: Config = {**MERGE, "name": arguments["name"], "mode": MODE_OF_CLASS[base]}
    if base == "Concatenate":
        result["concat_axis"] = arguments["axis"]
    if base == "Dot":
        axes = arguments["axes"]
        result["dot_axes"] = [axes, axes] if isinstance(axes, int) else list(axes)
        result["mode"] = "cos" if arguments["normalize"] else "dot"
    return result


def merged_stacks(base: str, arguments: Settings, layers: Sequence[Settings]) -> Config:
    """The Merge of models that a stack begins with, as Keras 1 describes it."""
    config = {**merge_of_1(base, arguments), "layers": list(layers)}
    return {"class_name": "Merge", "config": config}


def value_of_1(key: str, value: Json) -> Json:
    """A starting value, penalty or constraint as Keras 1 describes it; others as they are."""
    if not isinstance(value, Mapping) or "class_name" not in value or key == "layer":
        return {"zeros": "zero", "ones": "one"}.get(value, value) if "init" in key else value
    kind, config = str(value["class_name"]), value["config"]
    if key.endswith(("_regularizer", "_constraint")):
        words = {new: old for old, new in TABLES.get(kind, Spellings()).renames.items()}
        named = {words.get(word, word): v for word, v in config.items()}
        return {"name": PENALTIES.get(kind, kind), **named}
    if kind == "VarianceScaling":
        scaling = config["scale"], config["mode"], config["distribution"] == "uniform"
        return SCALINGS.get(scaling, value)
    meant, name = STARTS.get(kind, ({}, ""))
    return name if name and all(config[word] == v for word, v in meant.items()) else value


def sides_of_1(padding: Json) -> Json:
    """The padding of each side as Keras 1 takes it: a number an axis where both are alike."""
    pairs = [list(pair) for pair in padding] if isinstance(padding[0], Sequence) else [padding]
    if all(before == after for before, after in pairs):
        alike = [before for before, _ in pairs]
        return tuple(alike) if len(alike) > 1 else alike[0]
    return tuple(side for pair in pairs for side in pair)


def listed(value: Json) -> list[Json]:
    """The numbers of a list, or one alone."""
    return list(value) if isinstance(value, Sequence) else [value]


def single(value: Json) -> Json:
    """The only element of a list; anything else as it is."""
    return value[0] if isinstance(value, Sequence) and len(value) == 1 else value


def cannot(base: str, settings: Settings, key: str) -> ValueError:
    """The error for what Keras 1 has not."""
    return ValueError(
        f"Layer '{settings.get('name')}' ({base}) cannot be written in the words of Keras 1, which "
        f"has no `{key}`={settings.get(key)!r}."
    )
