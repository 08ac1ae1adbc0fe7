"""Locally connected layers: convolutions whose kernel is another one at every position."""

from __future__ import annotations

import itertools
import math

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.fields import FiltersField, KernelFields, Sizes, as_tuple
from jaxcnn.nn.spatial import finish_channels
from jaxcnn.nn.weights import field_weight, optional_bias
from jaxcnn.runtime.types import Config


class LocallyConnected(KernelFields, Convolution, FiltersField):
    """``activation(patch[p] @ kernel[p] + bias[p])`` for each position p of the window.

    Only padding 'valid'. A patch holds the window row by row, the channels of an element together,
    in both data formats.

    Args:
        padding: 'valid'.
    """

    paddings = ("valid",)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        self.require_space(x)
        strides = as_tuple(self.strides)
        sizes = zip(x.shape[1:-1], self.window, strides, strict=True)
        positions = tuple(ops.conv_output_length(n, k, "valid", s) or 0 for n, k, s in sizes)
        patches = windows(x, self.window, strides, positions)
        kernel = field_weight(self, "kernel", (*patches.shape[1:], self.filters))
        y = jnp.einsum("bpk,pkf->bpf", patches, kernel)
        y = y.reshape(x.shape[0], *positions, self.filters)
        return finish_channels(self, y, optional_bias(self, *positions, self.filters))


def windows(
    x: jax.Array, size: tuple[int, ...], strides: tuple[int, ...], positions: tuple[int, ...]
) -> jax.Array:
    """(batch, *spatial, channels) to (batch, positions, elements of a window * channels)."""
    elements = []
    for offset in itertools.product(*map(range, size)):
        steps = zip(offset, strides, positions, strict=True)
        elements.append(x[(slice(None), *(slice(o, o + (n - 1) * s + 1, s) for o, s, n in steps))])
    patches = jnp.stack(elements, axis=-2)  # (batch, *positions, elements, channels)
    return patches.reshape(x.shape[0], math.prod(positions), math.prod(size) * x.shape[-1])


class LocallyConnected1D(LocallyConnected):
    """Unshared convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    Weights: ``kernel`` (new_steps, size * channels, filters), ``bias`` (new_steps, filters). Only
    padding 'valid'; a `data_format` of None means channels_last, whatever the configured default
    for images is.

    Examples:
        >>> jc.layers.LocallyConnected1D(8, 3)(jnp.zeros((2, 10, 4))).shape
        (2, 8, 8)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/local.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/local.py>
    """

    spatial_rank = 1

    def checked_format(self) -> Config:
        if self.data_format is None:
            return {"data_format": "channels_last"}
        return super().checked_format()


class LocallyConnected2D(LocallyConnected):
    """Unshared convolution over images: (batch, height, width, channels) to (batch, new_h, new_w,
    filters).

    Weights: ``kernel`` (new_h * new_w, rows * columns * channels, filters), ``bias`` (new_h, new_w,
    filters). Only padding 'valid'.

    Examples:
        >>> jc.layers.LocallyConnected2D(4, 3)(jnp.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 4)

    References:
        - Taigman et al., "DeepFace: Closing the Gap to Human-Level Performance in Face
          Verification", 2014, <https://doi.org/10.1109/CVPR.2014.220>
    """

    strides: Sizes = (1, 1)

    spatial_rank = 2
