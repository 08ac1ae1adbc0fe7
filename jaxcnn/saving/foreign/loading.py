"""Weights of other frameworks into a model: by order or by name, all of them or none."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.weights import put
from jaxcnn.runtime.warn import warn_user
from jaxcnn.saving.assignment import Matching, Mismatch, Stored, assign, direct_weights, paired
from jaxcnn.saving.dialects.old_weights import Origin, flattened_rows
from jaxcnn.saving.foreign.convert import fit_modules, modules_needed, not_in_files
from jaxcnn.saving.foreign.modules import (
    Module,
    Report,
    Weights,
    interchangeable,
    names_of,
    state_modules,
)
from jaxcnn.saving.foreign.onnx_graph import is_onnx, read_onnx
from jaxcnn.saving.foreign.safetensors import is_safetensors, safetensors_weights
from jaxcnn.saving.foreign.tfjs import model_file, read_tfjs
from jaxcnn.saving.foreign.torch_files import MAGIC, pickle_of, read_old_torch, read_torch
from jaxcnn.saving.types import Entry, Filename, Network, is_network
from jaxcnn.spellings.hints import closest

# Our names of layers -> names of modules in the file: one, or as many as the layer needs.
Mapped: TypeAlias = Mapping[str, str | Sequence[str]]
Pairs: TypeAlias = list[tuple["Slot", list[Module]]]


@dataclass(frozen=True)
class Slot:
    """A layer with its parts that hold weights; most are their only part."""

    layer: Layer
    parts: tuple[Layer, ...]

    @property
    def count(self) -> int:
        """How many modules it takes."""
        return sum(map(modules_needed, self.parts))


def read_foreign(path: Path) -> Weights | list[Stored] | None:
    """The content of a file of another framework; None for other files.

    Raises:
        ValueError: it is damaged or holds what is not read.
    """
    if (described := model_file(path)) is not None:
        return read_tfjs(described)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if pickle_of(archive) is None:
                return None
            return Weights("PyTorch", state_modules(read_torch(archive, path)))
    if start == MAGIC:
        return Weights("PyTorch", state_modules(read_old_torch(path)))
    if is_safetensors(start, path.stat().st_size):
        return safetensors_weights(path)
    return read_onnx(path) if is_onnx(start) else None


def load_foreign(
    model: Network,
    content: Weights | list[Stored],
    source: Filename,
    matching: Matching,
    mapping: Mapped | None,
) -> Report:
    """Put what `read_foreign` returned into a model: all of it or none.

    Raises:
        ValueError: layers, names or shapes that do not fit; the message says which.
    """
    if isinstance(content, list):
        if mapping:
            content = renamed(content, mapping, source)
            matching = Matching(True, matching.skip_mismatch)
        return load_stored(model, content, source, matching)
    slots = list(all_slots(model))
    pairs = pairs_of(slots, content.modules, source, matching.by_name, mapping or {})
    if content.alphabetical and not matching.by_name:
        in_order = [m for slot, ms in pairs if slot.layer.name not in (mapping or {}) for m in ms]
        if alike := interchangeable(in_order):
            raise ValueError(
                f"{source} has its modules by name and not in their order, and '{alike[0]}' and "
                f"'{alike[1]}' have the same shapes: say mapping={{layer: module}} for them."
            )
    images = flattened_rows(model) if content.flattened_channels_first else {}
    values: list[tuple[Entry, np.ndarray]] = []
    matched = []
    for slot, modules in pairs:
        rest = list(modules)
        fitted: list[tuple[Entry, np.ndarray]] = []
        try:
            for part in slot.parts:
                taken = [rest.pop(0) for _ in range(modules_needed(part))]
                fitted += fit_modules(part, taken, images.get(id(part)))
        except Mismatch as error:
            matching.refuse(f"{source}: layer '{slot.layer.name}' {error}")
            continue
        values += fitted
        matched.append((slot, modules))
    put(values)
    layers = [slot.layer for slot, _ in matched]
    parts = [part for slot, _ in matched for part in slot.parts]
    if differing := not_in_files(parts):
        warn_user(
            f"{source} does not say it, but PyTorch computes otherwise by default: "
            f"{'; '.join(differing)}. Build the layers as that network was."
        )
    used = {name for _, modules in matched for name in names_of(modules)}
    return Report(
        str(source),
        content.framework,
        tuple((slot.layer.name, names_of(modules)) for slot, modules in matched),
        tuple(slot.layer.name for slot in slots if slot.layer not in layers),
        tuple(name for name in names_of(content.modules) if name not in used),
    )


def load_stored(
    model: Network, stored: list[Stored], source: Filename, matching: Matching
) -> Report:
    """Put layers in the layout of Keras 2 into a model."""
    assign(model, stored, Origin(2, "tensorflow"), source, matching)
    pairs = paired(model, stored, source, matching.by_name)
    matched = tuple((layer.name, tuple(s.names)) for layer, s in pairs)
    taken = {id(layer) for layer, _ in pairs}
    used = {id(s) for _, s in pairs}
    return Report(
        str(source),
        "TensorFlow.js",
        matched,
        tuple(x.name for x in model.layers if x.weight_paths() and id(x) not in taken),
        tuple(name for s in stored if id(s) not in used for name in s.names),
    )


def renamed(stored: list[Stored], mapping: Mapped, source: Filename) -> list[Stored]:
    """Layers of a file under our names."""
    by_name = {s.name: s for s in stored}
    for theirs in mapping.values():
        if not isinstance(theirs, str) or theirs not in by_name:
            raise ValueError(unknown(source, theirs, list(by_name)))
    return [
        Stored(ours, by_name[str(theirs)].names, by_name[str(theirs)].arrays)
        for ours, theirs in mapping.items()
    ] + [s for s in stored if s.name not in mapping and s.name not in mapping.values()]


def all_slots(model: Network) -> Iterator[Slot]:
    """The layers with weights of a model and of the models inside it, in order."""
    for layer in model.layers:
        if is_network(layer):
            yield from all_slots(layer)
        elif parts := tuple(holders(layer)):
            yield Slot(layer, parts)


def holders(layer: Layer) -> Iterator[Layer]:
    """A layer, or those inside it, that hold weights themselves."""
    if direct_weights(layer):
        yield layer
    for child in layer.children.values():
        yield from holders(child)


def pairs_of(
    slots: Sequence[Slot],
    modules: Sequence[Module],
    source: Filename,
    by_name: bool,
    mapping: Mapped,
) -> Pairs:
    """Which layer takes which modules.

    Raises:
        ValueError: names that are not there, or more or fewer modules than the layers need.
    """
    named = {module.name: module for module in modules}
    layers = {slot.layer.name: slot for slot in slots}
    pairs: Pairs = []
    for name, theirs in mapping.items():
        wanted_modules = [theirs] if isinstance(theirs, str) else list(theirs)
        if name not in layers:
            raise ValueError(
                f"mapping: model has no layer '{name}' with weights.{closest(name, list(layers))}"
            )
        for module_name in wanted_modules:
            if module_name not in named:
                raise ValueError(unknown(source, module_name, list(named)))
        if len(wanted_modules) != layers[name].count:
            raise ValueError(
                f"mapping: layer '{name}' takes {layers[name].count} modules of the file, given "
                f"{len(wanted_modules)}."
            )
        pairs.append((layers[name], [named[module_name] for module_name in wanted_modules]))
    taken = {module.name for _, given in pairs for module in given}
    rest = [slot for slot in slots if slot.layer.name not in mapping]
    if by_name:
        return pairs + [
            (slot, [named[slot.layer.name]])
            for slot in rest
            if slot.layer.name in named and slot.count == 1
        ]
    free = [module for module in modules if module.name not in taken]
    needed = sum(slot.count for slot in rest)
    if needed != len(free):
        raise ValueError(
            f"{source} holds {len(free)} modules with weights ("
            f"{', '.join(module.name for module in free)}); the layers "
            f"({', '.join(slot.layer.name for slot in rest)}) take {needed}. With by='name' and "
            "mapping={layer: module} only those are loaded."
        )
    for slot in rest:
        pairs.append((slot, free[: slot.count]))
        free = free[slot.count :]
    return pairs


def unknown(source: Filename, name: object, known: Sequence[str]) -> str:
    """That a file has nothing of a name."""
    return f"mapping: {source} has no module {name!r}.{closest(str(name), list(known))}"
