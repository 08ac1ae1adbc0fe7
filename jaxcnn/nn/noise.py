"""Noise in training mode: Gaussian, and dropout that is Gaussian, spatial or keeps statistics.

All draw from the ``dropout`` stream; `seed` gives a layer a separate stream.
"""

from __future__ import annotations

import math

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.dropout import (
    MaskedNoise,
    drop,
    dropout_rate,
    keep_mask,
    mask_shape,
    noise_key,
)
from jaxcnn.nn.fields import fixed
from jaxcnn.nn.spatial import SpatialLayer
from jaxcnn.nn.traits import POINTWISE
from jaxcnn.runtime.types import Config
from jaxcnn.spellings.dialect import chosen


def rate_below_one(label: str, value: float) -> float:
    """A `rate` of noise that grows without limit towards 1, from 0 to just below 1.

    Old Keras takes 1 as well, and adds no noise.
    """
    rate = dropout_rate(label, value)
    if rate == 1.0 and not chosen():
        raise ValueError(f"{label}: `rate` is {value!r}; it must be at least 0 and below 1.")
    return rate


class GaussianNoise(Layer):
    """In training mode ``x + n``, the n independent with mean 0 and standard deviation `stddev`.

    Args:
        stddev: standard deviation of the noise, at least 0.

    Examples:
        >>> jc.layers.GaussianNoise(0.1)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", 1995,
          <https://doi.org/10.1162/neco.1995.7.1.108>
    """

    stddev: float
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {"stddev": arguments.number(self.label, "stddev", self.stddev, minimum=0.0)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train:
            return x
        return x + (self.stddev * jax.random.normal(noise_key(self, self.seed), x.shape)).astype(
            x.dtype
        )


class GaussianDropout(Layer):
    """In training mode ``x * n`` with independent n of mean 1.

    Their standard deviation is ``sqrt(rate / (1 - rate))``.

    Args:
        rate: what a Dropout of the same variance would drop, from 0 to below 1.

    Examples:
        >>> jc.layers.GaussianDropout(0.5)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
          2014, <https://jmlr.org/papers/v15/srivastava14a.html>
    """

    rate: float
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {"rate": rate_below_one(self.label, self.rate)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate in (0, 1):
            return x
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return x * (1.0 + stddev * jax.random.normal(noise_key(self, self.seed), x.shape)).astype(
            x.dtype
        )


class AlphaDropout(MaskedNoise):
    """Dropout for networks of selu: dropped inputs become the value of selu at minus infinity.

    With that value v, in training mode the result is ``a * where(kept, x, v) + b`` with
    ``a = ((1 - rate) (1 + rate v**2)) ** -0.5`` and ``b = -a v rate``, which leaves a mean of 0 and
    a variance of 1 as they are. `noise_shape` is that of Dropout.

    Args:
        rate: fraction of the inputs to drop, from 0 to below 1.

    Examples:
        >>> jc.layers.AlphaDropout(0.1)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)

    References:
        - Klambauer et al., "Self-Normalizing Neural Networks", 2017,
          <https://arxiv.org/abs/1706.02515>
    """

    def checked(self) -> Config:
        return {**super().checked(), "rate": rate_below_one(self.label, self.rate)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate in (0, 1):
            return x
        lowest = -1.6732632423543772 * 1.0507009873554805  # -alpha * scale of selu
        a: float = ((1.0 - self.rate) * (1.0 + self.rate * lowest**2)) ** -0.5
        shape = mask_shape(self.label, self.noise_shape, x)
        keep = keep_mask(noise_key(self, self.seed), self.rate, shape)
        return a * jnp.where(keep, x, jnp.asarray(lowest, x.dtype)) - a * lowest * self.rate


class SpatialDropout(SpatialLayer):
    """Dropout of whole channels: in training mode a channel is zeroed or scaled everywhere.

    Source: Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015.

    Args:
        rate: fraction of the channels to drop, from 0 to 1.
    """

    rate: float
    data_format: str | None = None
    seed: int | None = None

    supports_masking = True

    def checked(self) -> Config:
        return {"rate": dropout_rate(self.label, self.rate), **self.checked_format()}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        x = self.to_channels_last(x)
        if train and self.rate > 0:
            shape = (x.shape[0], *(1,) * self.spatial_rank, x.shape[-1])
            x = drop(noise_key(self, self.seed), x, self.rate, shape)
        return self.from_channels_last(x)


class SpatialDropout1D(SpatialDropout):
    """(batch, steps, channels) with whole channels dropped in training mode.

    Examples:
        >>> jc.layers.SpatialDropout1D(0.5)(jnp.ones((2, 10, 4))).shape
        (2, 10, 4)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class SpatialDropout2D(SpatialDropout):
    """(batch, height, width, channels) with whole channels dropped in training mode.

    Examples:
        >>> jc.layers.SpatialDropout2D(0.5)(jnp.ones((2, 8, 8, 4))).shape
        (2, 8, 8, 4)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    spatial_rank = 2


class SpatialDropout3D(SpatialDropout):
    """(batch, d1, d2, d3, channels) with whole channels dropped in training mode.

    Examples:
        >>> jc.layers.SpatialDropout3D(0.5)(jnp.ones((2, 4, 4, 4, 3))).shape
        (2, 4, 4, 4, 3)

    References:
        - Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2015,
          <https://arxiv.org/abs/1411.4280>
    """

    spatial_rank = 3
