"""The arrays of optimizers in files: each Keras orders them differently."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from jaxcnn.optimizers import SGD, Nadam, OptaxTransformation
from jaxcnn.optimizers.base import Optimizer
from jaxcnn.saving.types import Entry, Filename, Trainable

# (a weight, an array of a file for it) -> the array in the layout of the weight
Layout: TypeAlias = Callable[[Entry, np.ndarray], np.ndarray]


def restore_optimizer(
    model: Trainable,
    names: Sequence[str],
    arrays: Sequence[np.ndarray],
    source: Filename,
    order: Sequence[int] | None = None,
    *,
    layout: Layout | None = None,
) -> None:
    """Put the state of a file into a compiled model's optimizer; one that does not fit is left out.

    Args:
        model: compiled.
        names, arrays: as they are in the file.
        source: the file, for the warning.
        order: which of the trained weights the arrays of a slot are for, where that is not one
            after another.
        layout: brings an array of a slot for a weight into the layout of that; None where the file
            has it.
    """
    if not arrays:
        return
    optimizer, weights = model.optimizer, len(model.trained_paths())
    if in_its_own_order(optimizer):
        values = list(arrays)
    elif is_keras3(names):
        if len(arrays) <= 2 and not int(arrays[0]):  # saved before the first update
            return
        values = from_keras3(optimizer, arrays, weights)
    else:
        values = counted(arrays)
    if not optimizer.by_hand:
        values = optimizer.remembered(values, weights)
    if rests(optimizer) and len(values) == 1 and optimizer.slots:
        values += velocities(model)
    slots = len(optimizer.slots)
    if order is not None and len(values) > slots * weights == slots * len(order):
        for slot in range(slots):
            start = 1 + slot * weights
            as_sorted = values[start : start + weights]
            for weight, value in zip(order, as_sorted, strict=True):
                if layout is not None:
                    value = layout(model.trainable_paths()[weight], value)
                values[start + weight] = value
    try:
        model.set_optimizer_arrays(values)
    except ValueError as error:
        warnings.warn(
            f"{source}: the state of the optimizer {type(optimizer).__name__} does not fit, so "
            f"training will begin with a new one. {error}",
            UserWarning,
            stacklevel=4,
        )


def is_keras3(names: Sequence[str]) -> bool:
    """Whether the order is that of Keras 3 (and of 2 since 2.11), where the counter comes first."""
    return is_counter(names[0])


def is_counter(name: str) -> bool:
    """Whether an array of this name counts updates, since Keras 2.11."""
    return name.split(":")[0].rsplit("/", 1)[-1] == "iteration"


def counted(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Arrays of Keras 2 with the number of updates first, which some optimizers did not count."""
    return list(arrays) if np.ndim(arrays[0]) == 0 else [np.zeros(()), *arrays]


def from_keras3(
    optimizer: Optimizer, arrays: Sequence[np.ndarray], weights: int
) -> list[np.ndarray]:
    """Slot by slot instead of weight by weight, and the learning rate put into force."""
    count, *rest = arrays
    together = slots_together(optimizer)
    slots_then = 0 if rests(optimizer) else len(optimizer.slots)
    if len(rest) == 1 + weights * slots_then + isinstance(optimizer, Nadam):
        rate = float(rest.pop(0))
        if not callable(optimizer.lr):
            optimizer.lr = rate
    slots = [rest[slot : weights * together : together] for slot in range(together)]
    return [count, *(v for slot in slots for v in slot), *rest[weights * together :]]


def to_keras3_arrays(
    optimizer: Optimizer, values: Sequence[np.ndarray], weights: int
) -> list[np.ndarray]:
    """The inverse of `from_keras3`."""
    if in_its_own_order(optimizer):
        return list(values)
    count, *rest = values
    if rests(optimizer):
        rest = rest[weights * len(optimizer.slots) :]
    together = slots_together(optimizer)
    pairs = [rest[slot * weights + i] for i in range(weights) for slot in range(together)]
    rate = (
        [] if optimizer.decay or callable(optimizer.lr) else [np.asarray(optimizer.lr, np.float32)]
    )
    return [np.asarray(count), *rate, *pairs, *rest[weights * together :]]


def in_its_own_order(optimizer: Optimizer) -> bool:
    """Whether the state is one that no Keras knows, in an order of its own."""
    return optimizer.by_hand or isinstance(optimizer, OptaxTransformation)


def slots_together(optimizer: Optimizer) -> int:
    """How many slots Keras 3 stores together weight by weight; the others follow."""
    return 0 if rests(optimizer) else min(len(optimizer.slots), 2)


def velocities(model: Trainable) -> list[np.ndarray]:
    """Zeros of the shapes of the weights that are trained."""
    shapes = (owner.variable(path).shape for owner, path in model.trainable_paths())
    return [np.zeros(shape, np.float32) for shape in shapes]


def rests(optimizer: Optimizer) -> bool:
    """Whether there is no momentum, and so no velocity in Keras 3, which older ones keep."""
    return isinstance(optimizer, SGD) and not optimizer.momentum
