"""Batch, layer and local response normalization."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.batch import current_batch_parts, current_valid_rows, statistics_move
from jaxcnn.nn.spatial import SpatialLayer
from jaxcnn.nn.traits import BY_STEP, POINTWISE
from jaxcnn.nn.weights import field_weight, resolved
from jaxcnn.runtime.arrays import widened
from jaxcnn.runtime.types import Config, Identifier
from jaxcnn.spellings.dialect import dialect


class ScaleFields(Layer):
    center: bool = True
    scale: bool = True
    beta_initializer: Identifier = "zeros"
    gamma_initializer: Identifier = "ones"


class ScalePenaltyFields(Layer):
    beta_regularizer: Identifier = None
    gamma_regularizer: Identifier = None
    beta_constraint: Identifier = None
    gamma_constraint: Identifier = None


class BatchStatisticsFields(Layer):
    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 1e-3


class MovingFields(Layer):
    moving_mean_initializer: Identifier = "zeros"
    moving_variance_initializer: Identifier = "ones"


class SampleStatisticsFields(Layer):
    axis: int | Sequence[int] = -1
    epsilon: float = 1e-3


class BatchNormalization(ScalePenaltyFields, MovingFields, ScaleFields, BatchStatisticsFields):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, statistics over all axes but one.

    That one is `axis`. In training mode the statistics are those of the batch (biased variance) and
    move the running ones: ``moving = momentum * moving + (1 - momentum) * batch``; in inference
    mode the running ones are used. Statistics are computed in float32. Where each part of the batch
    has its own (`jaxcnn.distribute` with ``local_statistics``) the running ones move by their mean.
    In programs for Keras 2.2 the running ones are the weighted mean of the batches alone, without
    the value before the first of them; in those and in programs for 2.3 the variance is that of a
    sample.
    Weights: ``gamma``, ``beta`` in params; ``moving_mean``, ``moving_variance`` in batch_stats.

    Args:
        axis: the axis with a mean and a variance for each index, counted with the batch as 0: -1
            for the last one, 1 for channels_first.
        momentum: how much of a running statistic stays at each training step, from 0 to 1.

    Examples:
        >>> layer = jc.layers.BatchNormalization(epsilon=0.0)
        >>> layer(jnp.array([[1.0], [3.0]]), training=True)
        Array([[-1.],
               [ 1.]], dtype=float32)

    References:
        - Ioffe and Szegedy, "Batch Normalization", 2015, <https://arxiv.org/abs/1502.03167>
    """

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {
            "axis": arguments.feature_axis(self.label, self.axis),
            "momentum": arguments.number(
                self.label, "momentum", self.momentum, minimum=0.0, maximum=1.0
            ),
            "epsilon": arguments.number(self.label, "epsilon", self.epsilon, minimum=0.0),
            **resolved(self),
        }

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        (axis,) = arguments.existing_axes(self.label, self.axis, x)
        size = x.shape[axis]
        gamma = field_weight(self, "gamma", (size,)) if self.scale else None
        beta = field_weight(self, "beta", (size,)) if self.center else None
        mean = self.weight(
            "moving_mean", self.moving_mean_initializer, (size,), collection="batch_stats"
        )
        variance = self.weight(
            "moving_variance", self.moving_variance_initializer, (size,), collection="batch_stats"
        )
        sums = self._sums(size) if dialect().averages_of_batches else None
        y: jax.Array
        form = {"axis": axis, "epsilon": float(self.epsilon)}
        rows, parts = current_valid_rows(), current_batch_parts()
        if train:
            parts = 1 if x.shape[0] % parts else parts
            y, batch_mean, batch_variance = normalised_batch(
                x, rows, gamma, beta, **form, parts=parts
            )
        else:
            y = normalised(x, mean, variance, gamma, beta, **form)
            if not statistics_move():
                return y
            batch_mean, batch_variance = batch_statistics(x, rows, axis)
        new = {"moving_mean": batch_mean, "moving_variance": batch_variance}
        if dialect().variances_of_samples:
            new["moving_variance"] *= of_population(x, rows, axis, self.epsilon)
        if sums is None:
            old = {"moving_mean": mean, "moving_variance": variance}
            moved = {name: self._moved(old[name], new[name]) for name in new}
        else:
            moved = self._averages(sums, new)
        for name, value in moved.items():
            self.update("batch_stats", name, value)
        return y

    def _moved(self, old: jax.Array, new: jax.Array) -> jax.Array:
        return self.momentum * old + (1.0 - self.momentum) * new

    def _sums(self, size: int) -> dict[str, jax.Array]:
        """What averages of batches are computed from: weighted sums, and how many there were."""
        shapes = {"sum_of_means": (size,), "sum_of_variances": (size,), "steps": ()}
        return {
            k: self.weight(k, "zeros", shape, collection="state") for k, shape in shapes.items()
        }

    def _averages(
        self, sums: dict[str, jax.Array], new: dict[str, jax.Array]
    ) -> dict[str, jax.Array]:
        """The weighted mean of the batches so far, of which `new` is the last."""
        steps = sums["steps"] + 1
        moved = {}
        for label, name in (
            ("sum_of_means", "moving_mean"),
            ("sum_of_variances", "moving_variance"),
        ):
            total = self._moved(sums[label], new[name])
            self.update("state", label, total)
            moved[name] = total / (1.0 - self.momentum**steps)
        self.update("state", "steps", steps)
        return moved


