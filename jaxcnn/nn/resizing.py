"""Zero padding, cropping and upsampling over 1, 2 and 3 spatial axes."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.fields import Amounts, Sizes, as_tuple, fixed
from jaxcnn.nn.spatial import SpatialLayer
from jaxcnn.runtime.types import Config


class ZeroPadding(SpatialLayer):
    """Zeros before and after each spatial axis.

    `padding` is an integer, an integer for each axis, or (before, after) for each axis.
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
    """(batch, steps, features) with zero steps added before and after."""

    padding: Amounts = 1
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class ZeroPadding2D(ZeroPadding):
    """(batch, height, width, channels) with rows and columns of zeros around."""

    padding: Amounts = (1, 1)
    data_format: str | None = None

    spatial_rank = 2


class ZeroPadding3D(ZeroPadding):
    """(batch, d1, d2, d3, channels) with zeros around."""

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
    """(batch, steps, features) without the first and last steps."""

    cropping: Amounts = (1, 1)
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class Cropping2D(Cropping):
    """(batch, height, width, channels) without the outer rows and columns."""

    cropping: Amounts = ((0, 0), (0, 0))
    data_format: str | None = None

    spatial_rank = 2


class Cropping3D(Cropping):
    """(batch, d1, d2, d3, channels) without the outer planes."""

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
    """(batch, steps, features) with each step repeated."""

    size: Sizes = 2
    data_format: str | None = fixed("channels_last")

    spatial_rank = 1


class UpSampling2D(UpSampling):
    """(batch, height, width, channels) with rows and columns repeated, or interpolated linearly."""

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
        spatial = [n * s for n, s in zip(x.shape[1:-1], as_tuple(self.size), strict=True)]
        y: jax.Array = jax.image.resize(x, (x.shape[0], *spatial, x.shape[-1]), "bilinear")
        return y


class UpSampling3D(UpSampling):
    """(batch, d1, d2, d3, channels) with each axis repeated."""

    size: Sizes = (2, 2, 2)
    data_format: str | None = None

    spatial_rank = 3
