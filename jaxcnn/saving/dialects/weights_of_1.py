"""Weights of a layer under the names and in the layout of Keras 1 with TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.gates import GATES_OF_KERAS_1, apart, runs, with_gates_together
from jaxcnn.optimizers.base import Listed
from jaxcnn.runtime.types import Path
from jaxcnn.saving.dialects.old_weights import is_kernel
from jaxcnn.saving.types import Entry, Network
from jaxcnn.spellings.dialect import DIALECTS


def named_weights(
    entries: Sequence[Entry], arrays: Sequence[np.ndarray]
) -> list[tuple[str, np.ndarray]]:
    """Each array of a layer with its name, those of gates apart.

    Args:
        entries: the weights in their order.
        arrays: theirs, in our layout.
    """
    named: list[tuple[str, np.ndarray]] = []
    for at, count, gates in runs(entries):
        owners = [name_of(*entry) for entry in entries[at : at + count]]
        run = list(arrays[at : at + count])
        if gates:
            owners = [
                name.replace(":0", f"_{gate}:0")
                for gate in GATES_OF_KERAS_1[gates]
                for name in owners
            ]
            run = apart(gates, run)
        paths = [path for _, path in entries[at : at + count]] * max(len(gates), 1)
        for name, path, array in zip(owners, paths, run, strict=True):
            named.append((name, kernel_of_1(entries[at][0], path, array)))
    return named


def groups_of_1(model: Network) -> list[Layer]:
    """The layers that have a group in a file: of a stack that begins with merged models, theirs."""
    layers = list(model.layers)
    parts = getattr(layers[0], "parts", ()) if layers else ()
    first = [layer for part in parts for layer in (groups_of_1(part) if part.children else [part])]
    return [*first, *layers[1:]] if parts else layers


def slot_of_1(
    entries: Sequence[Entry], slot: Sequence[tuple[str, Listed]]
) -> list[tuple[str, np.ndarray]]:
    """The arrays of an optimizer for these weights, with their names, as Keras 1 sorted them."""
    named = named_weights(entries, [np.asarray(value) for _, value in slot])
    label = slot[0][0]
    in_order = sorted(named, key=lambda pair: pair[0])
    return [(f"{label}/{name.removesuffix(':0')}", array) for name, array in in_order]


def slots_with_gates_together(
    entries: Sequence[Entry], arrays: Sequence[np.ndarray], order: Sequence[int]
) -> list[np.ndarray]:
    """The arrays of an optimizer in a file of Keras 1, with one for each weight where it has gates.

    Those of another number are left as they are.

    Args:
        entries: the weights.
        arrays: sorted by the names of weights within each slot.
        order: the weights as sorted by their names, for the result.
    """
    shapes = named_weights(entries, [np.asarray(owner.variable(path)) for owner, path in entries])
    head = int(bool(arrays) and np.ndim(arrays[0]) == 0)
    count = len(shapes)
    if count == len(entries) or len(order) != len(entries) or (len(arrays) - head) % count:
        return list(arrays)
    by_name = sorted(range(count), key=lambda i: shapes[i][0])
    result = list(arrays[:head])
    for start in range(head, len(arrays), count):
        listed = dict(zip(by_name, arrays[start : start + count], strict=True))
        whole = with_gates_together(entries, [listed[i] for i in range(count)])
        result += [whole[i] for i in order]
    return result


def name_of(owner: Layer, path: Path) -> str:
    """The name of a weight: 'dense_1_W:0'."""
    return DIALECTS["1.2"].weight_name(owner.name, path[1:])


def kernel_of_1(owner: Layer, path: Path, array: np.ndarray) -> np.ndarray:
    """A kernel of ours as Keras 1 laid it out; any other weight as it is.

    It computed convolutions of sequences as those of images, and with channels first it had the
    filters of a kernel in front.
    """
    if not is_kernel(owner, path):
        return array
    if array.ndim == 3:
        return array[:, None]
    if owner.traits.kernel == "out-in":
        array = np.swapaxes(array, -2, -1)
    if getattr(owner, "data_format", None) == "channels_first":
        array = np.moveaxis(array, (-2, -1), (1, 0))
    return array
