"""The layers of the first convolutional networks: LeCun et al., "Gradient-Based Learning Applied to
Document Recognition", 1998, section II.
"""

from __future__ import annotations

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.convolution import Convolution, SpatialLayer, finish_channels
from jaxcnn.nn.core import bias_weight, kernel_weight, resolved


class Subsampling2D(SpatialLayer):
    """``activation(coefficient * sum + bias)`` of windows side by side, one trained coefficient and
    bias for each map.

    (batch, height, width, channels) to (batch, height // rows, width // columns, channels) for a
    `pool_size` of (rows, columns).
    """

    pool_size: Any = (2, 2)
    activation: Any = "sigmoid"
    data_format: str | None = None
    coefficient_initializer: Any = "ones"
    bias_initializer: Any = "zeros"

    spatial_rank = 2

    def checked(self) -> dict[str, Any]:
        window = arguments.integers(self.label, "pool_size", self.pool_size, 2)
        return {"pool_size": window, **self.checked_format(), **resolved(self)}

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        n, height, width, channels = x.shape
        rows, columns = self.pool_size
        if height < rows or width < columns:
            raise ValueError(
                f"{self.label}: maps of {height} x {width} are smaller than `pool_size` "
                f"{self.pool_size}."
            )
        x = x[:, : height // rows * rows, : width // columns * columns]
        x = x.reshape(n, height // rows, rows, width // columns, columns, channels).sum((2, 4))
        coefficient = self.weight("coefficient", self.coefficient_initializer, (channels,))
        bias = self.weight("bias", self.bias_initializer, (channels,))
        return self.from_channels_last(self.activation(x * coefficient + bias))


class PartialConv2D(Convolution):
    """A convolution whose maps each see some of the input's channels only.

    ``connections[j]`` lists the input channels that map j is connected to; the kernel
    (*kernel_size, number of connections) holds the window of each in that order.
    """

    connections: Any
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    activation: Any = None
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None

    spatial_rank = 2

    def checked(self) -> dict[str, Any]:
        rows = [arguments.whole_numbers(row) for row in self.connections]
        if not rows or any(not row or min(row) < 0 or len(set(row)) < len(row) for row in rows):
            raise ValueError(
                f"{self.label}: `connections` is {self.connections!r}; it must list for each map "
                "the channels that it "
                "sees, at least one and none twice."
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
        windows = kernel_weight(self, (*self.kernel_size, len(sources)))
        kernel = (
            jnp.zeros((*self.kernel_size, channels, filters), windows.dtype)
            .at[:, :, sources, maps]
            .set(windows)
        )
        y = ops.conv(x, kernel, strides=self.strides, padding=self.padding)
        return finish_channels(self, y, bias_weight(self, filters))


class EuclideanRBF(Layer):
    """Squared distances to one centre a unit: (batch, features) to (batch, units); the nearest
    class is the smallest.

    The centres stand in ``kernel`` (features, units).
    """

    units: int
    kernel_initializer: Any = "glorot_uniform"
    kernel_regularizer: Any = None
    kernel_constraint: Any = None

    def checked(self) -> dict[str, Any]:
        return {
            "units": arguments.positive_integer(self.label, "units", self.units),
            **resolved(self),
        }

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, 2, "(batch, features)")
        centres = kernel_weight(self, (x.shape[-1], self.units))
        return jnp.sum(jnp.square(x[:, :, None] - centres[None]), axis=1)
