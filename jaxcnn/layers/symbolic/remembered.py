"""What training remembers for an optimizer, as the variables that its `weights` lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.layers.variable import Variable, constantly
from jaxcnn.optimizers.base import Listed, Optimizer
from jaxcnn.spellings.dialect import dialect


class Listing:
    """The keeper of the variables that are listed together: their values are those of the state."""

    def __init__(self, optimizer: Optimizer, values: Sequence[Listed]) -> None:
        self.optimizer = optimizer
        names = names_of(optimizer, [np.shape(value) for value in values])
        self.variables = [
            Variable(name, np.shape(value), value.dtype, constantly(np.asarray(value)))
            for name, value in zip(names, values, strict=True)
        ]
        for variable in self.variables:
            variable.keeper = self
        self._at = {id(variable): i for i, variable in enumerate(self.variables)}
        self._newest = optimizer.held_state(), values

    def newest(self) -> Sequence[Listed]:
        """The values as they are now."""
        if (now := self.optimizer.held_state()) is not self._newest[0]:
            self._newest = now, self.optimizer.listed_now()
        return self._newest[1]

    def value_of(self, variable: Variable) -> np.ndarray | None:
        """The value as it is now."""
        values = self.newest()
        return np.asarray(values[self._at[id(variable)]]) if values else None

    def set_value(self, variable: Variable, value: np.ndarray) -> None:
        """Go on from another value."""
        values = list(self.newest())
        values[self._at[id(variable)]] = value
        self.optimizer.set_weights(values)


def names_of(optimizer: Optimizer, shapes: Sequence[tuple[int, ...]]) -> list[str]:
    """The names of what is listed, as of the first optimizer of a program.

    Keras names only the number of updates; the others are TensorFlow's 'Variable:0',
    'Variable_1:0', ..., in Keras 1 after those that hold the count and the optimizer's numbers.
    """
    spoken, kind = dialect(), type(optimizer).__name__
    whole = spoken.since_2_2
    counted = optimizer.lists_count and bool(shapes)
    before = len(optimizer.variable_numbers()) + optimizer.lists_count if spoken.of_keras_1 else 0
    slots = [
        f"{f'training/{kind}/' if whole else ''}Variable{f'_{i}' if i else ''}:0"
        for i in range(before, before + len(shapes) - counted)
    ]
    if not counted:
        return slots
    count = "Variable:0" if spoken.of_keras_1 else "iterations:0"
    return [f"{kind}/{count}" if whole else count, *slots]


def remembered(optimizer: Optimizer) -> list[Variable]:
    """The variables of what training remembers for an optimizer; none before the first update."""
    return Listing(optimizer, optimizer.listed_now()).variables
