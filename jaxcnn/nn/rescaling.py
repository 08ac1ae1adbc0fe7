"""Layers that bring raw inputs to a range that networks learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import ArrayLike, Config


class Normalization(Layer):
    """``(x - mean) / sqrt(variance)``, with statistics of the data for each index of `axis`.

    Weights, none of which training moves: ``mean``, ``variance`` and ``count``, the number of
    values that they summarise; they start as 0, 1 and 0 and are set with the weights of a model.
    `axis` may be a list of one, as Keras 3 writes it.

    Args:
        axis: the axis with a mean and a variance for each index, counted with the batch as 0.

    Examples:
        >>> jc.layers.Normalization()(jnp.array([[1.0, 2.0]])).round(3)  # mean 0, variance 1
        Array([[1., 2.]], dtype=float32)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """

    axis: int | Sequence[int] = -1

    supports_masking = True

    def checked(self) -> Config:
        axes = arguments.whole_numbers(self.axis)
        axis = axes[0] if axes is not None and len(axes) == 1 else self.axis
        return {"axis": arguments.feature_axis(self.label, axis)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        (axis,) = arguments.existing_axes(self.label, self.axis, x)
        size = x.shape[axis]
        along = tuple(n if i == axis else 1 for i, n in enumerate(x.shape))
        mean = self.weight("mean", "zeros", (size,), collection="batch_stats").reshape(along)
        variance = self.weight("variance", "ones", (size,), collection="batch_stats").reshape(along)
        self.weight("count", "zeros", (), collection="batch_stats")
        y = (x.astype(mean.dtype) - mean) / jnp.maximum(jnp.sqrt(variance), config.epsilon())
        return y.astype(x.dtype)


class Rescaling(Layer):
    """``x * scale + offset``; both may be lists with a number for each channel, the last axis.

    Args:
        scale: factor: a number, or a list with one for each channel.
        offset: what is added then: a number, or a list with one for each channel.

    Examples:
        >>> jc.layers.Rescaling(1 / 127.5, -1)(jnp.array([[0.0, 255.0]]))
        Array([[-1.,  1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 3: Rescaling Layer", 2023,
          <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>
    """

    scale: ArrayLike | Sequence[Any]
    offset: ArrayLike | Sequence[Any] = 0.0

    supports_masking = True

    def checked(self) -> Config:
        for name in ("scale", "offset"):
            values = getattr(self, name)
            for value in values if isinstance(values, list | tuple) else [values]:
                arguments.number(self.label, name, value)
        return {}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        scale, offset = (
            on_last_axes(jnp.asarray(numbers, x.dtype), x) for numbers in (self.scale, self.offset)
        )
        return x * scale + offset
