"""The optimizer's state as a list of arrays, in the order in which Keras files store them."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.optimizers.base import OptimizerState
from jaxcnn.runtime.types import ArrayLike, Path
from jaxcnn.training import by_hand
from jaxcnn.training.compile import require_objective
from jaxcnn.training.state import split
from jaxcnn.training.structure import words
from jaxcnn.training.trainable import Trainable


def named_arrays(opt_state: OptimizerState, order: Sequence[Path]) -> list[tuple[str, jax.Array]]:
    """(name, array) of all that an optimizer remembers: the count, slot by slot the weights in
    `order`, the rest.

    The hyperparameters are left out: they belong to the optimizer's configuration.
    """
    leaves = jax.tree_util.tree_flatten_with_path(opt_state)[0]
    entries = []
    for at, (path, value) in enumerate(leaves):
        keys = words(path)
        if keys[0] == "hyper":
            continue
        name = "iterations" if keys == ("count",) else "/".join(keys[1:])
        weight = next((i for i, p in enumerate(order) if keys[-len(p) :] == p), -1)
        slot = keys[1 : len(keys) - len(order[weight])] if weight >= 0 else keys[1:]
        rank = slot_rank(opt_state, slot)
        entries.append(((keys[0] != "count", weight < 0, rank, weight, at), name, value))
    return [(name, value) for _, name, value in sorted(entries, key=lambda entry: entry[0])]


def slot_rank(opt_state: OptimizerState, slot: Path) -> int:
    """The rank of a slot by name: compiled steps return dictionaries in that order, too."""
    slots = sorted(opt_state.slots) if isinstance(opt_state.slots, dict) else []
    return slots.index(slot[0]) if slot and slot[0] in slots else len(slots)


def with_arrays(
    opt_state: OptimizerState, order: Sequence[Path], values: Sequence[ArrayLike]
) -> OptimizerState:
    """`opt_state` with the arrays that `named_arrays` lists replaced by `values`.

    Raises:
        ValueError: another number of arrays, or other shapes.
    """
    current = named_arrays(opt_state, order)
    if len(values) != len(current):
        raise ValueError(f"The optimizer keeps {len(current)} arrays; given {len(values)}.")
    replacement: dict[int, jax.Array] = {}
    for (name, array), value in zip(current, values, strict=True):
        if np.shape(value) != array.shape:
            raise ValueError(
                f"The optimizer's '{name}' has shape {array.shape}; given {np.shape(value)}."
            )
        replacement[id(array)] = jnp.asarray(value, array.dtype)
    changed: OptimizerState = jax.tree.map(lambda leaf: replacement.get(id(leaf), leaf), opt_state)
    return changed


def trained_paths(model: Trainable) -> list[Path]:
    """The paths within ``params`` of the weights that training moves, in the order of Keras."""
    return by_hand.trained_paths(model, model.program)


def optimizer_arrays(model: Trainable) -> list[tuple[str, jax.Array]]:
    """(name, array) of all that the optimizer remembers, in the order of Keras files."""
    if model.program.by_hand is not None:
        return model.program.by_hand.named_arrays()
    return named_arrays(model.opt_state, trained_paths(model))


def set_optimizer_arrays(model: Trainable, values: Sequence[ArrayLike]) -> None:
    """Put back what `optimizer_arrays` returned.

    Raises:
        RuntimeError: a fit is running, which holds the newest state.
        ValueError: another number of arrays, or other shapes.
    """
    program = model.program
    if any(layer.weights_store.session is not None for layer in model.all_layers()):
        raise RuntimeError("The optimizer's state can be set before and after fit, not within it.")
    require_objective(model, program)
    if program.by_hand is not None:
        program.by_hand.set_arrays(values)
        return
    assert program.optimizer is not None
    params, _ = split(model.variables.get("params", {}), program.trained, program.ties)
    empty = program.optimizer.init(params)
    program.opt_state = with_arrays(empty, trained_paths(model), values)
    program.step = int(program.opt_state.count)
