"""Modules around other modules: one for each step of a sequence, and a sequence in both directions."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer, current_valid_rows, valid_rows
from jaxcnn.nn.graph import mixes_rows, run
from jaxcnn.nn.recurrent.layers import Recurrent, unpacked


class TimeDistributed(Layer):
    """Any module, or model, on every step of (batch, steps, ...): its samples are the steps of all
    sequences.

    So batch statistics are those of all steps together. A mask of the steps is passed on; the inner
    module gets none. Its variables are nested under ``layer``.
    """

    layer: Any

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"layer": inner_module(self)}

    @property
    def mixes_rows(self) -> bool:
        return mixes_rows(self.layer)

    def __call__(self, x: jax.Array, *, train: bool = False) -> Any:
        if x.ndim < 3:
            raise ValueError(
                f"{self.label}: the input has shape {x.shape}; it needs (batch, steps, ...)."
            )
        batch, steps = x.shape[:2]
        rows = current_valid_rows()
        with valid_rows(None if rows is None else jnp.repeat(rows, steps)):
            outputs, _ = run(self.layer, (x.reshape(batch * steps, *x.shape[2:]),), {}, None, train)
        return jax.tree.map(lambda y: y.reshape(batch, steps, *y.shape[1:]), outputs)


class Bidirectional(Layer):
    """A recurrent layer and a copy that goes through the sequence the other way, with weights of
    its own.

    `merge_mode` says how the outputs of both, step by step, become one: 'sum', 'mul', 'ave',
    'concat' (along the last axis), or None for a list of the two. `initial_state` and, with
    `return_state`, the states of the result are the forward layer's, then the backward layer's.
    Variables are nested under ``forward_layer`` and ``backward_layer``.
    """

    layer: Any
    merge_mode: str | None = "concat"

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        inner = inner_module(self)
        if not isinstance(inner, Recurrent):
            raise ValueError(
                f"{self.label}: `layer` is a {type(inner).__name__}; it must be a recurrent layer."
            )
        if self.merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                f"{self.label}: `merge_mode` is {self.merge_mode!r}; it must be 'sum', 'mul', "
                "'ave', 'concat' or None."
            )
        return {}

    @property
    def mixes_rows(self) -> bool:
        return mixes_rows(self.layer)

    @nn.compact
    def __call__(
        self, inputs: Any, initial_state: Any = None, *, train: bool = False, mask: Any = None
    ) -> Any:
        x, initial = unpacked(inputs, initial_state)
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        half = self.layer.state_total
        halves = (None, None) if initial is None else (initial[:half], initial[half:])
        # Unbound first, so that each direction copies a cell inside, too.
        forward = self.layer.unbind()[0].clone(parent=self, name="forward_layer")
        backward = self.layer.unbind()[0].clone(
            parent=self, name="backward_layer", go_backwards=not self.layer.go_backwards
        )
        y, *states = as_list(forward(x, halves[0], train=train, mask=mask))
        z, *back_states = as_list(backward(x, halves[1], train=train, mask=mask))
        if self.layer.return_sequences:
            z = jnp.flip(z, 1)
        merged = merge(self.merge_mode, y, z)
        return [*as_list(merged), *states, *back_states] if self.layer.return_state else merged

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        own, *rest = as_list(self.layer.compute_mask(inputs, mask))
        outputs = [own, own] if self.merge_mode is None else [own]
        total = [*outputs, *rest, *rest]
        return total if len(total) > 1 else own


def merge(mode: str | None, y: jax.Array, z: jax.Array) -> Any:
    """The outputs of both directions as one, or as a list when `mode` is None."""
    if mode is None:
        return [y, z]
    if mode == "concat":
        return jnp.concatenate([y, z], axis=-1)
    return {"sum": y + z, "mul": y * z, "ave": (y + z) / 2}[mode]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def inner_module(wrapper: Any) -> nn.Module:
    """The wrapped `layer`, which has to be a module."""
    if not isinstance(wrapper.layer, nn.Module):
        raise ValueError(f"{wrapper.label}: `layer` is {wrapper.layer!r}; it must be a layer.")
    module: nn.Module = wrapper.layer
    return module
