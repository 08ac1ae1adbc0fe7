"""Batch normalization."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer, current_valid_rows
from jaxcnn.nn.core import resolved


class BatchNormalization(Layer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, statistics over all axes but `axis`.

    In training mode the statistics are those of the batch (biased variance) and move the running ones:
    ``moving = momentum * moving + (1 - momentum) * batch``; in inference mode the running ones are used.  Statistics
    are computed in float32.  Weights: ``gamma``, ``beta`` in params; ``moving_mean``, ``moving_variance`` in
    batch_stats.  Source: Ioffe and Szegedy, "Batch Normalization", 2015.
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

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        if not isinstance(self.axis, int) or self.axis == 0:
            raise ValueError(f"{self.label}: `axis` is {self.axis!r}; it must be an integer other than 0, the batch.")
        return resolved(self)

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not -x.ndim < self.axis < x.ndim:
            raise ValueError(f"{self.label}: `axis` is {self.axis}, but the input has shape {x.shape}.")
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
        mean = self.weight("moving_mean", self.moving_mean_initializer, (size,), collection="batch_stats")
        variance = self.weight("moving_variance", self.moving_variance_initializer, (size,), collection="batch_stats")
        along = [1] * x.ndim
        along[axis] = size
        if train:
            moving = mean, variance
            mean, variance = batch_statistics(x, axis)
            for name, old, new in zip(("moving_mean", "moving_variance"), moving, (mean, variance), strict=True):
                self.update("batch_stats", name, self.momentum * old + (1.0 - self.momentum) * new)
        scale = jax.lax.rsqrt(variance + self.epsilon)
        if gamma is not None:
            scale = scale * gamma
        shift = -mean * scale if beta is None else beta - mean * scale
        return (x * scale.reshape(along) + shift.reshape(along)).astype(x.dtype)


def batch_statistics(x: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Mean and biased variance over all axes but `axis`, in float32, of the rows that are not padding."""
    x = x.astype(jnp.promote_types(x.dtype, jnp.float32))
    axes = tuple(i for i in range(x.ndim) if i != axis)
    rows = current_valid_rows()
    where = None if rows is None else (rows > 0).reshape(rows.shape + (1,) * (x.ndim - 1))
    mean = jnp.mean(x, axes, keepdims=True, where=where)
    variance = jnp.mean(jnp.square(x - mean), axes, where=where)
    return mean.reshape(-1), variance
