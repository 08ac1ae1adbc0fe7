"""HDF5 files of models and weights, as Keras 1 and 2 and Keras 3's '.h5': one group a layer."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.scopes import scoped
from jaxcnn.optimizers.base import Listed
from jaxcnn.saving.assignment import Key, Matching, Stored, assign, stored_order
from jaxcnn.saving.compile_settings import compile_as_stored, to_keras2_training
from jaxcnn.saving.dialects.configurations import era_of
from jaxcnn.saving.dialects.old_weights import Origin, to_file
from jaxcnn.saving.dialects.versions import WHEREVER_POSSIBLE, Version, of_program
from jaxcnn.saving.dialects.weights_of_1 import (
    named_weights,
    slot_of_1,
    slots_with_gates_together,
)
from jaxcnn.saving.optimizer_files import in_its_own_order, is_counter, restore_optimizer
from jaxcnn.saving.structure import plain
from jaxcnn.saving.texts import WRITER, file_config, model_from_config
from jaxcnn.saving.types import CustomObjects, Entry, Filename, Network, Trainable
from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.untrusted import open_hdf5

if TYPE_CHECKING:
    import h5py

HEADER_LIMIT = 60_000  # bytes; HDF5 keeps no longer attribute of a group next to its other ones
# What a model consists of at the top of its group, besides the layers where weights stand alone.
MODEL_MEMBERS = ("model_weights", "optimizer_weights")
MODEL_ATTRIBUTES = (
    "backend",
    "keras_version",
    "layer_names",
    "model_config",
    "training_config",
    "written_by",
)


def save_hdf5(
    model: Trainable,
    path: Filename | h5py.Group,
    overwrite: bool,
    include_optimizer: bool,
    version: Version = WHEREVER_POSSIBLE,
) -> None:
    """Write a model as Keras 2 does, with the optimizer's state where it is compiled."""

    def write(file: h5py.File) -> None:
        # Bytes: h5py of the time of Keras 2 gives a str back as another type than Keras expects.
        file.attrs["keras_version"] = version.label.encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["written_by"] = WRITER
        file.attrs["model_config"] = json.dumps(file_config(model, version)).encode()
        write_weights(model, file.create_group("model_weights"), version)
        if include_optimizer and model.optimizer is not None:
            settings = to_keras2_training(model.training_config(), version)
            file.attrs["training_config"] = json.dumps(settings, default=plain).encode()
            if model.opt_state is not None:
                write_optimizer(model, file.create_group("optimizer_weights"), version)

    write_file(path, overwrite, write)


def save_hdf5_weights(model: Network, path: Filename | h5py.Group, overwrite: bool) -> None:
    """Write the weights alone, as the Keras of the program does."""
    version = of_program(WHEREVER_POSSIBLE)
    write_file(path, overwrite, lambda file: write_weights(model, file, version))


def is_open(path: Filename | h5py.Group) -> TypeGuard[h5py.Group]:
    """Whether it is a file or group of h5py that the user has opened."""
    return type(path).__module__.split(".")[0] == "h5py"


def write_file(
    path: Filename | h5py.Group, overwrite: bool, write: Callable[[h5py.File], None]
) -> None:
    """Make an HDF5 file with `write`; it appears whole or not at all.

    In a group or file that the user has open it takes the place of a model or weights that are
    there; what else is in it stays.
    """
    if is_open(path):
        replace_model(path, hdf5_bytes(write))
        return
    check_free(path, overwrite)
    with atomic_write(path) as file:
        file.write(hdf5_bytes(write))


