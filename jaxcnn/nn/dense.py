"""The fully connected layer."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxcnn.nn import arguments
from jaxcnn.nn.fields import KernelFields, UnitsField
from jaxcnn.nn.traits import BY_STEP
from jaxcnn.nn.weights import field_weight, finish, optional_bias, resolved
from jaxcnn.ops import dot
from jaxcnn.runtime.types import Config


class Dense(KernelFields, UnitsField):
    """``activation(x @ kernel + bias)`` over the last axis.

    Input (batch, ..., features), output (batch, ..., units). Weights: ``kernel`` (features, units),
    ``bias`` (units,).

    Examples:
        >>> jc.layers.Dense(2, kernel_initializer="ones")(jnp.array([[1.0, 2.0, 3.0]]))
        Array([[6., 6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        units = arguments.positive_integer(self.label, "units", self.units)
        return {"units": units, **resolved(self)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if x.ndim < 2:
            raise arguments.IncompatibleError(
                f"{self.label}: the input has shape {x.shape}; it needs (batch, ..., features).",
                f"expected min_ndim=2, found ndim={x.ndim}",
            )
        kernel = field_weight(self, "kernel", (x.shape[-1], self.units))
        return finish(self, dot(x, kernel), optional_bias(self, self.units))
