"""What files of other frameworks hold: modules with arrays, in the names and layouts of PyTorch."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

UNUSED = "num_batches_tracked"  # what PyTorch counts beside the statistics of a batch


@dataclass
class Module:
    """The arrays of one layer.

    Attributes:
        name: in the file.
        arrays: by the names of PyTorch: 'weight', 'bias', 'running_mean', 'weight_ih', ...
        sources: the names of the arrays in the file.
        reset_after: whether a GRU resets after the recurrent product, as PyTorch does.
    """

    name: str
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    reset_after: bool = True

    def add(self, role: str, array: np.ndarray, source: str) -> None:
        """Take an array in."""
        self.arrays[role] = array
        self.sources.append(source)


@dataclass(frozen=True)
class Weights:
    """The content of a file.

    Attributes:
        framework: who wrote it.
        modules: in the order of the file.
        flattened_channels_first: whether images were flattened with their channels in front.
        alphabetical: whether the file has them by name, and says nothing of their order.
    """

    framework: str
    modules: list[Module]
    flattened_channels_first: bool = True
    alphabetical: bool = False


@dataclass(frozen=True)
class Report:
    """What of a file went where.

    Attributes:
        source: the file.
        framework: who wrote it.
        matched: (layer, the arrays in the file that it took).
        left: layers with weights that stayed as they were.
        unused: arrays of the file that no layer took.
    """

    source: str
    framework: str
    matched: tuple[tuple[str, tuple[str, ...]], ...]
    left: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.source} ({self.framework}): {len(self.matched)} layers took weights"]
        lines += [f"  {layer} <- {', '.join(names)}" for layer, names in self.matched]
        lines += [f"  {layer} stayed as it was" for layer in self.left]
        lines += [f"  {name} was not used" for name in self.unused]
        return "\n".join(lines)


def state_modules(state: Mapping[str, np.ndarray]) -> list[Module]:
    """The arrays of a PyTorch state_dict by their modules.

    Each layer and direction of a recurrent module is a module here: 'lstm.0', 'lstm.0.reverse'.
    """
    modules: dict[str, Module] = {}
    for name, array in state.items():
        stem, _, role = name.rpartition(".")
        if role == UNUSED:
            continue
        role, level, reverse = recurrent_role(role)
        stem = ".".join(filter(None, (stem, level, "reverse" if reverse else "")))
        modules.setdefault(stem, Module(stem)).add(role, array, name)
    return list(modules.values())


def counted_name(name: str) -> list[tuple[int, str]]:
    """The parts of a name, by which 'layers.2' comes before 'layers.10'."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if i % 2 else (-1, part) for i, part in enumerate(parts)]


def interchangeable(modules: Sequence[Module]) -> tuple[str, str] | None:
    """Two modules that only their order could tell apart, where no number in their names does."""
    for one, other in itertools.combinations(modules, 2):
        shapes = [sorted((role, a.shape) for role, a in m.arrays.items()) for m in (one, other)]
        names = itertools.zip_longest(counted_name(one.name), counted_name(other.name))
        first, second = next(((a, b) for a, b in names if a != b), (None, None))
        numbered = first is not None and second is not None and not first[1] and not second[1]
        if shapes[0] == shapes[1] and not numbered:
            return one.name, other.name
    return None


def recurrent_role(role: str) -> tuple[str, str, bool]:
    """'weight_ih_l0_reverse' as ('weight_ih', '0', True); other roles as they are."""
    stem, separator, rest = role.partition("_l")
    level = rest.removesuffix("_reverse")
    if not separator or not level.isdigit():
        return role, "", False
    return stem, level, rest.endswith("_reverse")


def names_of(modules: Iterable[Module]) -> tuple[str, ...]:
    """The names in the file of the arrays of modules."""
    return tuple(name for module in modules for name in module.sources)
