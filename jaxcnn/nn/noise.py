"""Noise that only training sees: Gaussian noise, and dropout that is Gaussian, spatial or keeps the
statistics.

All draw from the ``dropout`` stream; `seed` gives a layer a stream of its own.
"""

from __future__ import annotations

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.convolution import SpatialLayer
from jaxcnn.nn.core import drop, dropout_rate, keep_mask, mask_shape, noise_key, noise_shape
from jaxcnn.nn.traits import POINTWISE


def rate_below_one(layer: Any) -> float:
    """The layer's `rate`, a number from 0 to just below 1: noise whose strength grows without limit
    towards 1.
    """
    rate = dropout_rate(layer)
    if rate == 1.0:
        raise ValueError(
            f"{layer.label}: `rate` is {layer.rate!r}; it must be at least 0 and below 1."
        )
    return rate


class GaussianNoise(Layer):
    """In training mode ``x + n`` with independent n of mean 0 and standard deviation `stddev`; any
    shape.
    """

    stddev: float
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"stddev": arguments.number(self.label, "stddev", self.stddev, minimum=0.0)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train:
            return x
        return x + (self.stddev * jax.random.normal(noise_key(self), x.shape)).astype(x.dtype)


class GaussianDropout(Layer):
    """In training mode ``x * n`` with independent n of mean 1 and standard deviation
    ``sqrt(rate / (1 - rate))``.

    Source: Srivastava et al., "Dropout", 2014.
    """

    rate: float
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"rate": rate_below_one(self)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate == 0:
            return x
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return x * (1.0 + stddev * jax.random.normal(noise_key(self), x.shape)).astype(x.dtype)


class AlphaDropout(Layer):
    """Dropout for networks of selu: in training mode dropped inputs become the value that selu has
    at minus infinity.

    With that value v, the result is ``a * where(kept, x, v) + b`` with
    ``a = ((1 - rate) (1 + rate v**2)) ** -0.5`` and ``b = -a v rate``, which leaves a mean of 0 and
    a variance of 1 as they are. `noise_shape` is that of Dropout. Source: Klambauer et al.,
    "Self-Normalizing Neural Networks", 2017.
    """

    rate: float
    noise_shape: tuple[int | None, ...] | None = None
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"rate": rate_below_one(self), "noise_shape": noise_shape(self)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate == 0:
            return x
        lowest = -1.6732632423543772 * 1.0507009873554805  # -alpha * scale of selu
        a = ((1.0 - self.rate) * (1.0 + self.rate * lowest**2)) ** -0.5
        keep = keep_mask(noise_key(self), self.rate, mask_shape(self, x))
        return a * jnp.where(keep, x, jnp.asarray(lowest, x.dtype)) - a * lowest * self.rate


class SpatialDropout(SpatialLayer):
    """Dropout of whole channels: in training mode a channel of a sample is zeroed everywhere or
    scaled everywhere.

    Source: Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.
    """

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"rate": dropout_rate(self), **self.checked_format()}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        if train and layer.rate > 0:
            x = drop(
                noise_key(self), x, layer.rate, (x.shape[0], *(1,) * self.spatial_rank, x.shape[-1])
            )
        return self.from_channels_last(x)


class SpatialDropout1D(SpatialDropout):
    """(batch, steps, channels) with whole channels dropped in training mode."""

    rate: float
    seed: int | None = None

    spatial_rank = 1


class SpatialDropout2D(SpatialDropout):
    """(batch, height, width, channels) with whole channels dropped in training mode."""

    rate: float
    data_format: str | None = None
    seed: int | None = None

    spatial_rank = 2


class SpatialDropout3D(SpatialDropout):
    """(batch, d1, d2, d3, channels) with whole channels dropped in training mode."""

    rate: float
    data_format: str | None = None
    seed: int | None = None

    spatial_rank = 3
