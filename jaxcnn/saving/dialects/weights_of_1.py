"""Weights of a layer under the names and in the layout of Keras 1 with TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.layers.gates import with_gates_apart, with_gates_together
from jaxcnn.layers.old_kernels import kernel_of_1
from jaxcnn.layers.weights import WeightOwner
from jaxcnn.optimizers.base import Listed
from jaxcnn.runtime.types import Path
from jaxcnn.saving.types import Entry
from jaxcnn.spellings.dialect import DIALECTS


def named_weights(
    entries: Sequence[Entry], arrays: Sequence[np.ndarray]
) -> list[tuple[str, np.ndarray]]:
    """Each array of a layer with its name, those of gates apart.

    Args:
        entries: the weights in their order.
        arrays: theirs, in our layout.
    """
    return [
        (
            name_of(owner, path).replace(":0", f"_{gate}:0" if gate else ":0"),
            kernel_of_1(owner, path, array),
        )
        for owner, path, gate, array in with_gates_apart(entries, arrays)
    ]


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


def name_of(owner: WeightOwner, path: Path) -> str:
    """The name of a weight: 'dense_1_W:0'."""
    return DIALECTS["1.2"].weight_name(owner.name, path[1:])
