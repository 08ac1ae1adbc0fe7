"""Activations with parameters as layers: any shape in, the same shape out."""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.core import noise_key, resolved
from jaxcnn.nn.traits import POINTWISE


class LeakyReLU(Layer):
    """``x`` where positive, ``alpha * x`` elsewhere.  Source: Maas et al., "Rectifier
    Nonlinearities", 2013.
    """

    alpha: float = 0.3

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"alpha": arguments.number(self.label, "alpha", self.alpha, minimum=0.0)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return activations.relu(x, alpha=self.alpha)


class PReLU(Layer):
    """``x`` where positive, ``alpha * x`` elsewhere, with a trained ``alpha`` of the shape of a
    sample.

    `shared_axes` (counting the batch as 0) have one alpha for all positions: [1, 2] for one a
    channel of pictures. Source: He et al., "Delving Deep into Rectifiers", 2015.
    """

    alpha_initializer: Any = "zeros"
    alpha_regularizer: Any = None
    alpha_constraint: Any = None
    shared_axes: Any = None

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        values = resolved(self)
        if self.shared_axes is not None:
            axes = arguments.whole_numbers(self.shared_axes)
            if axes is None or 0 in axes:
                raise ValueError(
                    f"{self.label}: `shared_axes` is {self.shared_axes!r}; it must hold integers, "
                    "none of them 0, "
                    "the batch."
                )
            values["shared_axes"] = axes
        return values

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        axes = self.shared_axes or ()
        if any(not -x.ndim < axis < x.ndim for axis in axes):
            raise ValueError(
                f"{self.label}: `shared_axes` is {axes}, but the input has shape {x.shape}."
            )
        shared = {axis % x.ndim for axis in axes}
        alpha = self.weight(
            "alpha",
            self.alpha_initializer,
            tuple(1 if axis in shared else n for axis, n in enumerate(x.shape))[1:],
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        return activations.relu(x, alpha=alpha)


class RandomizedReLU(Layer):
    """``x`` where positive, ``a * x`` elsewhere, with an ``a`` of its own for each number of the
    input.

    In training mode each ``a`` is drawn evenly from `lower` to `upper` (from the ``dropout``
    stream; `seed` gives the layer a stream of its own), else it is the mean of both. Source: Xu et
    al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015, whose best
    range 1/8 to 1/3 is the default.
    """

    lower: float = 1 / 8
    upper: float = 1 / 3
    seed: int | None = None

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        lower = arguments.number(self.label, "lower", self.lower, minimum=0.0)
        return {
            "lower": lower,
            "upper": arguments.number(self.label, "upper", self.upper, minimum=lower),
        }

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train:
            return activations.relu(x, alpha=(self.lower + self.upper) / 2.0)
        slopes = jax.random.uniform(noise_key(self), x.shape, minval=self.lower, maxval=self.upper)
        return activations.relu(x, alpha=slopes.astype(x.dtype))


class ELU(Layer):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere.  Source: Clevert et al., 2015."""

    alpha: float = 1.0

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"alpha": arguments.number(self.label, "alpha", self.alpha)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return activations.elu(x, self.alpha)


class ThresholdedReLU(Layer):
    """``x`` where it is above `theta`, 0 elsewhere.  Source: Konda et al., "Zero-Bias
    Autoencoders", 2014.
    """

    theta: float = 1.0

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"theta": arguments.number(self.label, "theta", self.theta, minimum=0.0)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return jnp.where(x > self.theta, x, jnp.zeros((), x.dtype))


class Softmax(Layer):
    """Positive numbers that sum to one along `axis`: ``exp(x) / sum(exp(x))``."""

    axis: int = -1

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        if not isinstance(self.axis, int) or self.axis == 0:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis!r}; it must be an integer other than 0, the "
                "batch."
            )
        return {}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if not -x.ndim < self.axis < x.ndim:
            raise ValueError(
                f"{self.label}: `axis` is {self.axis}, but the input has shape {x.shape}."
            )
        return activations.softmax(x, self.axis)


class ReLU(Layer):
    """``x`` where above `threshold`, ``negative_slope * (x - threshold)`` elsewhere; at most
    `max_value`.
    """

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        limit = self.max_value
        return {
            "max_value": None
            if limit is None
            else arguments.number(self.label, "max_value", limit, minimum=0.0),
            "negative_slope": arguments.number(
                self.label, "negative_slope", self.negative_slope, minimum=0.0
            ),
            "threshold": arguments.number(self.label, "threshold", self.threshold, minimum=0.0),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        below = (
            self.negative_slope * (x - self.threshold)
            if self.negative_slope
            else jnp.zeros((), x.dtype)
        )
        y = jnp.where(x > self.threshold, x, below)
        return y if self.max_value is None else jnp.minimum(y, self.max_value)
