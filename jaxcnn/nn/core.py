"""Dense, Activation, Dropout, Flatten, Reshape, Permute, RepeatVector, ActivityRegularization and
Masking.
"""

from __future__ import annotations

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations, constraints, initializers, regularizers
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.traits import POINTWISE
from jaxcnn.ops.product import dot


class Dense(Layer):
    """``activation(x @ kernel + bias)`` over the last axis.

    Input (batch, ..., features), output (batch, ..., units). Weights: ``kernel`` (features, units),
    ``bias`` (units,).
    """

    units: int
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {
            "units": arguments.positive_integer(self.label, "units", self.units),
            **resolved(self),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if x.ndim < 2:
            raise ValueError(
                f"{self.label}: the input has shape {x.shape}; it needs (batch, ..., features)."
            )
        kernel = kernel_weight(self, (x.shape[-1], self.units))
        y = dot(x, kernel)
        return finish(self, y, bias_weight(self, self.units) if self.use_bias else None)


def resolved(layer: Any) -> dict[str, Any]:
    """The activation, initializer, regularizer and constraint fields of `layer` with names turned
    into functions.
    """
    getters = {
        "activation": activations.get,
        "initializer": initializers.get,
        "regularizer": regularizers.get,
        "constraint": constraints.get,
    }
    values = {}
    for name in layer.__dataclass_fields__:
        if (kind := name.rsplit("_", 1)[-1]) in getters:
            try:
                values[name] = getters[kind](getattr(layer, name))
            except ValueError as error:
                raise ValueError(f"{layer.label}: `{name}`: {error}") from None
    return values


def kernel_weight(layer: Any, shape: tuple[int, ...]) -> jax.Array:
    """Declare the ``kernel`` of a layer that has the kernel_* fields."""
    return layer.weight(
        "kernel",
        layer.kernel_initializer,
        shape,
        regularizer=layer.kernel_regularizer,
        constraint=layer.kernel_constraint,
    )


def bias_weight(layer: Any, *shape: int) -> jax.Array:
    """Declare the ``bias`` of a layer that has the bias_* fields."""
    return layer.weight(
        "bias",
        layer.bias_initializer,
        shape,
        regularizer=layer.bias_regularizer,
        constraint=layer.bias_constraint,
    )


def finish(layer: Any, y: jax.Array, bias: jax.Array | None) -> jax.Array:
    """What ends every layer with a kernel: add the bias to the last axis, activate, penalise the
    activity.
    """
    if bias is not None:
        y = y + bias
    if layer.activation is not None:
        y = layer.activation(y)
    layer.penalise_activity(layer.activity_regularizer, y)
    return y


class Activation(Layer):
    """An activation as a layer: any shape in, the same shape out."""

    activation: Any

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return resolved(self)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return self.activation(x)


class Dropout(Layer):
    """In training mode zero a fraction `rate` of the inputs and scale the rest by
    ``1 / (1 - rate)``.

    `noise_shape`, of the input's rank, has 1 (or None for "as the input") where the mask is shared
    along an axis, as in (batch, 1, features). Draws from the ``dropout`` stream; `seed` gives the
    layer a stream of its own.
    """

    rate: float
    noise_shape: tuple[int | None, ...] | None = None
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"rate": dropout_rate(self), "noise_shape": noise_shape(self)}

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate == 0:
            return x
        return drop(noise_key(self), x, self.rate, mask_shape(self, x))


def dropout_rate(layer: Any, name: str = "rate") -> float:
    """The layer's `rate`, or what its argument is called, a number from 0 to 1."""
    value = getattr(layer, name)
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = -1.0
    if not 0.0 <= rate <= 1.0:
        raise ValueError(
            f"{layer.label}: `{name}` is {value!r}; it is the fraction to drop, from 0 to 1."
        )
    return rate


def noise_shape(layer: Any) -> tuple[int | None, ...] | None:
    """The layer's `noise_shape`: None, or positive integers and None."""
    shape = layer.noise_shape
    if shape is None:
        return None
    if not isinstance(shape, list | tuple) or any(
        n is not None and (not isinstance(n, int) or n < 1) for n in shape
    ):
        raise ValueError(
            f"{layer.label}: `noise_shape` is {shape!r}; it must be None, or one entry an axis: "
            "its size, 1 or None."
        )
    return tuple(shape)


def mask_shape(layer: Any, x: jax.Array) -> tuple[int, ...]:
    """The shape of a mask for `x` by the layer's `noise_shape`: each axis its own size, or 1 where
    it is shared.
    """
    shape = layer.noise_shape
    if shape is None:
        return x.shape
    if len(shape) != x.ndim or any(
        n not in (None, 1, size) for n, size in zip(shape, x.shape, strict=True)
    ):
        raise ValueError(
            f"{layer.label}: `noise_shape` is {shape}; for an input of shape {x.shape} it needs "
            f"{x.ndim} entries, each "
            "the size of its axis, None for that, or 1 where the axis shares its mask."
        )
    return tuple(size if n is None else n for n, size in zip(shape, x.shape, strict=True))


def noise_key(layer: Any) -> jax.Array:
    """The key of a layer's noise in this pass: a function of the stream, the layer's path and its
    own seed.
    """
    key = layer.make_rng("dropout")
    return key if layer.seed is None else jax.random.fold_in(key, layer.seed)


