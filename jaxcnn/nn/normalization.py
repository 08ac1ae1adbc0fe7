"""Batch, layer and local response normalization."""

from __future__ import annotations

from functools import partial
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import initializers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer, current_batch_parts, current_valid_rows
from jaxcnn.nn.convolution import SpatialLayer
from jaxcnn.nn.core import resolved
from jaxcnn.nn.traits import POINTWISE
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import widened


class BatchNormalization(Layer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, statistics over all axes but
    `axis`.

    In training mode the statistics are those of the batch (biased variance) and move the running
    ones: ``moving = momentum * moving + (1 - momentum) * batch``; in inference mode the running
    ones are used. Statistics are computed in float32. Where each part of the batch has its own
    (`jaxcnn.distribute` with ``local_statistics``) the running ones move by their mean. Weights:
    ``gamma``, ``beta`` in params; ``moving_mean``, ``moving_variance`` in batch_stats. Source:
    Ioffe and Szegedy, "Batch Normalization", 2015.
    """

    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Any = "zeros"
    gamma_initializer: Any = "ones"
    moving_mean_initializer: Any = "zeros"
    moving_variance_initializer: Any = "ones"
    beta_regularizer: Any = None
    gamma_regularizer: Any = None
    beta_constraint: Any = None
    gamma_constraint: Any = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        if not isinstance(self.axis, int) or self.axis == 0:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis!r}; it must be an integer other than 0, the "
                "batch."
            )
        return {
            "momentum": arguments.number(
                self.label, "momentum", self.momentum, minimum=0.0, maximum=1.0
            ),
            "epsilon": arguments.number(self.label, "epsilon", self.epsilon, minimum=0.0),
            **resolved(self),
        }

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not -x.ndim < self.axis < x.ndim:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis}, but the input has shape {x.shape}."
            )
        axis = self.axis % x.ndim
        size = x.shape[axis]
        gamma = beta = None
        if self.scale:
            gamma = self.weight(
                "gamma",
                self.gamma_initializer,
                (size,),
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            beta = self.weight(
                "beta",
                self.beta_initializer,
                (size,),
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        mean = self.weight(
            "moving_mean", self.moving_mean_initializer, (size,), collection="batch_stats"
        )
        variance = self.weight(
            "moving_variance", self.moving_variance_initializer, (size,), collection="batch_stats"
        )

        def normalised(x: jax.Array, mean: jax.Array, variance: jax.Array) -> jax.Array:
            along = [1] * x.ndim
            along[axis] = size
            scale = jax.lax.rsqrt(variance + self.epsilon)
            if gamma is not None:
                scale = scale * gamma.astype(scale.dtype)
            shift = -mean * scale if beta is None else beta.astype(scale.dtype) - mean * scale
            return (x.astype(scale.dtype) * scale.reshape(along) + shift.reshape(along)).astype(
                x.dtype
            )

        if not train:
            return normalised(x, mean, variance)
        rows, parts = current_valid_rows(), current_batch_parts()
        if parts > 1 and x.shape[0] % parts == 0:
            cut = x.reshape(parts, -1, *x.shape[1:])
            rows = jnp.ones(cut.shape[:2]) if rows is None else rows.reshape(parts, -1)
            means, variances = jax.vmap(partial(batch_statistics, axis=axis))(cut, rows)
            y = jax.vmap(normalised)(cut, means, variances).reshape(x.shape)
            some = jnp.any(rows > 0, axis=1, keepdims=True)  # a part may be all padding
            batch_mean, batch_variance = (
                jnp.mean(found, 0, where=some) for found in (means, variances)
            )
        else:
            batch_mean, batch_variance = batch_statistics(x, rows, axis)
            y = normalised(x, batch_mean, batch_variance)
        for name, old, new in (
            ("moving_mean", mean, batch_mean),
            ("moving_variance", variance, batch_variance),
        ):
            self.update("batch_stats", name, self.momentum * old + (1.0 - self.momentum) * new)
        return y


def batch_statistics(
    x: jax.Array, rows: jax.Array | None, axis: int
) -> tuple[jax.Array, jax.Array]:
    """Mean and biased variance over all axes but `axis`, in float32, of the rows that are not
    padding; of none 0.
    """
    x = widened(x)
    axes = tuple(i for i in range(x.ndim) if i != axis)
    if rows is None:
        mean = jnp.mean(x, axes, keepdims=True)
        return mean.reshape(-1), jnp.mean(jnp.square(x - mean), axes)
    where = (rows > 0).reshape(rows.shape + (1,) * (x.ndim - 1))
    count = jnp.maximum(jnp.sum(where, dtype=x.dtype), 1) * (x.size // (x.shape[0] * x.shape[axis]))
    mean = jnp.sum(x, axes, keepdims=True, where=where) / count
    return mean.reshape(-1), jnp.sum(jnp.square(x - mean), axes, where=where) / count


class LayerNormalization(Layer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, the statistics of each sample over
    `axis`.

    `axis` is one axis or several, without the batch; ``gamma`` and ``beta`` have their sizes. The
    variance is biased; everything is computed in float32. Source: Ba et al., "Layer Normalization",
    2016.
    """

    axis: Any = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Any = "zeros"
    gamma_initializer: Any = "ones"
    beta_regularizer: Any = None
    gamma_regularizer: Any = None
    beta_constraint: Any = None
    gamma_constraint: Any = None

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        axes = arguments.whole_numbers(self.axis)
        if not axes or 0 in axes:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis!r}; it must be an integer or several, none of "
                "them 0, the batch."
            )
        epsilon = arguments.number(self.label, "epsilon", self.epsilon, minimum=0.0)
        return {
            "axis": self.axis if isinstance(self.axis, int) else axes,
            "epsilon": epsilon,
            **resolved(self),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        given = (self.axis,) if isinstance(self.axis, int) else self.axis
        if any(not -x.ndim < axis < x.ndim for axis in given):
            raise ValueError(
                f"{self.label}: `axis` is {self.axis}, but the input has shape {x.shape}."
            )
        axes = tuple(sorted({axis % x.ndim for axis in given}))
        y = widened(x)
        centred = y - jnp.mean(y, axes, keepdims=True)
        y = centred * jax.lax.rsqrt(
            jnp.mean(jnp.square(centred), axes, keepdims=True) + self.epsilon
        )
        along = tuple(n if axis in axes else 1 for axis, n in enumerate(x.shape))
        sizes = tuple(x.shape[axis] for axis in axes)
        if self.scale:
            gamma = self.weight(
                "gamma",
                self.gamma_initializer,
                sizes,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
            y = y * gamma.astype(y.dtype).reshape(along)
        if self.center:
            beta = self.weight(
                "beta",
                self.beta_initializer,
                sizes,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
            y = y + beta.astype(y.dtype).reshape(along)
        return y.astype(x.dtype)


class LocalResponseNormalization(SpatialLayer):
    """``x / (bias + alpha * s) ** beta``, s being the sum of squares over up to `depth_radius`
    channels on either side.

    (batch, height, width, channels) to the same shape. The defaults are AlexNet's. Source:
    Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
    """

    depth_radius: int = 2
    bias: float = 1.0
    alpha: float = 2e-5
    beta: float = 0.75
    data_format: str | None = None

    spatial_rank = 2

    def checked(self) -> dict[str, Any]:
        (radius,) = arguments.integers(self.label, "depth_radius", self.depth_radius, 1, minimum=0)
        bias = arguments.number(self.label, "bias", self.bias)
        if bias <= 0.0:
            raise ValueError(
                f"{self.label}: `bias` is {self.bias!r}; it must be positive, or 0 / 0 could arise."
            )
        return {
            "depth_radius": radius,
            "bias": bias,
            "alpha": arguments.number(self.label, "alpha", self.alpha, minimum=0.0),
            "beta": arguments.number(self.label, "beta", self.beta),
            **self.checked_format(),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        window = (1,) * (x.ndim - 1) + (2 * self.depth_radius + 1,)
        around = ((0, 0),) * (x.ndim - 1) + ((self.depth_radius, self.depth_radius),)
        zero = np.zeros((), x.dtype)
        nearby = jax.lax.reduce_window(
            jnp.square(x), zero, jax.lax.add, window, (1,) * x.ndim, around
        )
        # A power of a positive number by way of its logarithm: the gradient takes a quarter of the
        # time on a CPU.
        return self.from_channels_last(
            x * jnp.exp(-self.beta * jnp.log(self.bias + self.alpha * nearby))
        )


class Normalization(Layer):
    """``(x - mean) / sqrt(variance)``, with statistics of the data for each index of `axis`, of all
    axes but the batch.

    Weights, none of which training moves: ``mean``, ``variance`` and ``count``, the number of
    values behind them; they start as 0, 1 and 0 and are set with the weights of a model. `axis` may
    be a list of one, as Keras 3 writes it.
    """

    axis: Any = -1

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        axis = arguments.whole_numbers(self.axis)
        if axis is None or len(axis) != 1 or axis[0] == 0:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis!r}; it must be an integer other than 0, the "
                "batch."
            )
        return {"axis": axis[0]}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if not -x.ndim < self.axis < x.ndim:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis}, but the input has shape {x.shape}."
            )
        axis = self.axis % x.ndim
        along = tuple(n if i == axis else 1 for i, n in enumerate(x.shape))
        zeros, ones = initializers.get("zeros"), initializers.get("ones")
        mean = self.weight("mean", zeros, (x.shape[axis],), collection="batch_stats").reshape(along)
        variance = self.weight(
            "variance", ones, (x.shape[axis],), collection="batch_stats"
        ).reshape(along)
        self.weight("count", zeros, (), collection="batch_stats")
        y = (x.astype(mean.dtype) - mean) / jnp.maximum(jnp.sqrt(variance), config.epsilon())
        return y.astype(x.dtype)


class Rescaling(Layer):
    """``x * scale + offset``; both may be lists with a number for each channel, the last axis."""

    scale: Any
    offset: Any = 0.0

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        for name in ("scale", "offset"):
            values = getattr(self, name)
            for value in values if isinstance(values, list | tuple) else [values]:
                arguments.number(self.label, name, value)
        return {}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return x * jnp.asarray(self.scale, x.dtype) + jnp.asarray(self.offset, x.dtype)
