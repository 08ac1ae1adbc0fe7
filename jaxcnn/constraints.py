"""Constraints: each maps a weight, after an update, to the nearest allowed one of the same shape.

``axis`` names the axes over which a norm is taken: 0 for the ``(inputs, outputs)`` kernel of a
dense layer, ``(0, 1, 2)`` for the ``(rows, columns, inputs, outputs)`` kernel of a convolution.
"""

import dataclasses
from collections.abc import Callable
from typing import TypeAlias

import jax.numpy as jnp
from jax import Array

from jaxcnn.runtime import config
from jaxcnn.runtime.names import Configurable, Registry
from jaxcnn.runtime.types import Config, Identifier, Settings

Axis: TypeAlias = int | tuple[int, ...]
ConstraintFunction: TypeAlias = Callable[[Array], Array]

registry = Registry("constraint", builders=True)


class Constraint(Configurable):
    """Base class: subclasses define ``__call__(w) -> w``."""

    def __call__(self, w: Array) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")


@registry.register()
@dataclasses.dataclass(frozen=True)
class MaxNorm(Constraint):
    """Scale down what has a norm above ``max_value`` (Srivastava et al., Dropout, 2014)."""

    max_value: float = 2
    axis: Axis = 0

    def __post_init__(self) -> None:
        _freeze_axis(self)

    def __call__(self, w: Array) -> Array:
        norm = _norm(w, self.axis)
        return _with_norm(w, norm, jnp.clip(norm, 0, self.max_value))


@registry.register()
@dataclasses.dataclass(frozen=True)
class NonNeg(Constraint):
    """Replace negative weights by zero."""

    def __call__(self, w: Array) -> Array:
        return w * (w >= 0).astype(w.dtype)


@registry.register()
@dataclasses.dataclass(frozen=True)
class UnitNorm(Constraint):
    """Scale to norm one."""

    axis: Axis = 0

    def __post_init__(self) -> None:
        _freeze_axis(self)

    def __call__(self, w: Array) -> Array:
        return _with_norm(w, _norm(w, self.axis), 1.0)


@registry.register()
@dataclasses.dataclass(frozen=True)
class MinMaxNorm(Constraint):
    """Move the norm into [min_value, max_value], by the fraction ``rate`` each time."""

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Axis = 0

    def __post_init__(self) -> None:
        _freeze_axis(self)

    def __call__(self, w: Array) -> Array:
        norm = _norm(w, self.axis)
        allowed = jnp.clip(norm, self.min_value, self.max_value)
        return _with_norm(w, norm, self.rate * allowed + (1 - self.rate) * norm)


def max_norm(max_value: float = 2, axis: Axis = 0, *, m: float | None = None) -> MaxNorm:
    """:class:`MaxNorm`; ``m`` is Keras 1's word for ``max_value``."""
    return MaxNorm(max_value if m is None else m, axis)


maxnorm = max_norm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
min_max_norm = MinMaxNorm


def get(identifier: Identifier) -> ConstraintFunction | None:
    """The constraint meant by a name, configuration, object or function; None means none.

    Raises:
        ValueError: unknown name, or nothing that can be called.
    """
    constraint: ConstraintFunction | None = registry.get(identifier)
    return constraint


def serialize(constraint: ConstraintFunction | None) -> str | Config | None:
    """The configuration of a constraint, or the name of a user's function."""
    return registry.serialize(constraint)


def deserialize(
    config: Identifier, custom_objects: Settings | None = None
) -> ConstraintFunction | None:
    """The inverse of :func:`serialize`."""
    constraint: ConstraintFunction | None = registry.deserialize(config, custom_objects)
    return constraint


def _freeze_axis(constraint: "MaxNorm | UnitNorm | MinMaxNorm") -> None:
    """A list of axes becomes a tuple, so that the constraint stays hashable."""
    if isinstance(constraint.axis, list):
        object.__setattr__(constraint, "axis", tuple(constraint.axis))


def _norm(w: Array, axis: Axis) -> Array:
    return jnp.sqrt(jnp.sum(jnp.square(w), axis=axis, keepdims=True))


def _with_norm(w: Array, norm: Array, desired: Array | float) -> Array:
    return w * (desired / (config.epsilon() + norm))
