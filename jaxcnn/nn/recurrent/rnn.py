"""`RNN` over any cell, and several cells stacked to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer, declared_weights
from jaxcnn.nn.graph import run
from jaxcnn.nn.recurrent.layers import Recurrent, States
from jaxcnn.nn.recurrent.scan import step_scan


def state_shapes(cell: Any) -> list[tuple[int, ...]]:
    """The shape of each state of a cell, without the batch, from its ``state_size``: an integer, or
    one a state.
    """
    sizes = getattr(cell, "state_size", None)
    listed = list(sizes) if isinstance(sizes, list | tuple) else [sizes]
    shapes = [tuple(size) if isinstance(size, list | tuple) else (size,) for size in listed]
    if not all(isinstance(n, int) for shape in shapes for n in shape):
        raise ValueError(
            f"RNN: the cell {type(cell).__name__} has `state_size` {sizes!r}; it must be an "
            "integer, or a list with "
            "the width (or shape) of each state."
        )
    return shapes


class StackedRNNCells(Layer):
    """Cells one on top of the other as one cell: its states are those of the first cell, then of
    the second, ...
    """

    cells: Any

    @property
    def state_size(self) -> tuple[tuple[int, ...], ...]:
        return tuple(shape for cell in self.cells for shape in state_shapes(cell))

    def checked(self) -> dict[str, Any]:
        if not isinstance(self.cells, list | tuple) or not self.cells:
            raise ValueError(
                f"{self.label}: `cells` is {self.cells!r}; it must be a list of cells."
            )
        return {"cells": tuple(self.cells)}

    def __call__(
        self, x: jax.Array, states: Sequence[jax.Array], *, train: bool = False
    ) -> tuple[jax.Array, States]:
        remaining, new = list(states), []
        for cell in self.cells:
            count = len(state_shapes(cell))
            own, remaining = remaining[:count], remaining[count:]
            x, changed = cell_step(cell, x, own, train)
            new += changed
        return x, new


def cell_step(
    cell: nn.Module, x: jax.Array, states: States, train: bool
) -> tuple[jax.Array, States]:
    """``cell(x, states)`` of any cell, with the new states as a list."""
    output, new = run(cell, (x, states), {}, None, train)[0]
    return output, list(new) if isinstance(new, list | tuple) else [new]


class RNN(Recurrent):
    """A recurrent layer from a cell: any module with ``cell(x, states) -> (output, new states)``
    and `state_size`.

    `state_size` is the width of the state or a list with that of each; x is one step (batch,
    features), and states and new states are lists of (batch, width). The cell's noise is the same
    at all steps. Its weights are nested under ``cell``.
    """

    cell: Any
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False

    def checked(self) -> dict[str, Any]:
        state_shapes(self.cell)
        return {}

    def check_rank(self, x: jax.Array) -> None:
        if x.ndim < 3:
            raise ValueError(
                f"{self.label}: the input has shape {x.shape}; it needs (batch, steps, features)."
            )

    @property
    def state_total(self) -> int:
        return len(state_shapes(self.cell))

    def run_steps(
        self, x: jax.Array, initial: Sequence[jax.Array] | None, keep: jax.Array | None, train: bool
    ) -> tuple[jax.Array, jax.Array, States]:
        shapes = [(x.shape[0], *shape) for shape in state_shapes(self.cell)]
        states = self.starting_states(initial, shapes, x.dtype)
        # A first step, whose results only tell the dtypes, makes the weights and adds their
        # penalties, once.
        _, new = cell_step(self.cell, x[:, 0], states, train)
        states = [state.astype(n.dtype) for state, n in zip(states, new, strict=True)]
        cell, variables = self.cell.unbind()
        rngs = {"dropout": self.make_rng("dropout")} if train and self.has_rng("dropout") else {}

        def step(x: jax.Array, states: States) -> tuple[jax.Array, States]:
            return nn.apply(lambda bound: cell_step(bound, x, states, train), cell)(
                variables, rngs=rngs
            )

        with (
            declared_weights()
        ):  # the weights are declared above, under their place in the whole model
            return step_scan(
                step,
                jnp.moveaxis(x, 1, 0),
                states,
                keep=keep,
                reverse=self.go_backwards,
                unroll=self.unroll,
            )
