"""Zero padding, cropping and upsampling over 1, 2 and 3 spatial axes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.nn import arguments
from jaxcnn.nn.fields import Amounts, Sizes, as_tuple, fixed
from jaxcnn.nn.spatial import SpatialLayer
from jaxcnn.ops.tracing import is_spelled_out
from jaxcnn.runtime.types import Config


class ZeroPadding(SpatialLayer):
    """Zeros before and after each spatial axis.

    `padding` is an integer, an integer for each axis, or (before, after) for each axis.

    Args:
        padding: number of zeros at each end of each spatial axis: an integer, an integer for each
            axis, or (before, after) for each axis.
    """

    padding: Amounts

    def amounts(self) -> tuple[tuple[int, int], ...]:
        return arguments.pairs(self.label, "padding", self.padding, self.spatial_rank)

    def checked(self) -> Config:
        return {"padding": self.amounts(), **self.checked_format()}

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.from_channels_last(
            jnp.pad(self.to_channels_last(x), ((0, 0), *self.amounts(), (0, 0)))
        )


class ZeroPadding1D(ZeroPadding):
    """(batch, steps, features) with zero steps added before and after.

    Args:
        padding: number of steps at each end: an integer, or (before, after).

    Examples:
        >>> jc.layers.ZeroPadding1D((1, 0))(jnp.ones((1, 2, 1)))
        Array([[[0.],
                [1.],
                [1.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    padding: Amounts = 1
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class ZeroPadding2D(ZeroPadding):
    """(batch, height, width, channels) with rows and columns of zeros around.

    Examples:
        >>> jc.layers.ZeroPadding2D(((1, 2), (0, 3)))(jnp.ones((1, 5, 5, 2))).shape
        (1, 8, 8, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    padding: Amounts = (1, 1)
    data_format: str | None = None

    spatial_rank = 2


class ZeroPadding3D(ZeroPadding):
    """(batch, d1, d2, d3, channels) with zeros around.

    Examples:
        >>> jc.layers.ZeroPadding3D(1)(jnp.ones((1, 5, 5, 5, 2))).shape
        (1, 7, 7, 7, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    padding: Amounts = (1, 1, 1)
    data_format: str | None = None

    spatial_rank = 3


class Cropping(SpatialLayer):
    """Cut from the start and the end of each spatial axis; `cropping` is given as `padding` is."""

    cropping: Amounts

    def amounts(self) -> tuple[tuple[int, int], ...]:
        return arguments.pairs(self.label, "cropping", self.cropping, self.spatial_rank)

    def checked(self) -> Config:
        return {"cropping": self.amounts(), **self.checked_format()}

    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        axes = list(zip(x.shape[1:-1], self.amounts(), strict=True))
        if any(n < before + after for n, (before, after) in axes):
            raise ValueError(
                f"{self.label}: `cropping` {self.amounts()} takes more than there is of the "
                f"spatial size {x.shape[1:-1]}."
            )
        inner = (slice(before, n - after) for n, (before, after) in axes)
        return self.from_channels_last(x[(slice(None), *inner)])


class Cropping1D(Cropping):
    """(batch, steps, features) without the first and last steps.

    Args:
        cropping: number of steps cut off at each end: an integer, or (start, end).

    Examples:
        >>> jc.layers.Cropping1D((1, 0))(jnp.array([[[1.0], [2.0], [3.0]]]))
        Array([[[2.],
                [3.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    cropping: Amounts = (1, 1)
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class Cropping2D(Cropping):
    """(batch, height, width, channels) without the outer rows and columns.

    Examples:
        >>> jc.layers.Cropping2D(((1, 2), (0, 3)))(jnp.ones((1, 8, 8, 2))).shape
        (1, 5, 5, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    cropping: Amounts = ((0, 0), (0, 0))
    data_format: str | None = None

    spatial_rank = 2


class Cropping3D(Cropping):
    """(batch, d1, d2, d3, channels) without the outer planes.

    Examples:
        >>> jc.layers.Cropping3D(1)(jnp.ones((1, 5, 5, 5, 2))).shape
        (1, 3, 3, 3, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    cropping: Amounts = ((1, 1), (1, 1), (1, 1))
    data_format: str | None = None

    spatial_rank = 3


class UpSampling(SpatialLayer):
    """Each spatial axis enlarged `size` times, by repetition or (2D) linear interpolation."""

    size: Sizes

    def checked(self) -> Config:
        size = arguments.integers(self.label, "size", self.size, self.spatial_rank)
        return {"size": size, **self.checked_format()}

    def enlarged(self, x: jax.Array) -> jax.Array:
        for axis, times in enumerate(as_tuple(self.size), start=1):
            x = jnp.repeat(x, times, axis=axis)
        return x

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.from_channels_last(self.enlarged(self.to_channels_last(x)))


class UpSampling1D(UpSampling):
    """(batch, steps, features) with each step repeated.

    Examples:
        >>> jc.layers.UpSampling1D(2)(jnp.array([[[1.0], [2.0]]]))
        Array([[[1.],
                [1.],
                [2.],
                [2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    size: Sizes = 2
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


def linear_weights(length: int, factor: int) -> np.ndarray:
    """(factor * length, length): what each element contributes to those between the elements."""
    position = ((np.arange(factor * length) + 0.5) / factor - 0.5).clip(0, length - 1)
    distance = np.abs(position[:, None] - np.arange(length))
    return (1 - distance).clip(0)


class UpSampling2D(UpSampling):
    """(batch, height, width, channels) with rows and columns repeated, or interpolated linearly.

    Args:
        interpolation: 'nearest', which repeats elements, or 'bilinear'.

    Examples:
        >>> jc.layers.UpSampling2D((2, 3))(jnp.ones((1, 4, 4, 2))).shape
        (1, 8, 12, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    size: Sizes = (2, 2)
    data_format: str | None = None
    interpolation: str = "nearest"

    spatial_rank = 2

    def checked(self) -> Config:
        choices = ("nearest", "bilinear")
        way = arguments.choice(self.label, "interpolation", self.interpolation, choices)
        return {**super().checked(), "interpolation": way}

    def enlarged(self, x: jax.Array) -> jax.Array:
        if self.interpolation == "nearest":
            return super().enlarged(x)
        if is_spelled_out():  # elsewhere a resized image has a form for known sizes only
            for axis, size in enumerate(as_tuple(self.size), 1):
                weights = jnp.asarray(linear_weights(x.shape[axis], size), x.dtype)
                x = jnp.moveaxis(jnp.tensordot(x, weights, (axis, 1)), -1, axis)
            return x
        spatial = [n * s for n, s in zip(x.shape[1:-1], as_tuple(self.size), strict=True)]
        y: jax.Array = jax.image.resize(x, (x.shape[0], *spatial, x.shape[-1]), "bilinear")
        return y


class UpSampling3D(UpSampling):
    """(batch, d1, d2, d3, channels) with each axis repeated.

    Examples:
        >>> jc.layers.UpSampling3D(2)(jnp.ones((1, 4, 4, 4, 2))).shape
        (1, 8, 8, 8, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    size: Sizes = (2, 2, 2)
    data_format: str | None = None

    spatial_rank = 3
