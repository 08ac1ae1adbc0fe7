"""The arrays of optimizers in files: each version of Keras stores the same ones in its own order."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxcnn.optimizers import SGD, Adam, Nadam


def restore_optimizer(
    model: Any,
    names: Sequence[str],
    arrays: Sequence[np.ndarray],
    source: Any,
    order: Sequence[int] | None = None,
) -> None:
    """Give a compiled model the optimizer state of a file; a state that does not fit is left out,
    with a warning.

    Args:
        model: compiled.
        names, arrays: as they are in the file.
        source: the file, for messages.
        order: which of the trained weights the arrays of a slot are for, where that is not one
            after another.
    """
    if not arrays:
        return
    optimizer, weights = model.optimizer, len(model.trained_paths())
    values = list(arrays)
    if is_keras3(names):
        values = from_keras3(optimizer, values, weights)
    elif np.ndim(values[0]):
        values.insert(0, np.zeros(()))  # some optimizers of Keras 2 did not count their updates
    slots = len(optimizer.slots)
    if isinstance(optimizer, SGD):
        values = values[
            : 1 + slots * weights
        ]  # without momentum, too, Keras 2 stored the velocities, all 0
    if type(optimizer) is Adam and all(v.shape == (1,) for v in values[1 + slots * weights :]):
        values = values[: 1 + slots * weights]  # Keras 2.1 and 2.2 kept places for amsgrad
    if isinstance(optimizer, Nadam) and len(values) == 1 + slots * weights:
        values.append(momentum_schedule(optimizer, int(values[0])))
    if order is not None and len(values) > slots * weights == slots * len(order):
        for slot in range(slots):
            start = 1 + slot * weights
            sorted_values = values[start : start + weights]
            for weight, value in zip(order, sorted_values, strict=True):
                values[start + weight] = value
    try:
        model.set_optimizer_arrays(values)
    except ValueError as error:
        warnings.warn(
            f"{source}: the state of the optimizer {type(optimizer).__name__} does not fit, so "
            "training will begin "
            f"with a new one. {error}",
            UserWarning,
            stacklevel=4,
        )


def is_keras3(names: Sequence[str]) -> bool:
    """Whether the arrays are in the order of Keras 3 (and of 2 since 2.11), where the counter is
    called so.
    """
    return names[0].split(":")[0].rsplit("/", 1)[-1] == "iteration"


def from_keras3(optimizer: Any, values: list[np.ndarray], weights: int) -> list[np.ndarray]:
    """Slot by slot instead of weight by weight, and the learning rate put into force."""
    count, rest = values[0], values[1:]
    pairs, _ = layout(optimizer)
    if len(rest) == 1 + weights * len(optimizer.slots) + isinstance(optimizer, Nadam):
        rate = float(rest.pop(0))
        if not callable(optimizer.lr):
            optimizer.lr = rate
    grouped = [rest[i : weights * pairs : pairs] for i in range(pairs)]
    return [count, *(v for group in grouped for v in group), *rest[weights * pairs :]]


def to_keras3_arrays(
    optimizer: Any, values: Sequence[np.ndarray], weights: int
) -> list[np.ndarray]:
    """The inverse of `from_keras3`."""
    pairs, _ = layout(optimizer)
    rest = list(values[1:])
    together = [rest[slot * weights + i] for i in range(weights) for slot in range(pairs)]
    rate = [] if optimizer.decay else [np.asarray(optimizer.lr, np.float32)]
    return [np.asarray(values[0]), *rate, *together, *rest[weights * pairs :]]


def layout(optimizer: Any) -> tuple[int, int]:
    """(slots that Keras 3 stores together weight by weight, slots that it stores after these)."""
    slots = len(optimizer.slots)
    return (2, slots - 2) if slots > 2 else (slots, 0)


def momentum_schedule(optimizer: Nadam, count: int) -> np.ndarray:
    """Nadam's product of momenta after a number of updates, which Keras 2 does not store."""
    product = np.float32(1)
    for t in range(1, count + 1):
        product *= np.float32(
            optimizer.beta_1 * (1.0 - 0.5 * 0.96 ** (t * optimizer.schedule_decay))
        )
    return np.asarray(product)
