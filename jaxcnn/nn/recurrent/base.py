"""The base of every recurrent layer: states, masks, and the way through the sequence."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import initializers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.recurrent.fields import SequenceArguments
from jaxcnn.nn.recurrent.recurrences import AxesOfSteps, GatedModule
from jaxcnn.nn.recurrent.scan import States, gated_scan, in_parts
from jaxcnn.runtime.types import DTypeLike, Mask, PyTree


class CalledWithStates(Layer):
    """A layer that is called with ``initial_state``, a list of arrays, or on ``[x, *states]``."""

    supports_masking = True

    @property
    def passes_constants(self) -> bool:
        """Whether `constants` reach a cell."""
        return False

    def run_sequence(
        self, x: jax.Array, initial: States | None, mask: Mask, train: bool, **further: PyTree
    ) -> PyTree:
        """What the call returns, for a mask (batch, steps); `further` may hold `constants`."""
        raise NotImplementedError

    @nn.compact
    def __call__(
        self,
        inputs: PyTree,
        initial_state: PyTree = None,
        *,
        constants: PyTree = None,
        train: bool = False,
        mask: PyTree = None,
    ) -> PyTree:
        x, initial = unpacked(inputs, initial_state)
        if constants is None:
            return self.run_sequence(x, initial, first_mask(mask), train)
        if not self.passes_constants:
            raise ValueError(
                f"{self.label} takes no `constants`: they reach the cell of an RNN layer only. "
                "Write RNN(cell)(x, constants=...) with a cell that uses them."
            )
        listed = list(constants) if isinstance(constants, list | tuple) else [constants]
        return self.run_sequence(x, initial, first_mask(mask), train, constants=listed)


class Recurrent(AxesOfSteps, SequenceArguments, CalledWithStates):
    """A layer that goes through (batch, steps, features) step by step.

    Called with ``initial_state``, a list of arrays (batch, width), or on the list
    ``[x, *initial_state]``. Returns the last output or, with `return_sequences`, those of all
    steps; with `return_state` a list of it and the final states.

    * A step that the mask leaves out keeps the states and repeats the previous output.
    * `go_backwards` starts at the last step; outputs come in the order in which they are computed.
    * `stateful` starts from the states that the previous call ended with. They are in the
      collection ``state``, which the caller makes mutable; row i continues where row i of the
      previous batch ended, so the batch size is fixed.
    * `unroll` lays the steps out one after the other instead of looping: the same values, longer to
      compile.
    """

    def run_steps(
        self, x: jax.Array, initial: Sequence[jax.Array] | None, keep: jax.Array | None, train: bool
    ) -> tuple[jax.Array, jax.Array, States]:
        """(outputs of all steps, the last, final states).

        `x` is (batch, steps, ...); the outputs and `keep` are (steps, batch, ...).
        """
        raise NotImplementedError

    def check_rank(self, x: jax.Array) -> None:
        arguments.rank(self.label, x, 3, "(batch, steps, features)")

    def run_sequence(
        self, x: jax.Array, initial: States | None, mask: Mask, train: bool, **further: PyTree
    ) -> PyTree:
        self.check_rank(x)
        if mask is not None and mask.shape != x.shape[:2]:
            raise ValueError(
                f"{self.label} does not support masking by an array of shape {mask.shape}; it "
                f"needs {x.shape[:2]}, (batch, steps)."
            )
        keep = None if mask is None else jnp.moveaxis(mask.astype(bool), 1, 0)
        initial = None if initial is None else [self.inward(state) for state in initial]
        outputs, last, states = self.run_steps(self.inward(x), initial, keep, train, **further)
        if self.stateful:
            for i, state in enumerate(states):
                self.update("state", f"state_{i}", self.outward(state).astype(jnp.float32))
        if self.return_sequences:
            outputs = jnp.moveaxis(jnp.flip(outputs, 0) if self.go_backwards else outputs, 0, 1)
        else:
            outputs = last
        self.penalise_activity(getattr(self, "activity_regularizer", None), outputs)
        outputs = self.outward(outputs)
        return [outputs, *map(self.outward, states)] if self.return_state else outputs

    def starting_states(
        self,
        initial: Sequence[jax.Array] | None,
        shapes: Sequence[tuple[int, ...]],
        dtype: DTypeLike,
    ) -> States:
        """The states to begin with, of these shapes: as given, carried over, or zeros."""
        carried = None
        if self.stateful:
            zeros = initializers.Zeros()
            starts = [jax.ShapeDtypeStruct(shape, dtype) for shape in shapes]
            outward = [jax.eval_shape(self.outward, start).shape for start in starts]
            carried = [
                self.inward(self.weight(f"state_{i}", zeros, shape, collection="state"))
                for i, shape in enumerate(outward)
            ]
            if carried[0].shape != shapes[0]:
                raise ValueError(
                    f"{self.label} is stateful and holds states of shape {carried[0].shape}, but "
                    f"this input needs {shapes[0]}; every batch must have the size that the layer "
                    "was built with."
                )
        if initial is None:
            if carried is None:
                return [jnp.zeros(shape, dtype) for shape in shapes]
            return [state.astype(dtype) for state in carried]
        given = [jnp.shape(state) for state in initial]
        if given != list(shapes):
            raise ValueError(
                f"{self.label}: `initial_state` has shapes {given}; it needs {list(shapes)}."
            )
        return [jnp.asarray(state, dtype) for state in initial]

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        mask = super().compute_mask(inputs, first_mask(mask))
        output = mask if self.return_sequences else None
        return [output] + [None] * self.state_total if self.return_state else output

    @property
    def state_total(self) -> int:
        """How many states there are."""
        raise NotImplementedError


def unpacked(inputs: PyTree, initial_state: PyTree) -> tuple[jax.Array, States | None]:
    """(sequence, initial states or None) of a call, which may be on the list of both."""
    if isinstance(inputs, list | tuple):
        inputs, *listed = inputs
        initial_state = listed or initial_state
    if initial_state is None:
        return inputs, None
    if isinstance(initial_state, list | tuple):
        return inputs, list(initial_state)
    return inputs, [initial_state]


def first_mask(mask: PyTree) -> jax.Array | None:
    """The mask of the sequence, of a call on a list of it and the states."""
    first: jax.Array | None = mask[0] if isinstance(mask, list | tuple) else mask
    return first


class Sequences(NamedTuple):
    """What a loop over time is made from.

    Attributes:
        inputs: what `project` returns, each (batch, steps, ...) or, where that is the same at all
            steps of all samples, (1, 1, ...).
        states: initial states, each (batch, ...).
        noise: dropout masks of the state, the same at all steps.
        keep: (steps, batch) of booleans; where False the states stay as they are.
    """

    inputs: Sequence[jax.Array]
    states: States
    noise: Sequence[jax.Array]
    keep: jax.Array | None


class GatedLayer(GatedModule, Recurrent):
    """A layer with a `Gated` recurrence: the input's part of all steps is one product."""

    def run_steps(
        self, x: jax.Array, initial: Sequence[jax.Array] | None, keep: jax.Array | None, train: bool
    ) -> tuple[jax.Array, jax.Array, States]:
        kernel, recurrent, bias = self.declare(x.shape[-1])
        noise = [mask[:, None] for mask in self.noise(self.dropout, x[:, 0], train)]
        inputs = self.project(x, kernel, bias, noise)
        batch, _, *spatial, width = inputs[0].shape
        shape = (batch, *spatial, width if len(inputs) > 1 else width // self.blocks)
        states = self.starting_states(initial, [shape] * self.state_count, inputs[0].dtype)
        noise = self.noise(self.recurrent_dropout, states[0], train)
        outputs, states = self.loop(recurrent, Sequences(inputs, states, noise, keep))
        return outputs, states[0], states

    def loop(self, kernel: jax.Array, given: Sequences) -> tuple[jax.Array, States]:
        """(outputs (steps, batch, ...), final states) from what `project` returns."""
        parts = jnp.broadcast_arrays(*in_parts(given.inputs, self.blocks))
        by_time = [jnp.moveaxis(part, 1, 0) for part in parts]  # (steps, batch, ...) for each gate
        recurrence = functools.partial(gated_scan, reverse=self.go_backwards, unroll=self.unroll)
        return recurrence(self, kernel, by_time, given.states, noise=given.noise, keep=given.keep)

    @property
    def state_total(self) -> int:
        return self.state_count
