"""Inputs of many lengths: those of one length are one program, and padding makes them few."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.nn.padded_steps import Padding, Steps
from jaxcnn.runtime import config
from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.program import Program
from jaxcnn.training.trainable import Trainable, shapes

MANY = 8  # programs of one model after which a hint is worth its line


def note_sizes(program: Program, inputs: PyTree) -> bool:
    """Take note of the sizes of a batch besides the number of samples, and say where they are many.

    Returns:
        Whether they are those of the first batch.
    """
    sizes = tuple(array.shape[1:] for array in jax.tree.leaves(inputs))
    if sizes not in program.sizes:
        program.sizes.append(sizes)
        if len(program.sizes) == MANY:
            warn_user(
                f"This model has had inputs of {MANY} different sizes, each of which is compiled "
                "anew: make them few, as by pad_sequences(x, maxlen) with few values of maxlen, "
                "or predict(x, pad_to_multiple=32)."
            )
    return program.sizes[0] == sizes


class StepPadding:
    """Steps that are appended to sequences up to a multiple, where this changes no answer.

    Args:
        model: built.
        multiple: of which the numbers of steps become multiples.

    Raises:
        ValueError: no multiple, or a model whose answers might change.
    """

    def __init__(self, model: Trainable, multiple: int) -> None:
        if isinstance(multiple, bool) or not isinstance(multiple, int | np.integer) or multiple < 1:
            raise ValueError(f"`pad_to_multiple` is {multiple!r}; it must be a positive integer.")
        self.multiple, self.names = int(multiple), model.input_names
        self._padding = Padding()
        try:
            self.inputs = [
                padded_input(number, shape) for number, shape in enumerate(shapes(model.inputs))
            ]
            if not any(self.inputs):
                raise ValueError(
                    "no input has an open number of steps, of shape (samples, None, ...)."
                )
            if config.learning_phase():
                raise ValueError("the learning phase is 1, that of training.")
            self._outputs = self._padding.follow(model.module.topology, self.inputs)
        except ValueError as error:
            raise ValueError(
                f"`pad_to_multiple` cannot be had from model '{model.name}': {error} Leave it out."
            ) from None

    def padded(self, inputs: PyTree) -> tuple[PyTree, list[int | None]]:
        """(inputs of few lengths, the number of steps of each output that has to be cut).

        Raises:
            ValueError: inputs of different lengths in which steps of the same number meet.
        """
        arrays = inputs if isinstance(inputs, list) else [inputs]
        lengths = [array.shape[1] if steps else 0 for array, steps in self._pairs(arrays)]
        for group in self._padding.together:
            if len({lengths[number] for number in group}) > 1:
                given = ", ".join(f"'{self.names[n]}' has {lengths[n]}" for n in sorted(group))
                raise ValueError(f"Inputs that meet need equally many steps: {given}.")
        longer = [
            self._longer(array, number) if steps else array
            for number, (array, steps) in enumerate(self._pairs(arrays))
        ]
        cuts = [lengths[min(steps.lengths)] if steps else None for steps in self._outputs]
        return longer if isinstance(inputs, list) else longer[0], cuts

    def _pairs(self, arrays: Sequence[PyTree]) -> list[tuple[PyTree, Steps | None]]:
        return list(zip(arrays, self.inputs, strict=True))

    def _longer(self, array: PyTree, number: int) -> PyTree:
        missing = -array.shape[1] % self.multiple
        widths = [(0, 0), (0, missing), *[(0, 0)] * (array.ndim - 2)]
        pad = jnp.pad if isinstance(array, jax.Array) else np.pad
        return pad(array, widths, constant_values=self._padding.fills.get(number, 0.0))


def padded_input(number: int, shape: Sequence[int | None]) -> Steps | None:
    """An input with an open number of steps; None for one whose sizes are fixed."""
    if None in shape[2:]:
        raise ValueError(
            f"an input of shape {('samples', *shape[1:])} has more open axes than steps, axis 1."
        )
    if None not in shape[1:]:
        return None
    return Steps(frozenset({number}), source=number, flat=len(shape) == 2)