def drop(key: jax.Array, x: jax.Array, rate: float, shape: tuple[int, ...]) -> jax.Array:
    """`x` with elements dropped by a mask of `shape` (broadcast to x) that keeps each with chance
    ``1 - rate``.
    """
    if rate == 1.0:
        return jnp.zeros_like(x)
    keep = keep_mask(key, rate, shape)
    return jnp.where(keep, x * jnp.asarray(1.0 / (1.0 - rate), x.dtype), jnp.zeros((), x.dtype))


def keep_mask(key: jax.Array, rate: float, shape: tuple[int, ...]) -> jax.Array:
    """Booleans of `shape`, each True with chance ``1 - rate``."""
    # Comparing raw bits spares the conversion to floats; 2**32 * (1 - rate) of the values are kept.
    threshold = min(round((1.0 - rate) * 2**32), 2**32 - 1)
    return scrambled_places(key, shape) < jnp.uint32(threshold)


def scrambled_places(key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """Random uint32 of `shape`: a hash of each element's place, keyed by the words of `key`.

    Much weaker than JAX's own generator, but good enough for noise, and on CPU ten times as fast
    and twenty times faster to compile. The hash is lowbias32 (Wellons, Prospecting for Hash
    Functions, 2018).
    """
    words = jax.random.key_data(key)
    x = jax.lax.iota(jnp.uint32, math.prod(shape))
    for word in (*words, words[0]):
        x = x + word
        x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D)
        x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
        x = x ^ (x >> 16)
    return x.reshape(shape)


class Flatten(Layer):
    """(batch, ...) to (batch, features).

    With ``data_format="channels_first"`` the channels move last before flattening, so that the
    weights of what follows do not depend on the data format; None leaves the order of the axes as
    it is.
    """

    data_format: str | None = None

    def checked(self) -> dict[str, Any]:
        if self.data_format is None:
            return {}
        return {"data_format": arguments.data_format(self.label, self.data_format)}

    def __call__(self, x: jax.Array) -> jax.Array:
        if self.data_format == "channels_first" and x.ndim > 2:
            x = jnp.moveaxis(x, 1, -1)
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


class Reshape(Layer):
    """(batch, ...) to (batch, *target_shape); one entry of `target_shape` may be -1."""

    target_shape: tuple[int, ...]

    def checked(self) -> dict[str, Any]:
        shape = arguments.whole_numbers(self.target_shape)
        if shape is None or any(n < -1 or n == 0 for n in shape) or shape.count(-1) > 1:
            raise ValueError(
                f"{self.label}: `target_shape` is {self.target_shape!r}; it must hold positive "
                "integers and at most "
                "one -1."
            )
        return {"target_shape": shape}

    def __call__(self, x: jax.Array) -> jax.Array:
        size, known = math.prod(x.shape[1:]), math.prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(
                f"{self.label}: an input of shape {x.shape} has {size} values a sample, which do "
                "not fill "
                f"`target_shape` {self.target_shape}."
            )
        return x.reshape(x.shape[0], *(size // known if n == -1 else n for n in self.target_shape))


class Permute(Layer):
    """Reorder the axes after the batch: `dims` counts them from 1, so (2, 1) swaps the first two."""

    dims: tuple[int, ...]

    def checked(self) -> dict[str, Any]:
        dims = arguments.whole_numbers(self.dims) or ()
        if not dims or sorted(dims) != list(range(1, len(dims) + 1)):
            count = len(dims) or "the number of axes"
            raise ValueError(
                f"{self.label}: `dims` is {self.dims!r}; it must be an ordering of 1 to {count}."
            )
        return {"dims": dims}

    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, len(self.dims) + 1, f"for `dims` {self.dims}")
        return x.transpose(0, *self.dims)


class RepeatVector(Layer):
    """(batch, features) to (batch, n, features)."""

    n: int

    def checked(self) -> dict[str, Any]:
        return {"n": arguments.positive_integer(self.label, "n", self.n)}

    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, 2, "(batch, features)")
        return jnp.repeat(x[:, None], self.n, axis=1)


class ActivityRegularization(Layer):
    """The identity, adding ``l1 * sum|x| + l2 * sum x**2`` (over the batch) to the loss."""

    l1: float = 0.0
    l2: float = 0.0

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {
            name: arguments.number(self.label, name, getattr(self, name)) for name in ("l1", "l2")
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        self.penalise_activity(regularizers.L1L2(self.l1, self.l2), x)
        return x


class Masking(Layer):
    """Mask the timesteps of (batch, steps, ...) whose features all equal `mask_value`, and set them
    to zero.
    """

    mask_value: float = 0.0

    supports_masking = True

    def checked(self) -> dict[str, Any]:
        return {"mask_value": arguments.number(self.label, "mask_value", self.mask_value)}

    def compute_mask(self, inputs: jax.Array, mask: Any) -> jax.Array:
        return jnp.any(inputs != self.mask_value, axis=-1)

    def __call__(self, x: jax.Array) -> jax.Array:
        return x * jnp.any(x != self.mask_value, axis=-1, keepdims=True).astype(x.dtype)
