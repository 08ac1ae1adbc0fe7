"""`RNN` over any cell, and several cells stacked to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer, declared_weights
from jaxcnn.nn.fields import later
from jaxcnn.nn.graph import call_parameters, run
from jaxcnn.nn.recurrent.base import Recurrent
from jaxcnn.nn.recurrent.scan import States, step_scan
from jaxcnn.runtime.types import Config
from jaxcnn.spellings.dialect import dialect

T = TypeVar("T")


def state_shapes(cell: nn.Module) -> list[tuple[int, ...]]:
    """The shape of each state of a cell, without the batch, from its ``state_size``."""
    sizes = getattr(cell, "state_size", None)
    listed = list(sizes) if isinstance(sizes, list | tuple) else [sizes]
    shapes = [tuple(size) if isinstance(size, list | tuple) else (size,) for size in listed]
    if not all(isinstance(n, int) for shape in shapes for n in shape):
        raise ValueError(
            f"RNN: the cell {type(cell).__name__} has `state_size` {sizes!r}; it must be an "
            "integer, or a list with the width (or shape) of each state."
        )
    return shapes


class StackedRNNCells(Layer):
    """Cells one on top of the other as one cell.

    Its states are those of each cell in turn, with `reverse_state_order` from the last cell on.

    Args:
        cells: the cells, from the input to the output.
        reverse_state_order: whether the states are listed from the last cell to the first.

    Examples:
        >>> cells = jc.layers.StackedRNNCells([jc.layers.GRUCell(8), jc.layers.GRUCell(5)])
        >>> jc.layers.RNN(cells)(jnp.ones((2, 10, 4))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/recurrent.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/recurrent.py>
    """

    cells: Sequence[nn.Module]
    reverse_state_order: bool = later(False)

    @property
    def state_size(self) -> tuple[tuple[int, ...], ...]:
        return tuple(shape for cell in self.in_order(self.cells) for shape in state_shapes(cell))

    def in_order(self, of_cells: Sequence[T]) -> Sequence[T]:
        """What there is of each cell in the order of the states, or back in that of the cells."""
        return of_cells[::-1] if self.reverse_state_order else of_cells

    def checked(self) -> Config:
        if not isinstance(self.cells, list | tuple) or not self.cells:
            raise ValueError(
                f"{self.label}: `cells` is {self.cells!r}; it must be a list of cells."
            )
        return {"cells": tuple(self.cells)}

    def __call__(
        self,
        x: jax.Array,
        states: Sequence[jax.Array],
        *,
        train: bool = False,
        constants: Sequence[jax.Array] | None = None,
    ) -> tuple[jax.Array, States]:
        remaining = list(states)
        given, new = list[States](), list[States]()
        for cell in self.in_order(self.cells):
            count = len(state_shapes(cell))
            given.append(remaining[:count])
            remaining = remaining[count:]
        for cell, before in zip(self.cells, self.in_order(given), strict=True):
            further = constants if takes_constants(cell) else None
            x, after = cell_step(cell, x, before, train, further)
            new.append(after)
        return x, [state for after in self.in_order(new) for state in after]


def takes_constants(cell: nn.Module) -> bool:
    """Whether a cell has a use for the constants that its layer is called with."""
    uses = getattr(cell, "takes_constants", None)
    return "constants" in call_parameters(type(cell).__call__) if uses is None else bool(uses)


def cell_step(
    cell: nn.Module,
    x: jax.Array,
    states: States,
    train: bool,
    constants: Sequence[jax.Array] | None = None,
) -> tuple[jax.Array, States]:
    """``cell(x, states)`` of any cell, with the new states as a list."""
    kwargs: Config = {} if constants is None else {"constants": list(constants)}
    output, new = run(cell, (x, states), kwargs, None, train)[0]
    return output, list(new) if isinstance(new, list | tuple) else [new]


class RNN(Recurrent):
    """A recurrent layer from a cell: ``cell(x, states) -> (output, new states)``.

    A cell is any module that is called so and has a `state_size`. `state_size` is the width of the
    state or a list with that of each; x is one step (batch, features), and states and new states
    are lists of (batch, width). The cell's noise is the same at all steps. Its weights are nested
    under ``cell``. Called with ``constants``, an array or a list of them, it passes the list to the
    cell in each step.

    Args:
        cell: a layer with `state_size` whose call takes one step and the states, and returns the
            output and the new states; or a list of such cells.

    Examples:
        >>> jc.layers.RNN([jc.layers.GRUCell(8), jc.layers.GRUCell(5)])(jnp.ones((2, 10, 4))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/recurrent.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/recurrent.py>
    """

    cell: nn.Module
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False

    @property
    def passes_constants(self) -> bool:
        return True

    def checked(self) -> Config:
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

    def shapes_for(self, step: jax.Array) -> list[tuple[int, ...]]:
        """The shape of each state, without the batch, where this is the first step."""
        return state_shapes(self.cell)

    def run_steps(
        self,
        x: jax.Array,
        initial: Sequence[jax.Array] | None,
        keep: jax.Array | None,
        train: bool,
        constants: Sequence[jax.Array] | None = None,
    ) -> tuple[jax.Array, jax.Array, States]:
        shapes = [(x.shape[0], *shape) for shape in self.shapes_for(x[:, 0])]
        states = self.starting_states(initial, shapes, x.dtype)
        # A first step, whose results only tell the dtypes, makes the weights and adds their
        # penalties, once.
        _, new = cell_step(self.cell, x[:, 0], states, train, constants)
        states = [state.astype(n.dtype) for state, n in zip(states, new, strict=True)]
        cell, variables = self.cell.unbind()
        rngs = {"dropout": self.make_rng("dropout")} if train and self.has_rng("dropout") else {}

        def step(x: jax.Array, states: States) -> tuple[jax.Array, States]:
            def bound_step(cell: nn.Module) -> tuple[jax.Array, States]:
                return cell_step(cell, x, states, train, constants)

            result: tuple[jax.Array, States] = nn.apply(bound_step, cell)(variables, rngs=rngs)
            return result

        instead = dialect().states_stand_in and not self.unroll

        # The weights were declared above, under their path in the whole model: not here again.
        with declared_weights():
            return step_scan(
                step,
                jnp.moveaxis(x, 1, 0),
                states,
                keep=keep,
                reverse=self.go_backwards,
                unroll=self.unroll,
                state_instead=instead,
            )
