"""What the arrays of a training state are, without the names that layers were given by number.

A model that is built twice in one process has other automatic names (`dense_1`, `dense_3`), and is
the same model. So an array is known by the number of its weight in the order of the layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

import jax
from jax.tree_util import KeyPath

from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import Path
from jaxcnn.training.program import Program
from jaxcnn.training.state import TrainState
from jaxcnn.training.trainable import Trainable, whole_network


def words(path: KeyPath) -> Path:
    """The keys, names and numbers along a path of a tree."""
    return tuple(str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", k)))) for k in path)


@dataclass(frozen=True)
class Structure:
    """A model and its compiled step, as a checkpoint knows them; JSON-like.

    Attributes:
        weights: the paths of all weights in the order of the layers.
        shapes: of each of them, with its dtype.
        names: of the loss and the metrics.
    """

    weights: list[list[str]]
    shapes: list[str]
    names: list[str]

    @classmethod
    def of(cls, model: Trainable, program: Program) -> Structure:
        """The structure of a compiled model."""
        assert program.functions is not None
        weights: dict[Path, str] = {}
        for _, spec, path in whole_network(model, program).placed_weights():
            weights.setdefault(path, described(spec))
        names = program.functions.objective.names
        return cls([list(path) for path in weights], list(weights.values()), list(names))

    def labels(self, state: TrainState) -> list[str]:
        """What each array of a state is, in the order of its leaves."""
        numbers = {tuple(path): str(i) for i, path in enumerate(self.weights)}
        reported = {name: str(i) for i, name in enumerate(self.names)}
        return [
            "/".join(numbered(words(path), numbers, reported))
            for path, _ in jax.tree_util.tree_flatten_with_path(state)[0]
        ]

    def layout(self, state: TrainState) -> dict[str, str]:
        """Label -> dtype and shape of every array of a state."""
        arrays = jax.tree.leaves(state)
        return dict(zip(self.labels(state), map(described, arrays), strict=True))

    def layers(self) -> list[tuple[str, str]]:
        """(name, its weights in words) of each layer that has weights."""
        entries = [
            (path[:-1], path[-1], s) for path, s in zip(self.weights, self.shapes, strict=True)
        ]
        return [
            ("/".join(name), ", ".join(f"{label} {shape}" for _, label, shape in group))
            for name, group in groupby(entries, key=lambda entry: entry[0])
        ]


def described(array: jax.Array | WeightSpec) -> str:
    """The dtype and shape of an array in words."""
    return f"{jax.numpy.dtype(array.dtype)}{list(array.shape)}"


def numbered(path: Path, numbers: dict[Path, str], reported: dict[str, str]) -> Path:
    """A path with a weight's number in place of its path, and a metric's in place of its name."""
    if path[0] == "metrics":
        return (path[0], reported.get(path[1], path[1]), *path[2:])
    for start in range(1, len(path)):
        if number := numbers.get(path[start:]):
            return (*path[:start], number, path[-1])
    return path


def difference(
    saved: Structure, layout: dict[str, str], here: Structure, expected: dict[str, str]
) -> str | None:
    """Where a saved state differs from the one that is expected, layer by layer, or None."""
    if layout == expected:
        return None
    theirs, ours = saved.layers(), here.layers()
    matcher = SequenceMatcher(
        None, [weights for _, weights in theirs], [weights for _, weights in ours], autojunk=False
    )
    lines = []
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind != "equal":
            lines += [f"saved: {name}: {weights}" for name, weights in theirs[first:last]]
            lines += [f"here:  {name}: {weights}" for name, weights in ours[begin:end]]
    if not lines:
        lines = [
            f"{label}: saved {layout.get(label, 'nothing')}, here {expected.get(label, 'nothing')}"
            for label in sorted({*layout, *expected})
            if layout.get(label) != expected.get(label)
        ]
    more = [f"and {len(lines) - 20} lines more"] if len(lines) > 20 else []
    return "\n".join(f"  {line}" for line in [*lines[:20], *more])
