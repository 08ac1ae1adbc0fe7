"""Zero padding, cropping and upsampling over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.convolution import SpatialLayer


class ZeroPadding(SpatialLayer):
    """Zeros before and after each spatial axis; `padding` is an int, an int an axis, or (before,
    after) an axis.
    """

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        amounts = arguments.pairs(self.label, "padding", layer.padding, self.spatial_rank)
        return {"padding": amounts, **self.checked_format()}

    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        return self.from_channels_last(
            jnp.pad(self.to_channels_last(x), ((0, 0), *layer.padding, (0, 0)))
        )


class ZeroPadding1D(ZeroPadding):
    """(batch, steps, features) with zero steps added before and after."""

    padding: Any = 1

    spatial_rank = 1


class ZeroPadding2D(ZeroPadding):
    """(batch, height, width, channels) with rows and columns of zeros around."""

    padding: Any = (1, 1)
    data_format: str | None = None

    spatial_rank = 2


class ZeroPadding3D(ZeroPadding):
    """(batch, d1, d2, d3, channels) with zeros around."""

    padding: Any = (1, 1, 1)
    data_format: str | None = None

    spatial_rank = 3


class Cropping(SpatialLayer):
    """Cut from the start and the end of each spatial axis; `cropping` is given as `padding` is."""

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        amounts = arguments.pairs(self.label, "cropping", layer.cropping, self.spatial_rank)
        return {"cropping": amounts, **self.checked_format()}

    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        amounts = layer.cropping
        x = self.to_channels_last(x)
        if any(
            n <= before + after for n, (before, after) in zip(x.shape[1:-1], amounts, strict=True)
        ):
            raise ValueError(
                f"{self.label}: `cropping` {amounts} leaves nothing of the spatial size "
                f"{x.shape[1:-1]}."
            )
        inner = (
            slice(before, n - after)
            for n, (before, after) in zip(x.shape[1:-1], amounts, strict=True)
        )
        return self.from_channels_last(x[(slice(None), *inner)])


class Cropping1D(Cropping):
    """(batch, steps, features) without the first and last steps."""

    cropping: Any = (1, 1)

    spatial_rank = 1


class Cropping2D(Cropping):
    """(batch, height, width, channels) without the outer rows and columns."""

    cropping: Any = ((0, 0), (0, 0))
    data_format: str | None = None

    spatial_rank = 2


class Cropping3D(Cropping):
    """(batch, d1, d2, d3, channels) without the outer planes."""

    cropping: Any = ((1, 1), (1, 1), (1, 1))
    data_format: str | None = None

    spatial_rank = 3


class UpSampling(SpatialLayer):
    """Each spatial axis enlarged `size` times, by repetition or (2D) linear interpolation."""

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        values = {
            "size": arguments.integers(self.label, "size", layer.size, self.spatial_rank),
            **self.checked_format(),
        }
        if "interpolation" in self.__dataclass_fields__:
            choices = ("nearest", "bilinear")
            values["interpolation"] = arguments.choice(
                self.label, "interpolation", layer.interpolation, choices
            )
        return values

    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        if getattr(self, "interpolation", "nearest") == "bilinear":
            shape = (
                x.shape[0],
                *(n * s for n, s in zip(x.shape[1:-1], layer.size, strict=True)),
                x.shape[-1],
            )
            x = jax.image.resize(x, shape, "bilinear")
        else:
            for axis, times in enumerate(layer.size, start=1):
                x = jnp.repeat(x, times, axis=axis)
        return self.from_channels_last(x)


class UpSampling1D(UpSampling):
    """(batch, steps, features) with each step repeated."""

    size: Any = 2

    spatial_rank = 1


class UpSampling2D(UpSampling):
    """(batch, height, width, channels) with rows and columns repeated, or interpolated linearly."""

    size: Any = (2, 2)
    data_format: str | None = None
    interpolation: str = "nearest"

    spatial_rank = 2


class UpSampling3D(UpSampling):
    """(batch, d1, d2, d3, channels) with each axis repeated."""

    size: Any = (2, 2, 2)
    data_format: str | None = None

    spatial_rank = 3