def replace_model(group: h5py.Group, content: bytes) -> None:
    """Put a model or weights into an open group in place of those in it.

    Raises:
        ValueError: something else in the group has a name that is needed.
    """
    import h5py

    layers = [name.split("/")[0] for name in read_names(group, "layer_names")]
    members = {*MODEL_MEMBERS, *layers} & set(group)
    attributes = [key for key in group.attrs if key.startswith(MODEL_ATTRIBUTES)]
    with h5py.File(io.BytesIO(content)) as file:
        if others := sorted(set(file) & set(group) - members):
            raise ValueError(
                f"{group.name} of the open file holds {', '.join(others)}, as layers of the model "
                "are called; write into a group of its own: file.create_group('model')."
            )
        for name in members:
            del group[name]
        for key in attributes:
            del group.attrs[key]
        for name in file:
            file.copy(name, group)
        group.attrs.update(file.attrs)


def hdf5_bytes(write: Callable[[h5py.File], None]) -> bytes:
    """An HDF5 file made in memory: the library does not survive a disk that fills up under it."""
    import h5py

    with h5py.File("in memory", "w", driver="core", backing_store=False) as file:
        write(file)
        file.flush()
        content: bytes = file.id.get_file_image()
    return content


def check_free(path: Filename, overwrite: bool) -> None:
    """Raise when there is a file that must not be replaced."""
    if not overwrite and Path(path).exists():
        raise FileExistsError(f"{path} exists; pass overwrite=True to replace it.")


def write_weights(model: Network, group: h5py.Group, version: Version = WHEREVER_POSSIBLE) -> None:
    """One group a layer, its weights inside under their names."""
    layers = model.flattened_layers if version.is_1 else model.layers
    require_groups([layer.name for layer in layers])
    write_names(group, "layer_names", [layer.name for layer in layers])
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = version.label.encode()
    for layer in layers:
        named = stored_weights(layer, version)
        of_layer = group.require_group(layer.name)
        write_names(of_layer, "weight_names", [name for name, _ in named])
        for name, array in named:
            of_layer.create_dataset(name, data=array)


def stored_weights(layer: Layer, version: Version) -> list[tuple[str, np.ndarray]]:
    """The weights of a layer with their names, as a version of Keras has them."""
    entries = stored_order(layer)
    arrays = [np.asarray(owner.variable(path)) for owner, path in entries]
    if version.is_1:
        return named_weights(entries, arrays)
    laid_out = [to_file(*entry, array) for entry, array in zip(entries, arrays, strict=True)]
    return list(zip(weight_names(entries), laid_out, strict=True))


def require_groups(names: Sequence[str]) -> None:
    """Raise ValueError for names that are one group in HDF5, where an empty part means nothing."""
    groups: dict[tuple[str, ...], str] = {}
    for name in names:
        first, *parts = name.split("/")  # where it is empty, the path begins at the file's root
        path = first, *(part for part in parts if part not in ("", "."))
        if groups.setdefault(path, name) != name:
            raise ValueError(
                f"The layers '{groups[path]}' and '{name}' have one name in an HDF5 file: rename "
                "one of them, or save the model as '.keras'."
            )


def weight_names(entries: Sequence[Entry]) -> list[str]:
    """A name in the file for each weight, as in 'dense_1/kernel:0'."""
    names: list[str] = []
    for owner, path in entries:
        stem = "/".join(scoped(owner, path[1:]))
        count = sum(name.split(":")[0].rsplit("~", 1)[0] == stem for name in names)
        names.append(f"{stem}~{count}:0" if count else f"{stem}:0")
    return names


