"""The layers of the first convolutional networks.

Source: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, section II.
"""

from __future__ import annotations

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations, ops
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.convolution import Convolution
from jaxcnn.nn.fields import KernelFields, Sizes, as_tuple, fixed
from jaxcnn.nn.spatial import SpatialLayer, finish_channels
from jaxcnn.nn.weights import field_weight, resolved
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import Config, Identifier


class Subsampling2D(SpatialLayer):
    """``activation(coefficient * sum + bias)`` of windows side by side.

    Each map has one trained coefficient and bias. (batch, height, width, channels) to (batch,
    height // rows, width // columns, channels) for a `pool_size` of (rows, columns).

    Examples:
        >>> jc.layers.Subsampling2D()(jnp.zeros((1, 28, 28, 6))).shape
        (1, 14, 14, 6)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    pool_size: Sizes = (2, 2)
    activation: Identifier = "sigmoid"
    data_format: str | None = None
    coefficient_initializer: Identifier = "ones"
    bias_initializer: Identifier = "zeros"

    spatial_rank = 2

    def checked(self) -> Config:
        window = arguments.integers(self.label, "pool_size", self.pool_size, 2)
        return {"pool_size": window, **self.checked_format(), **resolved(self)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        n, height, width, channels = x.shape
        rows, columns = as_tuple(self.pool_size)
        if height < rows or width < columns:
            raise ValueError(
                f"{self.label}: maps of {height} x {width} are smaller than `pool_size` "
                f"{self.pool_size}."
            )
        x = x[:, : height // rows * rows, : width // columns * columns]
        # (batch, windows down, rows, windows across, columns, channels)
        windows = x.reshape((n, height // rows, rows, width // columns, columns, channels))
        x = windows.sum((2, 4))
        coefficient = field_weight(self, "coefficient", (channels,))
        bias = field_weight(self, "bias", (channels,))
        activation = activations.get(self.activation)
        x = x * on_last_axes(coefficient, x) + on_last_axes(bias, x)
        return self.from_channels_last(activation(x))


class ConnectionsField(Layer):
    connections: Sequence[Sequence[int]]


class PartialConv2D(KernelFields, Convolution, ConnectionsField):
    """A convolution whose maps each see some of the input's channels only.

    ``connections[j]`` lists the input channels that map j is connected to; the kernel
    (*kernel_size, number of connections) holds the window of each in that order.

    Args:
        connections: for each map of the output the channels of the input that it sees: at least
            one, none twice.

    Examples:
        >>> jc.layers.PartialConv2D([[0, 1], [1, 2], [0]], 5)(jnp.zeros((1, 14, 14, 3))).shape
        (1, 10, 10, 3)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    strides: Sizes = (1, 1)
    use_bias: bool = fixed(True)

    spatial_rank = 2

    def checked(self) -> Config:
        rows = [arguments.whole_numbers(row) for row in self.connections]
        if not rows or any(not row or min(row) < 0 or len(set(row)) < len(row) for row in rows):
            raise ValueError(
                f"{self.label}: `connections` is {self.connections!r}; it must list for each map "
                "the channels that it sees, at least one and none twice."
            )
        return {"connections": tuple(rows), **super().checked()}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        self.require_space(x)
        channels, filters = x.shape[-1], len(self.connections)
        sources = [c for row in self.connections for c in row]
        maps = [j for j, row in enumerate(self.connections) for _ in row]
        if max(sources) >= channels:
            raise ValueError(
                f"{self.label}: `connections` names channel {max(sources)}; the input has "
                f"{channels}."
            )
        windows = field_weight(self, "kernel", (*self.window, len(sources)))
        kernel = jnp.zeros((*self.window, channels, filters), windows.dtype)
        kernel = kernel.at[:, :, sources, maps].set(windows)
        y = ops.conv(x, kernel, strides=self.strides, padding=self.padding)
        return finish_channels(self, y, field_weight(self, "bias", (filters,)))


class EuclideanRBF(Layer):
    """Squared distances to one centre a unit: (batch, features) to (batch, units).

    The nearest class has the smallest. The centres stand in ``kernel`` (features, units).

    Examples:
        >>> jc.layers.EuclideanRBF(1, kernel_initializer="zeros")(jnp.array([[3.0, 4.0]]))
        Array([[25.]], dtype=float32)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    units: int
    kernel_initializer: Identifier = "glorot_uniform"
    kernel_regularizer: Identifier = None
    kernel_constraint: Identifier = None

    def checked(self) -> Config:
        units = arguments.positive_integer(self.label, "units", self.units)
        return {"units": units, **resolved(self)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, 2, "(batch, features)")
        centres = field_weight(self, "kernel", (x.shape[-1], self.units))
        return jnp.sum(jnp.square(x[:, :, None] - centres[None]), axis=1)
