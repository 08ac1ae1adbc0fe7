"""Penalties on weights or activations: each maps an array to a scalar that the loss grows by."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.losses import absolute
from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.names import NamedByKeras1, Registry
from jaxcnn.runtime.types import Config
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.keywords import suggesting

RegularizerFunction: TypeAlias = Callable[[Array], Array]

registry: Registry[RegularizerFunction | None] = Registry("regularizer", builders=True)


class Regularizer(NamedByKeras1):
    """Base class: subclasses define ``__call__(x) -> scalar``.

    Examples:
        >>> class Largest(jc.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return abs(x).max()
        >>> Largest()(jnp.array([-3.0, 2.0]))
        Array(3., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """

    def __call__(self, x: Array) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")

    def set_param(self, weight: Any) -> None:
        """Penalise a weight, as layers in programs for Keras 0.3 say it; in later ones nothing.

        Args:
            weight: a variable of the layer.
        """
        if dialect().name == "0.3":
            weight.regularizer = self

    def set_layer(self, layer: object) -> None:
        """Nothing: a layer's `activity_regularizer` counts, as programs for Keras 1 say with it.

        Args:
            layer: the layer.
        """


@registry.register()
@dataclasses.dataclass(frozen=True)
class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x**2)``.

    Args:
        l1: factor of the sum of absolute values. Default: 0.0.
        l2: factor of the sum of squares. Default: 0.0.

    Examples:
        >>> jc.regularizers.L1L2(l1=1.0, l2=0.5)(jnp.array([-2.0, 2.0]))
        Array(8., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """

    name_then = "L1L2Regularizer"
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("l1", "l2"):
            object.__setattr__(self, name, float(getattr(self, name)))

    def get_config(self) -> Config:
        """The arguments that make an equal one; an old Keras rounded them to float32."""
        config = super().get_config()
        rounded = {name: float(np.float32(getattr(self, name))) for name in ("l1", "l2")}
        return {**config, **rounded} if chosen() else config

    @deferrable
    def __call__(self, x: Array) -> Array:
        penalty = jnp.zeros((), x.dtype)
        if self.l1:
            penalty += self.l1 * jnp.sum(absolute(x))
        if self.l2:
            penalty += self.l2 * jnp.sum(jnp.square(x))
        return penalty


@registry.register("activity_l1")
@suggesting
def l1(l: float = 0.01) -> L1L2:
    """``l * sum(|x|)``.

    Args:
        l: factor of the sum of absolute values. Default: 0.01.

    Examples:
        >>> jc.regularizers.l1(0.5)(jnp.array([-2.0, 2.0]))
        Array(2., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """
    return L1L2(l1=l)


@registry.register("activity_l2")
@suggesting
def l2(l: float = 0.01) -> L1L2:
    """``l * sum(x**2)``.

    Args:
        l: factor of the sum of squares. Default: 0.01.

    Examples:
        >>> jc.regularizers.l2(0.5)(jnp.array([-2.0, 2.0]))
        Array(4., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """
    return L1L2(l2=l)


@registry.register()
@suggesting
def L1(l1: float = 0.01) -> L1L2:
    """``l1 * sum(|x|)``, by the name and argument that later Keras has.

    Args:
        l1: factor of the sum of absolute values. Default: 0.01.

    Examples:
        >>> jc.regularizers.L1(0.5)(jnp.array([-2.0, 2.0]))
        Array(2., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/regularizers/regularizers.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/regularizers/regularizers.py>
    """
    return L1L2(l1=l1)


@registry.register()
@suggesting
def L2(l2: float = 0.01) -> L1L2:
    """``l2 * sum(x**2)``, by the name and argument that later Keras has.

    Args:
        l2: factor of the sum of squares. Default: 0.01.

    Examples:
        >>> jc.regularizers.L2(0.5)(jnp.array([-2.0, 2.0]))
        Array(4., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/regularizers/regularizers.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/regularizers/regularizers.py>
    """
    return L1L2(l2=l2)


@registry.register("activity_l1l2")
@suggesting
def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """``l1 * sum(|x|) + l2 * sum(x**2)``.

    Args:
        l1: factor of the sum of absolute values. Default: 0.01.
        l2: factor of the sum of squares. Default: 0.01.

    Examples:
        >>> jc.regularizers.l1_l2(1.0, 0.5)(jnp.array([-2.0, 2.0]))
        Array(8., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """
    return L1L2(l1, l2)


get = registry.get
deserialize = registry.deserialize


def serialize(regularizer: RegularizerFunction | None) -> str | Config | None:
    """The configuration of a regularizer, or the name of a user's function.

    Args:
        regularizer: an object of this module, a function of `custom_objects`, or None.

    Examples:
        >>> jc.regularizers.serialize(jc.regularizers.l2(0.5))
        {'class_name': 'L1L2', 'config': {'l1': 0.0, 'l2': 0.5}}

    References:
        - Chollet et al., "Keras 2.0.4: keras/regularizers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/regularizers.py>
    """
    return registry.serialize(regularizer)