def write_names(group: h5py.Group, key: str, names: Sequence[str]) -> None:
    """A list of names as an attribute, or several where it is too long for one."""
    encoded = np.array([name.encode() for name in names])
    if encoded.nbytes <= HEADER_LIMIT:
        group.attrs[key] = encoded
        return
    count = max(1, HEADER_LIMIT // encoded.itemsize)  # each name takes as much as the longest
    for i, start in enumerate(range(0, len(encoded), count)):
        group.attrs[f"{key}{i}"] = encoded[start : start + count]


def read_names(group: h5py.Group, key: str) -> list[str]:
    """The names that `write_names` wrote."""
    if key in group.attrs:
        return [text(name) for name in group.attrs[key]]
    names: list[str] = []
    for part in itertools.count():
        if f"{key}{part}" not in group.attrs:
            break
        names += [text(name) for name in group.attrs[f"{key}{part}"]]
    return names


def write_optimizer(model: Trainable, group: h5py.Group, version: Version) -> None:
    """What that Keras lists of the optimizer's state, for 2.0 by the weights' names.

    Numbers that it does not list are attributes.
    """
    optimizer = model.optimizer
    arrays: list[tuple[str, Listed]] = [*model.optimizer_arrays()]
    if version.is_2 and not in_its_own_order(optimizer):
        sorts = version.rank <= 20 and (version.strict or version.of_program)
        listed = listed_arrays(model, arrays, "2.0" if sorts else "2.2")
        for name in {name for name, _ in arrays} - {name for name, _ in listed}:
            group.attrs[name] = np.asarray(dict(arrays)[name])
        arrays = listed
        if sorts:
            arrays = sorted_slots(model, arrays, version)
    kind = type(optimizer).__name__
    names = [f"training/{kind}/{name}:0" for name, _ in arrays]
    write_names(group, "weight_names", names)
    for name, (_, value) in zip(names, arrays, strict=True):
        group.create_dataset(name, data=np.asarray(value))


@contextmanager
def opened(path: Filename | h5py.Group) -> Iterator[h5py.Group]:
    """A readable HDF5 file, whatever it is called, or the group that the user has open.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no HDF5 file.
    """
    if is_open(path):
        yield path
        return
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with ExitStack() as opening:
        try:
            file = opening.enter_context(open_hdf5(path))
        except PermissionError:
            raise
        except OSError as error:
            raise ValueError(
                f"{path} is neither an HDF5 file nor a '.keras' file, or it is damaged: {error}"
            ) from None
        yield file


def read_model(
    file: h5py.File,
    path: Filename,
    custom_objects: CustomObjects,
    compile: bool,
    safe_mode: bool,
) -> Any:
    """The model in an open file."""
    if "model_config" not in file.attrs:
        raise ValueError(
            f"{path} holds weights but no model: build the model and use load_weights."
        )
    config = json.loads(text(file.attrs["model_config"]))
    version, writer = (text(file.attrs.get(key, "")) for key in ("keras_version", "written_by"))
    marks = {"keras_version": version or "1", **({"written_by": writer} if writer else {})}
    model = model_from_config({**config, **marks}, custom_objects, safe_mode)
    assigned = assign(model, *read_stored(file["model_weights"]), path)
    if compile and "training_config" in file.attrs:
        settings = json.loads(text(file.attrs["training_config"]))
        compiled = compile_as_stored(
            model, settings, path, custom_objects, "" if writer == WRITER else version
        )
        if compiled and "optimizer_weights" in file:
            group = file["optimizer_weights"]
            names = without_scale(read_names(group, "weight_names"))
            first, last = unlisted(group)
            # Until Keras 2.1 weights were sorted by their names.
            by_name = version.startswith(("1.", "2.0."))
            order = order_by_name(model, assigned.names) if by_name else None
            arrays = [*first, *(group[name][()] for name in names), *last]
            if version.startswith("1."):
                arrays = slots_with_gates_together(model.trainable_paths(), arrays, order or ())
            layout = assigned.in_our_layout
            restore_optimizer(model, names, arrays, path, order, layout=layout)
    return model


def without_scale(names: list[str]) -> list[str]:
    """The names of an optimizer's arrays without those of a LossScaleOptimizer around it."""
    counters = [i for i, name in enumerate(names) if is_counter(name)]
    return names[counters[-1] :] if len(counters) > 1 else names


def listed_arrays(
    model: Trainable, arrays: Sequence[tuple[str, Listed]], keras: str
) -> list[tuple[str, Listed]]:
    """Of the named arrays of an optimizer those that this Keras lists, and zeros for others."""
    names = {id(value): name for name, value in arrays}
    shapes = [np.shape(owner.variable(path)) for owner, path in model.trainable_paths()]
    values = model.optimizer.listed([value for _, value in arrays], shapes, keras)
    return [(names.get(id(value), f"unused/{i}"), value) for i, value in enumerate(values)]


def unlisted(group: h5py.Group) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The numbers that we wrote beside what Keras lists: the number of updates, and the rest."""
    numbers = [name for name in group.attrs if not name.startswith("weight_names")]
    first = [np.asarray(group.attrs[name]) for name in numbers if name == "iterations"]
    return first, [np.asarray(group.attrs[name]) for name in numbers if name != "iterations"]


def sorted_slots(
    model: Trainable, arrays: Sequence[tuple[str, Listed]], version: Version
) -> list[tuple[str, Listed]]:
    """The listed arrays of an optimizer, those of each slot in the order of the weights' names."""
    order, count = order_by_name(model, weight_names_of(model)), len(model.trainable_paths())
    if not order or len(order) != len(model.trained_paths()):
        return list(arrays)
    first = 1 if model.optimizer.lists_count else 0
    last = first + (len(arrays) - first) // count * count
    slots = [arrays[at : at + count] for at in range(first, last, count)]
    middle: list[tuple[str, Listed]]
    if version.is_1:
        middle = [named for slot in slots for named in slot_of_1(model.trainable_paths(), slot)]
    else:
        middle = [slot[i] for slot in slots for i in order]
    return [*arrays[:first], *middle, *arrays[last:]]


def weight_names_of(model: Network) -> dict[Key, str]:
    """The name in the file of each weight of a model."""
    names: dict[Key, str] = {}
    for layer in model.layers:
        entries = stored_order(layer)
        keys = [(id(owner), path) for owner, path in entries]
        names |= dict(zip(keys, weight_names(entries), strict=True))
    return names


def order_by_name(model: Trainable, file_names: dict[Key, str]) -> list[int]:
    """The trained weights, by number, in the order of their names in the file."""
    names = [file_names.get((id(owner), path), "") for owner, path in model.trainable_paths()]
    return sorted(range(len(names)), key=names.__getitem__)


def read_weights(model: Network, file: h5py.File, path: Filename, matching: Matching) -> None:
    """Check all arrays of a file with weights or a model, then put them in: all or none."""
    assign(model, *read_stored(file.get("model_weights", file)), path, matching)


def read_stored(group: h5py.Group) -> tuple[list[Stored], Origin]:
    """The arrays of each layer in a file, and where they come from."""
    version, backend = (text(group.attrs.get(key, "")) for key in ("keras_version", "backend"))
    if "nb_layers" in group.attrs:  # before Keras 1.0
        numbers = range(int(group.attrs["nb_layers"]))
        stored = [numbered_layer(group[f"layer_{k}"], f"layer_{k}") for k in numbers]
        return stored, Origin(1, backend, True)
    stored = []
    for name in read_names(group, "layer_names"):
        names = read_names(group[name], "weight_names")
        stored.append(Stored(name, names, [stored_array(group[name], weight) for weight in names]))
    if not backend and any(weight.endswith(":0") for s in stored for weight in s.names):
        backend = "tensorflow"  # which alone numbers what an operation makes
    newer = version or any(
        ":" in weight or "/" in weight for s in stored for weight in s.names if "kernel" in weight
    )
    return stored, Origin(era_of(version) if newer else 1, backend)


def numbered_layer(group: h5py.Group, name: str) -> Stored:
    """The arrays of a layer in a file of before Keras 1.0, which numbers them."""
    count = int(group.attrs["nb_params"]) if "nb_params" in group.attrs else len(group)
    names = [f"param_{j}" for j in range(count)]
    return Stored(name, names, [group[weight][()] for weight in names])


def stored_array(group: h5py.Group, name: str) -> np.ndarray:
    """A layer's weight by the name that its group lists.

    'conv1/kernel:0' lies there, or in some files 'kernel:0'.
    """
    array: np.ndarray = group[name if name in group else name.rsplit("/", 1)[-1]][()]
    return array


def text(value: object) -> str:
    """An HDF5 string, which may come as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)
