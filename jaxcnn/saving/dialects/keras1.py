"""Layers as Keras 1 described them, by the tables that also read its calls (`spellings.tables`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.merging import merging
from jaxcnn.spellings.tables import CLASSES, LAYERS, REMOVED, Spellings

# The classes that only programs for an old Keras have otherwise.
MODES = {1: "BatchNormalizationOfSamples", 2: "BatchNormalizationOfBatches"}
DROPPING = "EmbeddingWithDropout"
OLD_CLASSES = {
    **dict.fromkeys(("Highway", "MaxoutDense"), "jaxcnn.compat.legacy"),
    **dict.fromkeys(("ParametricSoftplus", "SReLU"), "jaxcnn.compat.advanced_activations"),
    **dict.fromkeys(MODES.values(), "jaxcnn.compat.normalization"),
    DROPPING: "jaxcnn.compat.embedding",
}
above = lazy_attributes(__name__, OLD_CLASSES)


def from_keras1(name: str, settings: Settings) -> tuple[str, Config]:
    """(class, arguments) of a layer from those of Keras 1; those of later versions pass unchanged.

    Raises:
        ValueError: the layer did something that no layer does here; the message says what does.
    """
    arguments = dict(settings)
    label = f"Layer '{arguments.get('name')}' ({name})"
    if name == "Merge":
        return merge_layer(arguments)
    if name == "TimeDistributedDense":
        return dense_over_time(arguments)
    if name == "BatchNormalization":
        name = MODES.get(arguments.get("mode", 0), name)
    if name in ("Embedding", DROPPING) and arguments.get("dropout"):
        above(DROPPING)
        dropped = {"dropout": arguments.pop("dropout")}
        return DROPPING, {**from_keras1("Embedding", arguments)[1], **dropped}
    if name in OLD_CLASSES:
        above(name)  # which makes it known by its name
        return name, with_dtype(arguments)
    if name in REMOVED:
        raise ValueError(f"{label} is of a class that was removed from Keras: {REMOVED[name]}.")
    current = CLASSES.get(name, name)
    row = LAYERS.get(current)
    if row is None or not (name in CLASSES or row.old_words() & set(arguments)):
        return name, with_dtype(arguments)
    for word, (neutral, instead) in row.dropped.items():
        if arguments.pop(word, neutral) != neutral:
            raise ValueError(
                f"{label} was saved with a `{word}`, which was removed from Keras: {instead}."
            )
    for word, instead in row.ignored.items():
        if arguments.pop(word, 0):
            warn_user(f"{label} was saved with a `{word}`, which is left out: {instead}.")
    if row.kernel and set(row.kernel) <= set(arguments):
        arguments["kernel_size"] = tuple(arguments.pop(word) for word in row.kernel)
    if current != "Embedding":  # the sizes that a layer saw when it was built
        for word in ("input_dim", "input_length"):
            arguments.pop(word, None)
    if current == "Conv2DTranspose":
        arguments.pop("output_shape", None)
    if row.rewrite is not None:
        _, arguments = row.rewrite((), arguments)
    return current, renamed(row, arguments)


def with_order(entries: Sequence[Settings]) -> Sequence[Settings]:
    """The layers of a model, with the order of images where Keras 1 forgot to write it.

    That is in each ZeroPadding2D; the other layers say which order the model has.
    """
    described = [entry.get("config") for entry in entries]
    orders = {c["dim_ordering"] for c in described if isinstance(c, Mapping) if "dim_ordering" in c}
    if len(orders) != 1:
        return entries
    order = {"dim_ordering": orders.pop()}
    return [
        {**entry, "config": {**order, **entry["config"]}}
        if entry.get("class_name") == "ZeroPadding2D"
        else entry
        for entry in entries
    ]


def renamed(row: Spellings, arguments: Settings) -> Config:
    """Arguments under today's names, with today's values."""
    renewed: Config = {}
    for word, value in with_dtype(arguments).items():
        new = row.renames.get(word, word)
        meaning = row.values.get(word, {})
        value = meaning.get(value, value) if meaning else value
        renewed |= dict.fromkeys((new,) if isinstance(new, str) else new, value)
    return renewed


def dense_over_time(arguments: Config) -> tuple[str, Config]:
    """A TimeDistributedDense as the wrapper around a layer that took its place."""
    outer: Config = {
        key: arguments.pop(key)
        for key in ("name", "trainable", "batch_input_shape", "input_dtype")
        if key in arguments
    }
    _, inner = from_keras1("Dense", arguments)
    inner["name"] = f"{outer['name']}_dense"
    return "TimeDistributed", {
        **with_dtype(outer),
        "layer": {"class_name": "Dense", "config": inner},
    }


def with_dtype(arguments: Settings) -> Config:
    """Arguments with the input's dtype under its later name."""
    return {("dtype" if key == "input_dtype" else key): value for key, value in arguments.items()}


def merged_models(settings: Settings) -> Config:
    """The model that a Merge of models was, at the beginning of a stack: inputs, models, merging.

    Its inputs are those of the models, one after another.
    """
    label = settings.get("name") or "merge"
    inputs: list[Config] = []
    models: list[Config] = []
    outputs: list[list[object]] = []
    for number, part in enumerate(settings["layers"], start=1):
        name = part.get("name") or f"{label}_{number}"
        sources = []
        for shape, dtype in inputs_of(part):
            source = {"batch_input_shape": shape, "dtype": dtype}
            entry = {"name": f"{label}_input_{len(inputs) + 1}", "class_name": "InputLayer"}
            inputs.append({**entry, "config": {**source, "name": entry["name"]}})
            sources.append([entry["name"], 0, 0])
        models.append({**part, "name": name, "inbound_nodes": [sources]})
        outputs.append([name, 1, 0])  # 0 is the call that made the model
    rest = {key: value for key, value in settings.items() if key != "layers"}
    whole = {"class_name": "Merge", "config": rest, "name": label, "inbound_nodes": [outputs]}
    return {
        "class_name": "Model",
        "config": {
            "name": f"{label}_model",
            "layers": [*({**entry, "inbound_nodes": []} for entry in inputs), *models, whole],
            "input_layers": [[entry["name"], 0, 0] for entry in inputs],
            "output_layers": [[label, 0, 0]],
        },
    }


def inputs_of(part: Settings) -> list[tuple[Sequence[int | None], str]]:
    """(shape, dtype) of each input of a model."""
    described = part["config"]
    if isinstance(described, Mapping) and "input_layers" in described:
        names = [name for name, *_ in described["input_layers"]]
        layers = {entry["name"]: entry["config"] for entry in described["layers"]}
        firsts = [layers[name] for name in names]
    else:
        listed = described["layers"] if isinstance(described, Mapping) else described
        if listed[0]["class_name"] == "Merge":
            return [each for inner in listed[0]["config"]["layers"] for each in inputs_of(inner)]
        firsts = [listed[0]["config"]]
    return [(first["batch_input_shape"], first.get("input_dtype", "float32")) for first in firsts]


def merge_layer(settings: Settings) -> tuple[str, Config]:
    """The layer that does what a Merge did."""
    axes = settings.get("dot_axes", -1)
    if isinstance(axes, list):  # Keras 1 wrapped the axes of the two inputs in lists of one
        axes = [axis[0] if isinstance(axis, list) else axis for axis in axes]
    _, name, arguments = merging(settings.get("mode", "sum"), settings.get("concat_axis", -1), axes)
    named = {"name": settings["name"]} if settings.get("name") else {}
    return name, {**named, **arguments}
