"""The weights of layers as Keras 1 listed them: three arrays for each gate of a recurrent layer,
and kernels in its layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from jaxcnn.layers.old_kernels import kernel_from_1, kernel_of_1
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.runtime.types import Path
from jaxcnn.spellings.dialect import GATES_OF_1

PARTS = 3  # kernel, recurrent kernel, bias

Entries = Sequence[tuple[WeightOwner, Path]]


def together(gates: str, arrays: Sequence[np.ndarray], axis: int = -1) -> list[np.ndarray]:
    """Kernel, recurrent kernel and bias of all gates, out of those of each."""
    starts = [PARTS * GATES_OF_1[gates].index(gate) for gate in gates]
    return [np.concatenate([arrays[at + part] for at in starts], axis) for part in range(PARTS)]


def apart(gates: str, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Kernel, recurrent kernel and bias of each gate, out of those of all."""
    pieces = [np.split(array, len(gates), axis=-1) for array in arrays]
    return [part[gates.index(gate)] for gate in GATES_OF_1[gates] for part in pieces]


def with_gates_apart(
    entries: Entries, arrays: Sequence[np.ndarray]
) -> list[tuple[WeightOwner, Path, str, np.ndarray]]:
    """(layer, path, gate or nothing, array) of the arrays of the weights, those of gates apart."""
    listed: list[tuple[WeightOwner, Path, str, np.ndarray]] = []
    for at, count, gates in runs(entries):
        run, of_run = entries[at : at + count], arrays[at : at + count]
        labels = GATES_OF_1[gates] if gates else [""]
        named = [(*entry, gate) for gate in labels for entry in run]
        pieces = apart(gates, of_run) if gates else of_run
        listed += [(*name, piece) for name, piece in zip(named, pieces, strict=True)]
    return listed


def with_gates_together(entries: Entries, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The arrays as we list the weights, out of those with gates apart; a list of another length as
    it is.
    """
    expected = [(count, gates) for _, count, gates in runs(entries)]
    if len(arrays) != sum(count * max(len(gates), 1) for count, gates in expected):
        return list(arrays)
    listed: list[np.ndarray] = []
    rest = list(arrays)
    for count, gates in expected:
        size = count * max(len(gates), 1)
        run, rest = rest[:size], rest[size:]
        listed += together(gates, run) if gates else run
    return listed


def to_list_of_keras_1(entries: Entries, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The arrays of the weights as a program for Keras 1 lists them."""
    return [
        kernel_of_1(owner, path, array)
        for (owner, path), array in zip(entries, arrays, strict=True)
    ]


def from_list_of_keras_1(entries: Entries, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The inverse of `to_list_of_keras_1`; arrays of another number or shape are left as they
    are.
    """
    if len(arrays) != len(entries):
        return list(arrays)
    return [
        kernel_from_1(owner, path, array, owner.weights_store.spec(path).shape)
        for (owner, path), array in zip(entries, arrays, strict=True)
    ]


def runs(entries: Entries) -> Iterator[tuple[int, int, str]]:
    """(first entry, number of entries, gates) of each recurrent layer with its gates apart, and of
    each other weight.
    """
    at = 0
    while at < len(entries):
        gates = gates_apart(entries[at][0])
        whole = gates and [owner for owner, _ in entries[at : at + PARTS]] == PARTS * [
            entries[at][0]
        ]
        count = PARTS if whole else 1
        yield at, count, gates if whole else ""
        at += count


def gates_apart(owner: WeightOwner) -> str:
    """The gates of a layer that has an array for each in Keras 1, and here one for all; else
    nothing.
    """
    gates: str = owner.traits.gates
    whole = getattr(owner, "implementation", 0) == 2 or has_gates_apart(owner)
    return "" if whole else gates


def has_gates_apart(owner: WeightOwner) -> bool:
    """Whether a layer has weights for each gate, as in programs for Keras 1."""
    gates = owner.traits.gates
    paths = owner.weights_store.paths(params=True)
    return bool(gates) and any(path[-1] == f"kernel_{gates[0]}" for path in paths)
