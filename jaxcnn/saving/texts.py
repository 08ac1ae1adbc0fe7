"""A model's structure as JSON and YAML text, and models from what any Keras wrote so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import config_in_our_words
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.bytecode import marked
from jaxcnn.saving.dialects.classes import all_layers, library_classes, library_name
from jaxcnn.saving.dialects.configurations import IN_MEMORY, OURS, WIDENING, era_of, from_keras
from jaxcnn.saving.dialects.keras2 import counting_of, nested, to_keras2
from jaxcnn.saving.dialects.to_keras1 import merged_stacks, to_keras1
from jaxcnn.saving.dialects.versions import TEXT, Version, as_told, of_program
from jaxcnn.saving.structure import described, plain
from jaxcnn.saving.types import CustomObjects, Json, Network
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.utils.untrusted import UNEXPECTED, one_error

WRITER = "jaxcnn"  # marks what we wrote ourselves
MOST_VALUES = 1_000_000  # in a configuration, written out
# Keras 1's classes that tell of their inputs.
OF_INPUTS: Mapping[str, tuple[str, ...]] = {
    "Dense": ("input_dim",),
    **dict.fromkeys(
        (
            "AtrousConvolution1D",
            "Convolution1D",
            "GRU",
            "LSTM",
            "LocallyConnected1D",
            "SimpleRNN",
        ),
        ("input_dim", "input_length"),
    ),
}
STATED = ("Deconvolution2D", "Conv3DTranspose")  # whose shape of outputs Keras 1 was told
MOST_DIGITS = 400  # of a number in YAML


def file_config(model: Layer | Network, version: Version = TEXT) -> Config:
    """The configuration of a model as a Keras 2 file holds it, made of what JSON knows."""
    config: Config = json.loads(json.dumps(with_marked_arrays(described(model)), default=plain))
    whole: Config = json.loads(json.dumps(written_config(model, config, version)))
    return whole


def written_config(model: Layer | Network, config: Config, version: Version) -> Config:
    """The configuration of a model in the words of a version.

    Args:
        model: the model.
        config: in our words, of what JSON knows, and of tuples.
        version: for which.
    """
    written = to_keras2(config, library_classes(model), version)
    if version.is_1:
        # Models that are merged have the name of the layer that merges them, which is inside.
        layers = {layer.name: layer for layer in reversed([model, *all_layers(model)])}
        stated: Config = stated_by_layers(written, layers, version)
        return stated
    return written


def config_with_tuples(model: Layer | Network, version: Version) -> Config:
    """`file_config` with the tuples that it has in memory."""
    return written_config(model, with_tuples(with_marked_arrays(described(model))), version)


def with_tuples(value: object) -> Json:
    """A configuration made of what JSON knows, with the tuples that it has."""
    if isinstance(value, Mapping):
        return {key: with_tuples(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(with_tuples(item) for item in value)
    return value if value is None or isinstance(value, str | int | float) else plain(value)


def config_of_program(layer: Layer | Network, settings: Config) -> Config:
    """The configuration of a layer or model in the words of the Keras that a program is for."""
    version = of_program(TEXT)
    if not version.of_program:
        return settings
    if not version.is_1:
        told: Config = told_by_keras_2(layer, settings, version)
        return told
    if "layers" in settings:
        whole: Config = config_with_tuples(layer, version)["config"]
        return whole
    bases = library_classes(layer)
    parts = {part.name: part for part in getattr(layer, "children", {}).values()}
    inner = {
        k: stated_by_layers(nested(v, bases, version), parts, version) if k == "layer" else v
        for k, v in settings.items()
    }
    name, config = to_keras1(library_name(type(layer)), inner)
    if name in STATED:
        return {**config, "output_shape": getattr(layer, "output_shape", None)}
    return {**sizes_of_inputs(name, layer), **config}


def told_by_keras_2(layer: Layer | Network, settings: Config, version: Version) -> Any:
    """The configuration of a layer or model in the words of an older Keras 2."""
    if "layers" not in settings:
        bases = library_classes(layer)
        parts = {key: parts_as_told(value, bases, version) for key, value in settings.items()}
        return as_told(library_name(type(layer)), parts, version.rank)
    inside = {part.name: part for part in getattr(layer, "layers", ())}

    def told(entry: Config) -> Config:
        part = inside.get(entry["config"].get("name"))
        if part is None:
            return entry
        return {**entry, "config": told_by_keras_2(part, entry["config"], version)}

    entries = [told(entry) for entry in settings["layers"]]
    if "input_layers" not in settings:
        return entries if version.lists_stacks else {**settings, "layers": entries}
    return with_calls({**settings, "layers": entries}, counting_of(entries, version))


def parts_as_told(value: Json, bases: Mapping[str, str], version: Version) -> Any:
    """A setting of a layer with the layers in it, such as cells, as an older Keras 2 tells them."""
    if isinstance(value, list | tuple):
        return type(value)(parts_as_told(item, bases, version) for item in value)
    if not isinstance(value, Mapping) or not isinstance(value.get("config"), Mapping):
        return value
    parts = {key: parts_as_told(part, bases, version) for key, part in value["config"].items()}
    name = value["class_name"]
    return {**value, "config": as_told(bases.get(name, name), parts, version.rank)}


def with_calls(settings: Config, counted: Callable[[Json], Json]) -> Config:
    """The configuration of a graph with its references to calls counted otherwise."""
    layers = [
        {**entry, "inbound_nodes": [list(map(counted, call)) for call in entry["inbound_nodes"]]}
        for entry in settings["layers"]
    ]
    outputs = list(map(counted, settings["output_layers"]))
    return {**settings, "layers": layers, "output_layers": outputs}


def read_of_keras_2(settings: Any, version: Version) -> Any:
    """The configuration of a model in the words of an older Keras 2, with calls counted as here."""
    whole = {"layers": settings} if isinstance(settings, list) else settings
    if "layers" not in whole:
        return settings
    entries = [
        {**entry, "config": read_of_keras_2(entry["config"], version)} for entry in whole["layers"]
    ]
    if isinstance(settings, list):
        return entries
    read = {**settings, "layers": entries}
    if "input_layers" not in settings:
        return read
    references = [r for e in entries for call in e["inbound_nodes"] for r in call]
    # Names whose call 0 is used: a text that was read before counts from 0 already.
    from_zero = {name for name, node, *_ in [*references, *settings["output_layers"]] if node == 0}
    later = [entry for entry in entries if entry["name"] not in from_zero]
    return with_calls(read, counting_of(later, version, back=True))


def sizes_of_inputs(name: str, layer: Layer | Network) -> Config:
    """What Keras 1 tells of the inputs of some layers: their size, where there are weights, and no
    length; of those with states of their own the whole shape is told instead.
    """
    if getattr(layer, "stateful", False):
        return {}
    told: Config = dict.fromkeys(OF_INPUTS.get(name, ()))
    if "input_dim" in told and not name.endswith("1D"):  # which tell what they were given
        specs: Sequence[WeightSpec] = ()
        if isinstance(layer, Layer):
            specs = layer.weights_store.specs or ()
        sizes = [spec.shape[-2] for spec in specs if spec.path[-1].startswith("kernel")]
        told["input_dim"] = sizes[0] if sizes else None
    return told


def config_from_program(kind: type, settings: Settings) -> Any:
    """The arguments of a layer or model of this class, told in the words of the program's Keras."""
    version = of_program(TEXT)
    if not version.is_1:
        return read_of_keras_2(settings, version) if version.of_program else settings
    name = kind.__name__
    if isinstance(settings, list) or "layers" in settings:
        name = "Model" if "input_layers" in settings else "Sequential"
    read: Config = from_keras({"class_name": name, "config": settings}, 1)["config"]
    return read


