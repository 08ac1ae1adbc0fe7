"""Activations with parameters as layers: any shape in, the same shape out."""

from __future__ import annotations

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.dropout import noise_key
from jaxcnn.nn.traits import BY_STEP, POINTWISE
from jaxcnn.nn.weights import field_weight, resolved
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.ties import minimum
from jaxcnn.runtime.types import Config, Identifier


class WithAlpha(Layer):
    """An activation with a number `alpha`.

    Args:
        alpha: a number, what the class says about it.
    """

    alpha: float = 1.0

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {"alpha": arguments.number(self.label, "alpha", self.alpha)}


class LeakyReLU(WithAlpha):
    """``x`` where positive, ``alpha * x`` elsewhere.

    Args:
        alpha: the slope below zero.

    Examples:
        >>> jc.layers.LeakyReLU(0.25)(jnp.array([[-4.0, 4.0]]))
        Array([[-1.,  4.]], dtype=float32)

    References:
        - Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
          2013, <https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf>
    """

    alpha: float = 0.3

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return activations.relu(x, alpha=self.alpha)


class PReLU(Layer):
    """``x`` where positive, ``alpha * x`` elsewhere, with ``alpha`` trained, of a sample's shape.

    `shared_axes` (counting the batch as 0) have one alpha for all positions: [1, 2] for one a
    channel of images.

    Args:
        shared_axes: axes that have one alpha for all positions, counted with the batch as 0, none
            of them 0; None for an alpha at every position.

    Examples:
        >>> jc.layers.PReLU(alpha_initializer="ones")(jnp.array([[-4.0, 4.0]]))
        Array([[-4.,  4.]], dtype=float32)

    References:
        - He et al., "Delving Deep into Rectifiers", 2015, <https://arxiv.org/abs/1502.01852>
    """

    alpha_initializer: Identifier = "zeros"
    alpha_regularizer: Identifier = None
    alpha_constraint: Identifier = None
    shared_axes: Sequence[int] | int | None = None

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        values = resolved(self)
        if self.shared_axes is not None:
            axes = arguments.whole_numbers(self.shared_axes)
            if axes is None or 0 in axes:
                raise ValueError(
                    f"{self.label}: `shared_axes` is {self.shared_axes!r}; it must hold integers, "
                    "none of them 0, the batch."
                )
            values["shared_axes"] = axes
        return values

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shared = arguments.existing_axes(self.label, self.shared_axes or (), x, "shared_axes")
        shape = tuple(1 if axis in shared else n for axis, n in enumerate(x.shape))[1:]
        alpha = field_weight(self, "alpha", shape)
        return activations.relu(x, alpha=on_last_axes(alpha, x))


class RandomizedReLU(Layer):
    """``x`` where positive, ``a * x`` elsewhere, with another ``a`` for each element of the input.

    In training mode each ``a`` is drawn evenly from `lower` to `upper` (from the ``dropout``
    stream; `seed` gives the layer a separate stream), else it is the mean of both. The paper's best
    range, 1/8 to 1/3, is the default.

    Args:
        lower: the smallest slope below zero, at least 0.
        upper: the largest slope below zero, at least `lower`.

    Examples:
        >>> jc.layers.RandomizedReLU(0.25, 0.75)(jnp.array([[-4.0, 4.0]]))
        Array([[-2.,  4.]], dtype=float32)

    References:
        - Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
          <https://arxiv.org/abs/1505.00853>
    """

    lower: float = 1 / 8
    upper: float = 1 / 3
    seed: int | None = None

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        lower = arguments.number(self.label, "lower", self.lower, minimum=0.0)
        return {
            "lower": lower,
            "upper": arguments.number(self.label, "upper", self.upper, minimum=lower),
        }

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train:
            return activations.relu(x, alpha=(self.lower + self.upper) / 2.0)
        slopes = jax.random.uniform(
            noise_key(self, self.seed), x.shape, minval=self.lower, maxval=self.upper
        )
        return activations.relu(x, alpha=slopes.astype(x.dtype))


class ELU(WithAlpha):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Args:
        alpha: minus the value for very negative inputs.

    Examples:
        >>> jc.layers.ELU()(jnp.array([[-1.0, 1.0]])).round(3)
        Array([[-0.632,  1.   ]], dtype=float32)

    References:
        - Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by
          Exponential Linear Units", 2015, <https://arxiv.org/abs/1511.07289>
    """

    alpha: float = 1.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return activations.elu(x, self.alpha)


class ThresholdedReLU(Layer):
    """``x`` where it is above `theta`, 0 elsewhere.

    Args:
        theta: the value above which inputs pass, at least 0.

    Examples:
        >>> jc.layers.ThresholdedReLU(1.5)(jnp.array([[1.0, 2.0]]))
        Array([[0., 2.]], dtype=float32)

    References:
        - Konda, Memisevic and Krueger, "Zero-Bias Autoencoders and the Benefits of Co-Adapting
          Features", 2014, <https://arxiv.org/abs/1402.3337>
    """

    theta: float = 1.0

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {"theta": arguments.number(self.label, "theta", self.theta, minimum=0.0)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return jnp.where(x > self.theta, x, jnp.zeros((), x.dtype))


class Softmax(Layer):
    """Positive numbers that sum to one along `axis`: ``exp(x) / sum(exp(x))``.

    Args:
        axis: the axis along which the results sum to 1, none but the batch, which is 0.

    Examples:
        >>> jc.layers.Softmax()(jnp.zeros((1, 4)))
        Array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)

    References:
        - Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs",
          1990, <https://doi.org/10.1007/978-3-642-76153-9_28>
    """

    axis: int = -1

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
        return {"axis": arguments.feature_axis(self.label, self.axis)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.existing_axes(self.label, self.axis, x)
        return activations.softmax(x, self.axis)


class ReLU(Layer):
    """``x`` above `threshold`, ``negative_slope * (x - threshold)`` below; at most `max_value`.

    Args:
        max_value: the largest value of the output, at least 0; None for no limit.
        negative_slope: the slope below `threshold`, at least 0.
        threshold: the input where the output is 0, at least 0.

    Examples:
        >>> jc.layers.ReLU(max_value=6)(jnp.array([[-1.0, 3.0, 9.0]]))
        Array([[0., 3., 6.]], dtype=float32)

    References:
        - Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010,
          <https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf>
    """

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        limit = self.max_value
        if limit is not None:
            limit = arguments.number(self.label, "max_value", limit, minimum=0.0)
        return {
            "max_value": limit,
            "negative_slope": arguments.number(
                self.label, "negative_slope", self.negative_slope, minimum=0.0
            ),
            "threshold": arguments.number(self.label, "threshold", self.threshold, minimum=0.0),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if not self.threshold:
            return activations.relu(x, self.negative_slope, self.max_value)
        below = jnp.zeros((), x.dtype)
        if self.negative_slope:
            below = self.negative_slope * (x - self.threshold)
        y = jnp.where(x > self.threshold, x, below)
        return y if self.max_value is None else minimum(y, self.max_value)
