"""A loss with its options, and losses by name."""

from __future__ import annotations

from typing import ClassVar

from jax import Array

from jaxcnn.losses.functions import LossFunction, registry
from jaxcnn.runtime.names import Configurable
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, Config


class Loss(Configurable):
    """A loss function together with its options; called like the function.

    Examples:
        >>> jc.losses.Huber(delta=2.0)(jnp.array([[0.0]]), jnp.array([[3.0]]))
        Array([4.], dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/losses/loss.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/losses/loss.py>
    """

    function: ClassVar[ArrayFunction]

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        return type(self).function(y_true, y_pred, **self.get_config())


get = registry.get
deserialize = registry.deserialize


def serialize(loss: LossFunction | None) -> str | Config | None:
    """The name of a function, or the configuration of a :class:`Loss`.

    Args:
        loss: a function of this module, a `Loss`, or None.

    Examples:
        >>> jc.losses.serialize(jc.losses.mean_squared_error)
        'mean_squared_error'

    References:
        - Chollet et al., "Keras 2.0.4: keras/losses.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/losses.py>
    """
    return registry.serialize(loss)


def function_of(loss: ArrayFunction | None) -> ArrayFunction | None:
    """The plain function of a :class:`Loss`; anything else is returned as it is.

    Args:
        loss: a function, a `Loss`, or None.

    Examples:
        >>> jc.losses.function_of(jc.losses.Huber()).__name__
        'huber'
    """
    if isinstance(loss, Loss):
        return type(loss).function
    return getattr(getattr(loss, "__self__", loss), "fn", loss)  # of an object of Keras 2.3
