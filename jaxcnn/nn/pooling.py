"""Max and average pooling, windowed and global, over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import SpatialLayer


class Pooling(SpatialLayer):
    """A window reduced to one value a channel; `strides` None means windows that touch but do not
    overlap.
    """

    pool: ClassVar[Callable]

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        size = arguments.integers(self.label, "pool_size", layer.pool_size, self.spatial_rank)
        strides = layer.strides
        if strides is not None:
            strides = arguments.integers(self.label, "strides", strides, self.spatial_rank)
        return {
            "pool_size": size,
            "strides": size if strides is None else strides,
            "padding": arguments.choice(self.label, "padding", layer.padding, ("valid", "same")),
            **self.checked_format(),
        }

    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        if layer.padding == "valid" and any(
            n < p for n, p in zip(x.shape[1:-1], layer.pool_size, strict=True)
        ):
            raise ValueError(
                f"{self.label}: the input has spatial size {x.shape[1:-1]}, smaller than "
                "`pool_size` "
                f"{layer.pool_size}; use a larger input or padding='same'."
            )
        return self.from_channels_last(
            type(self).pool(x, layer.pool_size, layer.strides, layer.padding)
        )


class MaxPooling1D(Pooling):
    """(batch, steps, features) to (batch, fewer_steps, features): the largest of each window."""

    pool_size: Any = 2
    strides: Any = None
    padding: str = "valid"

    spatial_rank = 1
    pool = staticmethod(ops.max_pool)


class MaxPooling2D(Pooling):
    """(batch, height, width, channels) to a smaller height and width: the largest of each window."""

    pool_size: Any = (2, 2)
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 2
    pool = staticmethod(ops.max_pool)


class MaxPooling3D(Pooling):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the largest of each window."""

    pool_size: Any = (2, 2, 2)
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 3
    pool = staticmethod(ops.max_pool)


class AveragePooling1D(Pooling):
    """(batch, steps, features) to (batch, fewer_steps, features): the mean of each window's real
    elements.
    """

    pool_size: Any = 2
    strides: Any = None
    padding: str = "valid"

    spatial_rank = 1
    pool = staticmethod(ops.avg_pool)


class AveragePooling2D(Pooling):
    """(batch, height, width, channels) to a smaller height and width: the mean of each window's
    real elements.
    """

    pool_size: Any = (2, 2)
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 2
    pool = staticmethod(ops.avg_pool)


class AveragePooling3D(Pooling):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the mean of each window's real
    elements.
    """

    pool_size: Any = (2, 2, 2)
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 3
    pool = staticmethod(ops.avg_pool)


class GlobalPooling(SpatialLayer):
    """All spatial axes reduced: (batch, ..., channels) to (batch, channels), or kept as axes of 1
    with `keepdims`.
    """

    reduce: ClassVar[Callable]

    def checked(self) -> dict[str, Any]:
        return self.checked_format()

    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        y = type(self).reduce(x, axis=tuple(range(1, x.ndim - 1)), keepdims=layer.keepdims)
        return self.from_channels_last(y) if layer.keepdims else y


class GlobalMaxPooling1D(GlobalPooling):
    """(batch, steps, features) to (batch, features): the largest over time."""

    keepdims: bool = False

    spatial_rank = 1
    reduce = staticmethod(jnp.max)


class GlobalMaxPooling2D(GlobalPooling):
    """(batch, height, width, channels) to (batch, channels): the largest of each map."""

    data_format: str | None = None
    keepdims: bool = False

    spatial_rank = 2
    reduce = staticmethod(jnp.max)


class GlobalMaxPooling3D(GlobalPooling):
    """(batch, d1, d2, d3, channels) to (batch, channels): the largest of each volume."""

    data_format: str | None = None
    keepdims: bool = False

    spatial_rank = 3
    reduce = staticmethod(jnp.max)


class GlobalAveragePooling1D(GlobalPooling):
    """(batch, steps, features) to (batch, features): the mean over time."""

    keepdims: bool = False

    spatial_rank = 1
    reduce = staticmethod(jnp.mean)


class GlobalAveragePooling2D(GlobalPooling):
    """(batch, height, width, channels) to (batch, channels): the mean of each map."""

    data_format: str | None = None
    keepdims: bool = False

    spatial_rank = 2
    reduce = staticmethod(jnp.mean)


class GlobalAveragePooling3D(GlobalPooling):
    """(batch, d1, d2, d3, channels) to (batch, channels): the mean of each volume."""

    data_format: str | None = None
    keepdims: bool = False

    spatial_rank = 3
    reduce = staticmethod(jnp.mean)