# Both are compiled by themselves, so that the layers of a network that have the same shapes are
# traced, differentiated and lowered once.
@partial(jax.jit, static_argnames=("axis", "epsilon"))
def normalised(
    x: jax.Array,
    mean: jax.Array,
    variance: jax.Array,
    gamma: jax.Array | None,
    beta: jax.Array | None,
    *,
    axis: int,
    epsilon: float,
) -> jax.Array:
    """`x` with the statistics taken out along an axis, then scaled and shifted."""
    along = [1] * x.ndim
    along[axis] = x.shape[axis]
    scale = jax.lax.rsqrt(variance + epsilon)
    if gamma is not None:
        scale = scale * gamma.astype(scale.dtype)
    shift = -mean * scale if beta is None else beta.astype(scale.dtype) - mean * scale
    y = x.astype(scale.dtype) * scale.reshape(along) + shift.reshape(along)
    return y.astype(x.dtype)


@partial(jax.jit, static_argnames=("axis", "epsilon", "parts"))
def normalised_batch(
    x: jax.Array,
    rows: jax.Array | None,
    gamma: jax.Array | None,
    beta: jax.Array | None,
    *,
    axis: int,
    epsilon: float,
    parts: int,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """(`x` normalised by its own statistics, their mean, their variance), of each of its parts."""
    form = {"axis": axis, "epsilon": epsilon}
    if parts == 1:
        mean, variance = batch_statistics(x, rows, axis)
        return normalised(x, mean, variance, gamma, beta, **form), mean, variance
    cut = x.reshape(parts, -1, *x.shape[1:])  # (parts, batch / parts, ...)
    rows = jnp.ones(cut.shape[:2]) if rows is None else rows.reshape(parts, -1)
    means, variances = jax.vmap(partial(batch_statistics, axis=axis))(cut, rows)
    y = jax.vmap(partial(normalised, gamma=gamma, beta=beta, **form))(cut, means, variances)
    some = jnp.any(rows > 0, axis=1, keepdims=True)  # a part may be all padding
    mean, variance = (jnp.mean(of_parts, 0, where=some) for of_parts in (means, variances))
    return y.reshape(x.shape), mean, variance


def batch_statistics(
    x: jax.Array, rows: jax.Array | None, axis: int
) -> tuple[jax.Array, jax.Array]:
    """Mean and biased variance over all axes but one, in float32, of the rows that are not padding.

    Of no rows at all both are 0.
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


def of_population(
    x: jax.Array, rows: jax.Array | None, axis: int, epsilon: float
) -> float | jax.Array:
    """By what Keras 2.2 multiplies the biased variance of a batch.

    It makes the biased variance an unbiased one; of images with channels last TensorFlow has done
    so before.
    """
    count: float | jax.Array = float(x.size // x.shape[axis])
    if rows is not None:
        count = jnp.maximum(jnp.sum(rows > 0), 1) * (count / x.shape[0])
    factor = count / (count - (1.0 + epsilon))
    if x.ndim == 4 and axis == 3:
        factor = factor * count / jnp.maximum(count - 1.0, 1.0)
    return factor


class LayerNormalization(ScalePenaltyFields, ScaleFields, SampleStatisticsFields):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``, the statistics of each sample.

    `axis` is one axis or several, over which they are taken, without the batch; ``gamma`` and
    ``beta`` have their sizes. The variance is biased; everything is computed in float32.

    Args:
        axis: the axis or axes over which the statistics are taken, counted with the batch as 0; not
            0.

    Examples:
        >>> jc.layers.LayerNormalization(epsilon=0.0)(jnp.array([[1.0, 3.0]]))
        Array([[-1.,  1.]], dtype=float32)

    References:
        - Ba, Kiros and Hinton, "Layer Normalization", 2016, <https://arxiv.org/abs/1607.06450>
    """

    traits = BY_STEP
    supports_masking = True

    def checked(self) -> Config:
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
        axes = tuple(sorted(set(arguments.existing_axes(self.label, self.axis, x))))
        y = widened(x)
        centred = y - jnp.mean(y, axes, keepdims=True)
        y = centred * jax.lax.rsqrt(
            jnp.mean(jnp.square(centred), axes, keepdims=True) + self.epsilon
        )
        along = tuple(n if axis in axes else 1 for axis, n in enumerate(x.shape))
        sizes = tuple(x.shape[axis] for axis in axes)
        if self.scale:
            gamma = field_weight(self, "gamma", sizes)
            y = y * gamma.astype(y.dtype).reshape(along)
        if self.center:
            beta = field_weight(self, "beta", sizes)
            y = y + beta.astype(y.dtype).reshape(along)
        return y.astype(x.dtype)


class LocalResponseNormalization(SpatialLayer):
    """``x / (bias + alpha * s) ** beta``, s being the sum of squares over neighbouring channels.

    These are up to `depth_radius` on either side. (batch, height, width, channels) to the same
    shape. The defaults are AlexNet's.

    Args:
        depth_radius: number of channels on either side, at least 0.
        bias: what is added to the sum, above 0.
        alpha: factor of the sum of squares, at least 0.
        beta: exponent of the divisor.

    Examples:
        >>> jc.layers.LocalResponseNormalization(alpha=1.0, beta=1.0)(jnp.ones((1, 1, 1, 1)))
        Array([[[[0.5]]]], dtype=float32)

    References:
        - Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
          Networks", 2012,
          <https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html>
    """

    depth_radius: int = 2
    bias: float = 1.0
    alpha: float = 2e-5
    beta: float = 0.75
    data_format: str | None = None

    spatial_rank = 2

    def checked(self) -> Config:
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
            jnp.square(x),
            zero,
            jax.lax.add,
            window_dimensions=window,
            window_strides=(1,) * x.ndim,
            padding=around,
        )
        # A power of a positive number by way of its logarithm: the gradient takes a quarter of the
        # time on a CPU.
        return self.from_channels_last(
            x * jnp.exp(-self.beta * jnp.log(self.bias + self.alpha * nearby))
        )
