"""Dropout, and the random masks that it shares with the layers in `jaxcnn.nn.noise`."""

from __future__ import annotations

import math
from typing import TypeAlias

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer
from jaxcnn.nn.traits import POINTWISE
from jaxcnn.runtime.types import Config
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen

# The shape of a mask of which None is the size of the input's axis; None for the input's shape.
NoiseShape: TypeAlias = tuple[int | None, ...] | None


class MaskedNoise(Layer):
    """The arguments of a layer that drops inputs in training mode, explained at `Dropout`."""

    rate: float
    noise_shape: NoiseShape = None
    seed: int | None = None

    traits = POINTWISE
    supports_masking = True

    def checked(self) -> Config:
        return {
            "rate": dropout_rate(self.label, self.rate),
            "noise_shape": checked_noise_shape(self.label, self.noise_shape),
        }


class Dropout(MaskedNoise):
    """In training mode zero a fraction `rate` of the inputs and scale the rest up.

    The scale is ``1 / (1 - rate)``. `noise_shape`, of the input's rank, has 1 (or None for "as the
    input") where the mask is shared along an axis, as in (batch, 1, features). Draws from the
    ``dropout`` stream; `seed` gives the layer a separate stream.

    Examples:
        >>> jc.layers.Dropout(0.5)(jnp.ones((1, 3)))  # not in training mode
        Array([[1., 1., 1.]], dtype=float32)
        >>> jc.layers.Dropout(0.5, seed=1)(jnp.ones((1, 1000)), training=True).max()
        Array(2., dtype=float32)

    References:
        - Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
          2014, <https://jmlr.org/papers/v15/srivastava14a.html>
    """

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool = False) -> jax.Array:
        if not train or self.rate == 0:
            return x
        shape = mask_shape(self.label, self.noise_shape, x)
        return drop(noise_key(self, self.seed), x, self.rate, shape)


def dropout_rate(label: str, value: float, name: str = "rate") -> float:
    """`value`, of the argument `name`, as a float from 0 to 1; old Keras cuts it off there."""
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = math.nan
    if chosen() and not 0.0 <= rate <= 1.0 and math.isfinite(rate):
        warn_user(
            f"{label}: `{name}` is {value!r}, outside of 0 to 1; as in Keras nothing is dropped."
        )
        rate = min(1.0, max(0.0, rate))
    if not 0.0 <= rate <= 1.0:
        raise ValueError(
            f"{label}: `{name}` is {value!r}; it is the fraction to drop, from 0 to 1."
        )
    return rate


def checked_noise_shape(label: str, shape: NoiseShape) -> NoiseShape:
    """A `noise_shape` as a tuple of positive integers and None; None stays None."""
    if shape is None:
        return None
    if not isinstance(shape, list | tuple) or any(
        n is not None and (not isinstance(n, int) or n < 1) for n in shape
    ):
        raise ValueError(
            f"{label}: `noise_shape` is {shape!r}; it must be None, or one entry an axis: its "
            "size, 1 or None."
        )
    return tuple(shape)


def mask_shape(label: str, noise_shape: NoiseShape, x: jax.Array) -> tuple[int, ...]:
    """The shape of a mask for `x`: each axis its size, or 1 where `noise_shape` shares it."""
    if noise_shape is None:
        return x.shape
    if len(noise_shape) != x.ndim or any(
        n not in (None, 1, size) for n, size in zip(noise_shape, x.shape, strict=True)
    ):
        raise ValueError(
            f"{label}: `noise_shape` is {noise_shape}; for an input of shape {x.shape} it needs "
            f"{x.ndim} entries, each the size of its axis, None for that, or 1 where the axis "
            "shares its mask."
        )
    return tuple(size if n is None else n for n, size in zip(noise_shape, x.shape, strict=True))


def noise_key(layer: Layer, seed: int | None) -> jax.Array:
    """The key of a layer's noise in this pass, from the stream, the layer's path and its seed."""
    key: jax.Array = layer.make_rng("dropout")
    return key if seed is None else jax.random.fold_in(key, seed)


def drop(key: jax.Array, x: jax.Array, rate: float, shape: tuple[int, ...]) -> jax.Array:
    """`x` with elements dropped by a mask of `shape` that keeps each with chance ``1 - rate``.

    Old Keras drops nothing at 1.
    """
    if rate == 1.0:
        return x if chosen() else jnp.zeros_like(x)
    keep = keep_mask(key, rate, shape)
    return jnp.where(keep, x * jnp.asarray(1.0 / (1.0 - rate), x.dtype), jnp.zeros((), x.dtype))


def keep_mask(key: jax.Array, rate: float, shape: tuple[int, ...]) -> jax.Array:
    """Booleans of `shape`, each True with chance ``1 - rate``."""
    # Comparing raw bits spares the conversion to floats; 2**32 * (1 - rate) of the values are kept.
    threshold = min(round((1.0 - rate) * 2**32), 2**32 - 1)
    return jnp.less(hashed_positions(key, shape), jnp.uint32(threshold))


def hashed_positions(key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """Random uint32 of `shape`: a hash of each element's position, keyed by the words of `key`.

    Much weaker than JAX's generator, but good enough for noise, and on CPU ten times as fast and
    twenty times faster to compile. The hash is lowbias32 (Wellons, Prospecting for Hash Functions,
    2018).
    """
    words = jax.random.key_data(key)
    x = jax.lax.iota(jnp.uint32, math.prod(shape))
    for word in (*words, words[0]):
        x = x + word
        x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D)
        x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
        x = x ^ (x >> 16)
    return x.reshape(shape)
