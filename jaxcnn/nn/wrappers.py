"""Modules around other modules: at each step of a sequence, and in both directions."""

from __future__ import annotations

from typing import Protocol, cast, runtime_checkable

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import OF_LIBRARY, Layer, library_part
from jaxcnn.nn.batch import current_valid_rows, valid_rows
from jaxcnn.nn.graph import mixes_rows, run
from jaxcnn.nn.recurrent.base import CalledWithStates, Recurrent
from jaxcnn.nn.recurrent.scan import States
from jaxcnn.nn.traits import BY_STEP
from jaxcnn.runtime.types import Config, Mask, PyTree
from jaxcnn.spellings.dialect import dialect


class TimeDistributed(Layer):
    """Any module, or model, on every step of (batch, steps, ...).

    Its samples are the steps of all sequences, so batch statistics are those of all steps together.
    A mask of the steps is passed on; the inner module gets none. In programs of Keras 2.2 it gets
    what the mask has of the inside of a step, and the mask that it makes is that of the output. Its
    variables are nested under ``layer``.

    Args:
        layer: the layer or model that is called on every step.

    Examples:
        >>> jc.layers.TimeDistributed(jc.layers.Dense(8))(jnp.ones((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/wrappers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/wrappers.py>
    """

    layer: nn.Module

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        require_module(self.label, self.layer)
        return {}

    @property
    def mixes_rows(self) -> bool:
        return mixes_rows(self.layer)

    def compute_mask(self, inputs: jax.Array, mask: Mask) -> PyTree:
        if not dialect().masks_of_steps or not isinstance(self.layer, Layer):
            return mask
        inner = self.layer.compute_mask(by_step(inputs), inside_of_steps(mask))
        if inner is not None:
            return inner.reshape(*inputs.shape[:2], *inner.shape[1:])
        return mask if mask is None else jnp.any(mask, axis=tuple(range(2, mask.ndim)))

    def __call__(self, x: jax.Array, *, train: bool = False, mask: Mask = None) -> PyTree:
        if x.ndim < 3:
            raise ValueError(
                f"{self.label}: the input has shape {x.shape}; it needs (batch, steps, ...)."
            )
        batch, steps = x.shape[:2]
        rows = current_valid_rows()
        with valid_rows(None if rows is None else jnp.repeat(rows, steps)):
            inside = inside_of_steps(mask) if dialect().masks_of_steps else None
            outputs, _ = run(self.layer, (by_step(x),), {}, inside, train)
        return jax.tree.map(lambda y: y.reshape(batch, steps, *y.shape[1:]), outputs)


def by_step(x: jax.Array) -> jax.Array:
    """The steps of all sequences as samples: (batch, steps, ...) to (batch * steps, ...)."""
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def inside_of_steps(mask: Mask) -> jax.Array | None:
    """What a mask has of the inside of each step, None where it is one of the steps alone."""
    return None if mask is None or mask.ndim < 3 else by_step(mask)


@runtime_checkable
class GoesBothWays(Protocol):
    """The settings of a layer that can go through a sequence in both directions."""

    go_backwards: bool
    return_sequences: bool
    return_state: bool
    stateful: bool


class Bidirectional(CalledWithStates):
    """A recurrent layer, and a copy with other weights that goes through the sequence backwards.

    `merge_mode` says how the outputs of both, step by step, become one: 'sum', 'mul', 'ave',
    'concat' (along the last axis), or None for a list of the two. `initial_state` and, with
    `return_state`, the states of the result are the forward layer's, then the backward layer's.
    Variables are nested under ``forward_layer`` and ``backward_layer``.

    Args:
        layer: the recurrent layer, which is copied for each direction.
        merge_mode: 'sum', 'mul', 'ave', 'concat', or None for a list of both outputs.

    Examples:
        >>> jc.layers.Bidirectional(jc.layers.LSTM(8))(jnp.ones((2, 10, 4))).shape
        (2, 16)

    References:
        - Schuster and Paliwal, "Bidirectional Recurrent Neural Networks", 1997,
          <https://doi.org/10.1109/78.650093>
    """

    layer: Recurrent
    merge_mode: str | None = "concat"

    def checked(self) -> Config:
        require_module(self.label, self.layer)
        if not isinstance(self.recurrent, GoesBothWays):
            raise ValueError(
                f"{self.label}: `layer` is a {type(self.layer).__name__}; it must be a recurrent "
                "layer."
            )
        if self.merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                f"{self.label}: `merge_mode` is {self.merge_mode!r}; it must be 'sum', 'mul', "
                "'ave', 'concat' or None."
            )
        return {}

    @property
    def recurrent(self) -> Recurrent:
        """The layer of the library, which a subclass may be around; or what tells its settings."""
        return cast(Recurrent, library_part(self.layer))

    @property
    def mixes_rows(self) -> bool:
        return mixes_rows(self.layer)

    @property
    def passes_constants(self) -> bool:
        return self.recurrent.passes_constants

    def run_sequence(
        self, x: jax.Array, initial: States | None, mask: Mask, train: bool, **further: PyTree
    ) -> PyTree:
        halves: list[dict[str, PyTree]] = [{}, {}]
        if initial is not None:
            half = len(initial) // 2
            halves = [{"initial_state": initial[:half]}, {"initial_state": initial[half:]}]
        reverse = not self.recurrent.go_backwards
        forward = self.direction("forward_layer")
        backward = self.direction("backward_layer", go_backwards=reverse)
        y, *states = as_list(forward(x, train=train, mask=mask, **halves[0], **further))
        z, *back_states = as_list(backward(x, train=train, mask=mask, **halves[1], **further))
        if self.recurrent.return_sequences:
            z = jnp.flip(z, 1)
        merged = merge(self.merge_mode, y, z)
        return [*as_list(merged), *states, *back_states] if self.recurrent.return_state else merged

    def direction(self, name: str, **changed: bool) -> Layer:
        """A copy of the layer, with other weights."""
        layer = self.layer.unbind()[0]  # so that a copy has a copy of a cell inside, too
        if library_part(layer) is not layer:
            changed = {OF_LIBRARY: library_part(layer).clone(**changed)}
        return layer.clone(parent=self, name=name, **changed)

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        output, *states = as_list(self.layer.compute_mask(inputs, mask))
        outputs = [output, output] if self.merge_mode is None else [output]
        masks = [*outputs, *states, *states]
        return masks if len(masks) > 1 else output


def merge(mode: str | None, y: jax.Array, z: jax.Array) -> jax.Array | list[jax.Array]:
    """The outputs of both directions as one, or as a list when `mode` is None."""
    if mode is None:
        return [y, z]
    if mode == "concat":
        return jnp.concatenate([y, z], axis=-1)
    return {"sum": y + z, "mul": y * z, "ave": (y + z) / 2}[mode]


def as_list(value: PyTree) -> list[PyTree]:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def require_module(label: str, layer: object) -> None:
    """Raise when what is to be wrapped is no module."""
    if not isinstance(layer, nn.Module):
        raise ValueError(f"{label}: `layer` is {layer!r}; it must be a layer.")