def stated_by_layers(value: Json, layers: Mapping[str, Layer | Network], version: Version) -> Any:
    """A description for Keras 1 with what only the layers know: models that are merged, and the
    shape that a transposed convolution makes.
    """
    if isinstance(value, list):
        return [stated_by_layers(item, layers, version) for item in value]
    if not isinstance(value, Mapping):
        return value
    config = value.get("config")
    if isinstance(config, Mapping) and isinstance(name := config.get("name"), str):
        layer: Any = layers.get(name)
        if value["class_name"] in STATED and layer is not None:
            return {**value, "config": {**config, "output_shape": list(layer.output_shape)}}
        if getattr(layer, "merging", None) is not None:
            settings = config_in_our_words(layer.merging)
            written = [config_with_tuples(part, version) for part in layer.parts]
            rest = {key: item for key, item in value.items() if key not in ("class_name", "config")}
            return {**rest, **merged_stacks(type(layer.merging).__name__, settings, written)}
        if value["class_name"] in OF_INPUTS and layer is not None:
            config = {**sizes_of_inputs(value["class_name"], layer), **config}
            return {**value, "config": config}
    return {key: stated_by_layers(item, layers, version) for key, item in value.items()}


def with_marked_arrays(value: Json) -> Json:
    """A configuration with the arrays that functions are given marked, as Keras 2.2 marks them."""
    if isinstance(value, list):
        return [with_marked_arrays(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    given = value.get("arguments") if "function" in value else None
    if isinstance(given, Mapping):  # an operation has a list of them
        return {**value, "arguments": {name: marked(part) for name, part in given.items()}}
    return {key: with_marked_arrays(item) for key, item in value.items()}


def to_json(model: Network, **options: Any) -> str:
    """The structure as JSON text; `options` go to ``json.dumps``.

    Args:
        model: a built model.
        **options: keywords of ``json.dumps``.

    Examples:
        >>> jc.saving.to_json(model)[:27]
        '{"class_name": "Sequential"'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    return json.dumps(described_model(model), **options)


def to_yaml(model: Network, **options: Any) -> str:
    """The structure as YAML text; `options` go to ``yaml.safe_dump``.

    Args:
        model: a built model.
        **options: keywords of ``yaml.safe_dump``.

    Examples:
        >>> jc.saving.to_yaml(model).splitlines()[-1]
        'written_by: jaxcnn'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """
    import yaml

    text: str = yaml.safe_dump(described_model(model), **options)
    return text


def described_model(model: Network) -> Config:
    """The configuration in the texts of `to_json` and `to_yaml`.

    Of a program for an old Keras it has the keys that this one wrote.
    """
    version = of_program(TEXT)
    written, backend = file_config(model, version), {"backend": "tensorflow"}
    if not version.of_program:
        return {**written, "keras_version": version.label, **backend, "written_by": WRITER}
    written.pop("name", None)
    return {**written, "keras_version": version.label, **({} if version.is_1 else backend)}


@suggesting
def model_from_config(
    config: Settings, custom_objects: CustomObjects = None, safe_mode: bool = True
) -> Any:
    """A model, without its weights, from ``{"class_name": ..., "config": ...}`` of any Keras.

    Args:
        config: as `to_json` writes it, or as a layer list has it; of Keras 1, 2 or 3.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> config = {"class_name": "Sequential", "config": model.get_config()}
        >>> jc.models.model_from_config(config).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    if not isinstance(config, Mapping) or "class_name" not in config:
        missing = " without them" if isinstance(config, Mapping) else ""
        raise ValueError(
            "A model configuration is a dict with 'class_name' and 'config'; "
            f"given {type(config).__name__}{missing}. "
            "What get_config returns goes to Sequential.from_config or Model.from_config."
        )
    era = era_of_config(config)
    if config.get("written_by") == WRITER and era == WIDENING:
        era = OURS if config["keras_version"] == TEXT.label else 2
    require_bounded(config)
    error = one_error("The configuration", "that of a model")
    with error, custom_object_scope(custom_objects):
        return LAYERS.deserialize(from_keras(config, era, safe_mode))


def require_bounded(config: Settings) -> None:
    """Refuse a configuration that its aliases make endless, or longer than memory can hold.

    Raises:
        ValueError: it has a part inside itself, or more values than any model.
    """
    sizes: dict[int, int] = {}
    waiting: list[tuple[object, bool]] = [(config, False)]
    while waiting:
        value, counted = waiting.pop()
        if not isinstance(value, Mapping | list | tuple):
            continue
        parts = list(value.values() if isinstance(value, Mapping) else value)
        if counted:
            sizes[id(value)] = 1 + sum(sizes.get(id(part), 1) for part in parts)
            if sizes[id(value)] > MOST_VALUES:
                raise ValueError(f"The configuration has more than {MOST_VALUES:,} values.")
        elif id(value) not in sizes:
            sizes[id(value)] = MOST_VALUES + 1  # until it is counted: it would be inside itself
            waiting.append((value, True))
            waiting += [(part, False) for part in parts]


@suggesting
def model_from_json(
    json_string: str, custom_objects: CustomObjects = None, safe_mode: bool = True
) -> Any:
    """A model, without its weights, from the text of ``to_json``, here or in any Keras.

    Args:
        json_string: text that `to_json` made, here or in any Keras.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> jc.models.model_from_json(model.to_json()).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    try:
        config = json.loads(json_string)
    except ValueError as error:
        raise ValueError(f"The text is not JSON ({error}); model_from_yaml reads YAML.") from None
    except RecursionError:
        raise ValueError("The text is nested too deeply to be a model.") from None
    return model_from_config(config, custom_objects, safe_mode)


@suggesting
def model_from_yaml(
    yaml_string: str, custom_objects: CustomObjects = None, safe_mode: bool = True
) -> Any:
    """A model, without its weights, from the text of ``to_yaml``, here or in any Keras.

    No code in the text is run.

    Args:
        yaml_string: text that `to_yaml` made, here or in any Keras.
        custom_objects: name -> class or function, for what the library does not know. Default:
            None.
        safe_mode: whether to refuse functions that are stored as Python bytecode. Default: True.

    Raises:
        ValueError: it is no configuration of a model, or holds something that cannot be read.

    Examples:
        >>> jc.models.model_from_yaml(model.to_yaml()).output_shape
        (None, 1)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """
    import yaml

    from jaxcnn.saving import numpy_yaml

    class Loader(yaml.SafeLoader):
        """The safe loader, and what Keras wrote with tags of Python's and NumPy's objects."""

    numpy_yaml.add_constructors(Loader)
    Loader.add_constructor(
        "tag:yaml.org,2002:python/tuple", lambda loader, node: loader.construct_sequence(node)
    )
    Loader.add_constructor(
        "tag:yaml.org,2002:python/unicode", lambda loader, node: loader.construct_scalar(node)
    )
    for kind in ("int", "float"):
        tag = f"tag:yaml.org,2002:{kind}"
        Loader.add_constructor(tag, bounded_number(Loader.yaml_constructors[tag]))
    try:
        config = yaml.load(yaml_string, Loader)
    except RecursionError:
        raise ValueError("The text is nested too deeply to be a model.") from None
    except (yaml.YAMLError, ValueError, *UNEXPECTED) as error:  # odd keys, numbers or dates
        raise ValueError(f"The text is not plain YAML: {error}") from None
    return model_from_config(config, custom_objects, safe_mode)


def bounded_number(construct: Callable[..., Any]) -> Callable[..., Any]:
    """What makes a number of YAML, which counts to the base of 60 too, of a few digits only."""

    def constructed(loader: Any, node: Any) -> Any:
        if len(node.value) > MOST_DIGITS:
            raise ValueError(f"it has a number of {len(node.value):,} digits")
        return construct(loader, node)

    return constructed


def era_of_config(config: Settings) -> int:
    """The era of a configuration, by its version or by the modules that Keras 3 puts in."""
    if "module" in config and "registered_name" in config:
        return 3
    return era_of(config["keras_version"]) if config.get("keras_version") else IN_MEMORY
