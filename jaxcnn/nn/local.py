"""Locally connected layers: convolutions whose kernel is another one at every position."""

from __future__ import annotations

import itertools
import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn.convolution import Convolution, finish_channels
from jaxcnn.nn.core import bias_weight, kernel_weight


class LocallyConnected(Convolution):
    """``activation(patch[p] @ kernel[p] + bias[p])`` for each position p of the window; only
    padding 'valid'.

    A patch holds the window row by row, the channels of an element together, in both data formats.
    """

    paddings = ("valid",)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        self.require_space(x)
        sizes = zip(x.shape[1:-1], layer.kernel_size, layer.strides, strict=True)
        positions: Any = tuple(ops.conv_output_length(n, k, "valid", s) for n, k, s in sizes)
        patches = windows(x, layer.kernel_size, layer.strides, positions)
        kernel = kernel_weight(self, (*patches.shape[1:], layer.filters))
        y = jnp.einsum("bpk,pkf->bpf", patches, kernel).reshape(
            x.shape[0], *positions, layer.filters
        )
        return finish_channels(
            self, y, bias_weight(self, *positions, layer.filters) if layer.use_bias else None
        )


def windows(
    x: jax.Array, size: tuple[int, ...], strides: tuple[int, ...], positions: tuple[int, ...]
) -> jax.Array:
    """(batch, *spatial, channels) to (batch, number of positions, elements of a window * channels)."""
    elements = []
    for offset in itertools.product(*map(range, size)):
        steps = zip(offset, strides, positions, strict=True)
        elements.append(x[(slice(None), *(slice(o, o + (n - 1) * s + 1, s) for o, s, n in steps))])
    # (batch, *positions, elements, channels)
    return jnp.stack(elements, axis=-2).reshape(
        x.shape[0], math.prod(positions), math.prod(size) * x.shape[-1]
    )


class LocallyConnected1D(LocallyConnected):
    """Unshared convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``kernel`` (new_steps, size * channels, filters), ``bias`` (new_steps, filters). Only
    padding 'valid'; a `data_format` of None means channels_last, whatever the configured default
    for pictures is.
    """

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    data_format: str | None = None
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None

    spatial_rank = 1

    def checked_format(self) -> dict[str, Any]:
        return (
            {"data_format": "channels_last"}
            if self.data_format is None
            else super().checked_format()
        )


class LocallyConnected2D(LocallyConnected):
    """Unshared convolution over pictures: (batch, height, width, channels) to (batch, new_h, new_w,
    filters).

    Weights: ``kernel`` (new_h * new_w, rows * columns * channels, filters), ``bias`` (new_h, new_w,
    filters). Only padding 'valid'.
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None

    spatial_rank = 2
