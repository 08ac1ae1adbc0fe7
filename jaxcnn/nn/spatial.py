"""The base of every layer over spatial axes: where its channels are."""

from __future__ import annotations

from typing import ClassVar, Protocol

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.weights import HasActivation, finish
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import ArrayFunction, Config

SPATIAL_AXES = {
    1: "(batch, steps, channels)",
    2: "(batch, height, width, channels)",
    3: "(batch, d1, d2, d3, channels)",
}


class FormatArgument:
    """Each family of spatial layers has this field, at different places among its arguments."""

    data_format: str | None


class SpatialLayer(FormatArgument, Layer):
    """A layer over `spatial_rank` axes that computes channels last.

    `data_format` says where the channels of its inputs and outputs are.
    """

    spatial_rank: ClassVar[int]

    def checked_format(self) -> Config:
        return {"data_format": arguments.data_format(self.label, self.data_format)}

    @property
    def channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def to_channels_last(self, x: jax.Array) -> jax.Array:
        """`x`, checked to have the right rank, with its channels moved last."""
        meaning = SPATIAL_AXES[self.spatial_rank]
        if self.channels_first:
            meaning = meaning.replace(", channels)", ")").replace("(batch", "(batch, channels")
        arguments.rank(self.label, x, self.spatial_rank + 2, meaning)
        return jnp.moveaxis(x, 1, -1) if self.channels_first else x

    def from_channels_last(self, y: jax.Array) -> jax.Array:
        return jnp.moveaxis(y, -1, 1) if self.channels_first else y


class SpatialWithActivation(HasActivation, Protocol):
    """A spatial layer that ends with an activation."""

    @property
    def from_channels_last(self) -> ArrayFunction: ...


def finish_channels(
    layer: SpatialWithActivation, y: jax.Array, bias: jax.Array | None
) -> jax.Array:
    """`finish` for a channels-last result: the activation sees the layer's own data format."""
    if bias is not None:
        y = y + on_last_axes(bias, y)
    return finish(layer, layer.from_channels_last(y), None)
