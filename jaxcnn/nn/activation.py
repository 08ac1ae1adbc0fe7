"""An activation, and a penalty on activations, as layers."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn import activations, regularizers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.traits import BY_STEP, POINTWISE
from jaxcnn.nn.weights import resolved
from jaxcnn.runtime.types import Config, Identifier


class Activation(Layer):
    """An activation as a layer: any shape in, the same shape out.

    Examples:
        >>> jc.layers.Activation("relu")(jnp.array([[-1.0, 2.0]]))
        Array([[0., 2.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    activation: Identifier

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return resolved(self)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return activations.get(self.activation)(x)


class ActivityRegularization(Layer):
    """The identity, adding ``l1 * sum|x| + l2 * sum x**2`` (over the batch) to the loss.

    Args:
        l1: factor of the sum of absolute values, at least 0.
        l2: factor of the sum of squares, at least 0.

    Examples:
        >>> jc.layers.ActivityRegularization(l2=0.01)(jnp.array([[3.0, 4.0]]))
        Array([[3., 4.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    l1: float = 0.0
    l2: float = 0.0

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        return {
            name: arguments.number(self.label, name, getattr(self, name)) for name in ("l1", "l2")
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        self.penalise_activity(regularizers.L1L2(self.l1, self.l2), x)
        return x
