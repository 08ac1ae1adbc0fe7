"""Max and average pooling, windowed and global, over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import ClassVar

import jax
import jax.numpy as jnp

from jaxcnn import ops
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.fields import Sizes, as_tuple, later
from jaxcnn.nn.spatial import SpatialLayer
from jaxcnn.runtime.types import ArrayFunction, Config, Mask


class PoolFields(Layer):
    """Args:
    strides: steps of the window in elements, given as `pool_size` is; None for windows that
        touch but do not overlap.
    """

    pool_size: Sizes = 2
    strides: Sizes | None = None
    padding: str = "valid"


class Pooling(SpatialLayer, PoolFields):
    """A window reduced to one value a channel by `pool`, which a subclass has.

    `strides` None means windows that touch but do not overlap.
    """

    data_format: str | None = None

    pool: ClassVar[ArrayFunction]

    def checked(self) -> Config:
        size = arguments.integers(self.label, "pool_size", self.pool_size, self.spatial_rank)
        strides = self.strides
        if strides is not None:
            strides = arguments.integers(self.label, "strides", strides, self.spatial_rank)
        return {
            "pool_size": size,
            "strides": size if strides is None else strides,
            "padding": arguments.choice(self.label, "padding", self.padding, ("valid", "same")),
            **self.checked_format(),
        }

    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        if self.padding == "valid" and any(
            n < p for n, p in zip(x.shape[1:-1], as_tuple(self.pool_size), strict=True)
        ):
            raise ValueError(
                f"{self.label}: the input has spatial size {x.shape[1:-1]}, smaller than "
                f"`pool_size` {self.pool_size}; use a larger input or padding='same'."
            )
        return self.from_channels_last(
            type(self).pool(x, self.pool_size, self.strides, self.padding)
        )


class Pooling1D(Pooling):
    """Args:
    data_format: 'channels_last' or 'channels_first', where the channels are axis 1.
    """

    data_format: str | None = later("channels_last")

    spatial_rank = 1


class Pooling2D(Pooling):
    pool_size: Sizes = (2, 2)

    spatial_rank = 2


class Pooling3D(Pooling):
    pool_size: Sizes = (2, 2, 2)

    spatial_rank = 3


class MaxPooling1D(Pooling1D):
    """(batch, steps, features) to (batch, fewer_steps, features): the largest of each window.

    Examples:
        >>> jc.layers.MaxPooling1D(2)(jnp.array([[[1.0], [2.0], [3.0], [4.0]]]))
        Array([[[2.],
                [4.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.max_pool)


class MaxPooling2D(Pooling2D):
    """(batch, height, width, channels) to fewer rows and columns: the largest of each window.

    Examples:
        >>> jc.layers.MaxPooling2D(2)(jnp.zeros((1, 28, 28, 3))).shape
        (1, 14, 14, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.max_pool)


class MaxPooling3D(Pooling3D):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the largest of each window.

    Examples:
        >>> jc.layers.MaxPooling3D(2)(jnp.zeros((1, 8, 8, 8, 3))).shape
        (1, 4, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.max_pool)


class AveragePooling1D(Pooling1D):
    """(batch, steps, features) to (batch, fewer_steps, features): the mean of each window's real
    elements.

    Examples:
        >>> jc.layers.AveragePooling1D(2)(jnp.array([[[1.0], [2.0], [3.0], [4.0]]]))
        Array([[[1.5],
                [3.5]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.avg_pool)


class AveragePooling2D(Pooling2D):
    """(batch, height, width, channels) to a smaller height and width: the mean of each window's
    real elements.

    Examples:
        >>> jc.layers.AveragePooling2D(2, padding="same")(jnp.zeros((1, 7, 7, 3))).shape
        (1, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.avg_pool)


class AveragePooling3D(Pooling3D):
    """(batch, d1, d2, d3, channels) to smaller spatial axes: the mean of each window's real
    elements.

    Examples:
        >>> jc.layers.AveragePooling3D(2)(jnp.zeros((1, 8, 8, 8, 3))).shape
        (1, 4, 4, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    pool = staticmethod(ops.avg_pool)


class GlobalPooling(SpatialLayer):
    """All spatial axes reduced by `reduce`, which a subclass has: (batch, ..., channels) to (batch,
    channels), or with `keepdims` to axes of 1.
    """

    data_format: str | None = None
    keepdims: bool = later(False)

    reduce: ClassVar[ArrayFunction]

    def checked(self) -> Config:
        return self.checked_format()

    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        y: jax.Array = type(self).reduce(
            x, axis=tuple(range(1, x.ndim - 1)), keepdims=self.keepdims
        )
        return self.from_channels_last(y) if self.keepdims else y


class GlobalMaxPooling(GlobalPooling):
    reduce = staticmethod(ops.largest)


class GlobalAveragePooling(GlobalPooling):
    reduce = staticmethod(jnp.mean)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """(batch, steps, features) to (batch, features): the largest over time.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1.

    Examples:
        >>> jc.layers.GlobalMaxPooling1D()(jnp.array([[[1.0, 5.0], [3.0, 2.0]]]))
        Array([[3., 5.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    data_format: str | None = later("channels_last")

    spatial_rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """(batch, height, width, channels) to (batch, channels): the largest of each map.

    Examples:
        >>> jc.layers.GlobalMaxPooling2D()(jnp.zeros((2, 7, 7, 5))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    spatial_rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """(batch, d1, d2, d3, channels) to (batch, channels): the largest of each volume.

    Examples:
        >>> jc.layers.GlobalMaxPooling3D(keepdims=True)(jnp.zeros((2, 7, 7, 7, 5))).shape
        (2, 1, 1, 1, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    spatial_rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    """(batch, steps, features) to (batch, features): the mean over the steps that are not masked,
    0 where all are.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1.

    Examples:
        >>> jc.layers.GlobalAveragePooling1D()(jnp.array([[[1.0, 5.0], [3.0, 2.0]]]))
        Array([[2. , 3.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    data_format: str | None = later("channels_last")

    spatial_rank = 1
    supports_masking = True

    def compute_mask(self, inputs: jax.Array, mask: Mask) -> None:
        return None

    def __call__(self, x: jax.Array, *, mask: Mask = None) -> jax.Array:
        if mask is None:
            return super().__call__(x)
        keep = mask.astype(x.dtype)[:, :, None]  # (batch, steps, 1)
        total = jnp.sum(self.to_channels_last(x) * keep, axis=1, keepdims=True)
        y = total / jnp.maximum(jnp.sum(keep, axis=1, keepdims=True), 1)
        return self.from_channels_last(y) if self.keepdims else y[:, 0]


class GlobalAveragePooling2D(GlobalAveragePooling):
    """(batch, height, width, channels) to (batch, channels): the mean of each map.

    Examples:
        >>> jc.layers.GlobalAveragePooling2D()(jnp.zeros((2, 7, 7, 5))).shape
        (2, 5)

    References:
        - Lin, Chen and Yan, "Network in Network", 2013, <https://arxiv.org/abs/1312.4400>
    """

    spatial_rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """(batch, d1, d2, d3, channels) to (batch, channels): the mean of each volume.

    Examples:
        >>> jc.layers.GlobalAveragePooling3D()(jnp.zeros((2, 7, 7, 7, 5))).shape
        (2, 5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/pooling.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/pooling.py>
    """

    spatial_rank = 3
