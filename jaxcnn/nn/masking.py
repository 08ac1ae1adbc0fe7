"""Masks of timesteps that mark padding."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import Config, Mask


class Masking(Layer):
    """Mask and set to zero the timesteps of (batch, steps, ...) that hold `mask_value` only.

    Args:
        mask_value: the value that all features of a masked step have.

    Examples:
        >>> jc.layers.Masking(9.0)(jnp.array([[[9.0, 9.0], [9.0, 2.0]]]))
        Array([[[0., 0.],
                [9., 2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    mask_value: float = 0.0

    supports_masking = True

    def checked(self) -> Config:
        return {"mask_value": arguments.number(self.label, "mask_value", self.mask_value)}

    def compute_mask(self, inputs: jax.Array, mask: Mask) -> jax.Array:
        return jnp.any(inputs != self.mask_value, axis=-1)

    def __call__(self, x: jax.Array) -> jax.Array:
        return x * jnp.any(x != self.mask_value, axis=-1, keepdims=True).astype(x.dtype)
