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
from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.names import NamedByKeras1, Registry
from jaxcnn.runtime.types import Config
from jaxcnn.spellings.translate import old_spellings

Axis: TypeAlias = int | tuple[int, ...]
ConstraintFunction: TypeAlias = Callable[[Array], Array]

registry: Registry[ConstraintFunction | None] = Registry("constraint", builders=True)


class Constraint(NamedByKeras1):
    """Base class: subclasses define ``__call__(w) -> w``.

    Examples:
        >>> class AtMostOne(jc.constraints.Constraint):
        ...     def __call__(self, w):
        ...         return w.clip(-1.0, 1.0)
        >>> AtMostOne()(jnp.array([-3.0, 0.5]))
        Array([-1. ,  0.5], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """

    def __call__(self, w: Array) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")


class NormConstraint(Constraint):
    """A constraint on the norm over `axis`.

    Examples:
        >>> jc.constraints.UnitNorm().norm(jnp.array([[3.0], [4.0]]))
        Array([[5.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """

    axis: Axis

    def __post_init__(self) -> None:
        if isinstance(self.axis, list):  # a tuple, so that the constraint stays hashable
            object.__setattr__(self, "axis", tuple(self.axis))

    def norm(self, w: Array) -> Array:
        """The Euclidean norm over `axis`, which stays as an axis of size one."""
        return jnp.sqrt(jnp.sum(jnp.square(w), axis=self.axis, keepdims=True))

    def factor(self, norm: Array, desired: Array | float) -> Array:
        """The factor for weights of one norm to have another."""
        return desired / (config.epsilon() + norm)


@registry.register()
@old_spellings
@dataclasses.dataclass(frozen=True)
class MaxNorm(NormConstraint):
    """Scale down what has a norm above ``max_value`` (Srivastava et al., Dropout, 2014).

    Args:
        max_value: the largest norm. Default: 2.
        axis: the axis or axes over which the norm is taken: 0 for the kernel of a dense layer, (0,
            1, 2) for that of a convolution of images. Default: 0.

    Examples:
        >>> jc.constraints.MaxNorm(5.0)(jnp.array([[6.0], [8.0]])).round()
        Array([[3.],
               [4.]], dtype=float32)

    References:
        - Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
          2014, <https://jmlr.org/papers/v15/srivastava14a.html>
    """

    words_then = {"max_value": "m"}  # noqa: RUF012
    max_value: float = 2
    axis: Axis = 0

    @deferrable
    def __call__(self, w: Array) -> Array:
        norm = self.norm(w)
        return w * self.factor(norm, jnp.clip(norm, 0, self.max_value))


@registry.register()
@dataclasses.dataclass(frozen=True)
class NonNeg(Constraint):
    """Replace negative weights by zero.

    Examples:
        >>> jc.constraints.NonNeg()(jnp.array([-3.0, 2.0])) >= 0
        Array([ True,  True], dtype=bool)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """

    @deferrable
    def __call__(self, w: Array) -> Array:
        return w * (w >= 0).astype(w.dtype)


@registry.register()
@dataclasses.dataclass(frozen=True)
class UnitNorm(NormConstraint):
    """Scale to norm one.

    Args:
        axis: the axis or axes over which the norm is taken: 0 for the kernel of a dense layer, (0,
            1, 2) for that of a convolution of images. Default: 0.

    Examples:
        >>> jc.constraints.UnitNorm()(jnp.array([[6.0], [8.0]])).round(3)
        Array([[0.6],
               [0.8]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """

    axis: Axis = 0

    @deferrable
    def __call__(self, w: Array) -> Array:
        return w * self.factor(self.norm(w), 1.0)


@registry.register()
@old_spellings
@dataclasses.dataclass(frozen=True)
class MinMaxNorm(NormConstraint):
    """Move the norm into [min_value, max_value], by the fraction ``rate`` each time.

    Args:
        min_value: the smallest norm. Default: 0.0.
        max_value: the largest norm. Default: 1.0.
        rate: how far a norm moves towards the range at each update: 1 for all the way. Default:
            1.0.
        axis: the axis or axes over which the norm is taken: 0 for the kernel of a dense layer, (0,
            1, 2) for that of a convolution of images. Default: 0.

    Examples:
        >>> jc.constraints.MinMaxNorm(0.0, 5.0)(jnp.array([[6.0], [8.0]])).round()
        Array([[3.],
               [4.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Axis = 0
    words_then = {"min_value": "low", "max_value": "high"}  # noqa: RUF012

    @deferrable
    def __call__(self, w: Array) -> Array:
        norm = self.norm(w)
        allowed = jnp.clip(norm, self.min_value, self.max_value)
        return w * self.factor(norm, self.rate * allowed + (1 - self.rate) * norm)


@old_spellings
def max_norm(max_value: float = 2, axis: Axis = 0) -> MaxNorm:
    """:class:`MaxNorm`.

    Args:
        max_value: the largest norm. Default: 2.
        axis: the axis or axes over which the norm is taken: 0 for the kernel of a dense layer, (0,
            1, 2) for that of a convolution of images. Default: 0.

    Examples:
        >>> jc.constraints.max_norm(5.0)
        MaxNorm(max_value=5.0, axis=0)

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """
    return MaxNorm(max_value, axis)


maxnorm = max_norm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
min_max_norm = MinMaxNorm

get = registry.get
deserialize = registry.deserialize


def serialize(constraint: ConstraintFunction | None) -> str | Config | None:
    """The configuration of a constraint, or the name of a user's function.

    Args:
        constraint: an object of this module, a function of `custom_objects`, or None.

    Examples:
        >>> jc.constraints.serialize(jc.constraints.NonNeg())
        {'class_name': 'NonNeg', 'config': {}}

    References:
        - Chollet et al., "Keras 2.0.4: keras/constraints.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/constraints.py>
    """
    return registry.serialize(constraint)
