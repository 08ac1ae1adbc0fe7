"""The weights, activation and penalties that a layer's fields ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import jax

from jaxcnn import activations, constraints, initializers, regularizers
from jaxcnn.nn.base import Layer
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import ArrayFunction, Config, Identifier

GETTERS = {
    "activation": activations.get,
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


def resolved(layer: Layer) -> Config:
    """The activation, initializer, regularizer and constraint fields with functions for names."""
    values = {}
    for name in layer.__dataclass_fields__:
        if (kind := name.rsplit("_", 1)[-1]) in GETTERS:
            try:
                values[name] = GETTERS[kind](getattr(layer, name))
            except ValueError as error:
                raise ValueError(f"{layer.label}: `{name}`: {error}") from None
    return values


class DeclaresWeights(Protocol):
    """A module with the method `weight` of `jaxcnn.nn.base.Layer`."""

    @property
    def weight(self) -> ArrayFunction: ...


class MayHaveBias(DeclaresWeights, Protocol):
    """A module whose `use_bias` says whether it has a bias."""

    use_bias: bool


class HasActivation(Protocol):
    """A module that ends with an activation and a penalty of what comes out of it."""

    activation: Identifier
    activity_regularizer: Identifier

    @property
    def penalise_activity(self) -> Callable[[Identifier, jax.Array], None]: ...


def field_weight(
    layer: DeclaresWeights,
    name: str,
    shape: tuple[int, ...],
    prefix: str | None = None,
) -> jax.Array:
    """Declare the weight `name` as the fields of the layer that begin with `prefix` say.

    They are called ``<prefix>_initializer``, ``<prefix>_regularizer`` and ``<prefix>_constraint``;
    a layer may have the first only. `prefix` is `name` where it is not given.
    """
    prefix = prefix or name
    weight: jax.Array = layer.weight(
        name,
        getattr(layer, f"{prefix}_initializer"),
        shape,
        regularizer=getattr(layer, f"{prefix}_regularizer", None),
        constraint=getattr(layer, f"{prefix}_constraint", None),
    )
    return weight


def optional_bias(layer: MayHaveBias, *shape: int) -> jax.Array | None:
    """Declare the ``bias`` of a layer where its `use_bias` says that it has one."""
    return field_weight(layer, "bias", shape) if layer.use_bias else None


def finish(layer: HasActivation, y: jax.Array, bias: jax.Array | None) -> jax.Array:
    """Add the bias to the last axis, activate, and penalise the activity."""
    if bias is not None:
        y = y + on_last_axes(bias, y)
    y = activations.get(layer.activation)(y)
    layer.penalise_activity(layer.activity_regularizer, y)
    return y
