"""Convolutions over 1, 2 and 3 spatial axes: plain, separable, depthwise and transposed."""

from __future__ import annotations

from typing import Any, ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn import activations, ops
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.core import bias_weight, finish, kernel_weight, resolved
from jaxcnn.nn.traits import Traits

RELU = (activations.relu, jax.nn.relu)
SPATIAL_AXES = {
    1: "(batch, steps, channels)",
    2: "(batch, height, width, channels)",
    3: "(batch, d1, d2, d3, channels)",
}


class SpatialLayer(Layer):
    """A layer over `spatial_rank` axes that computes channels last and honours `data_format` at its
    boundary.
    """

    spatial_rank: ClassVar[int]

    def checked_format(self) -> dict[str, Any]:
        if "data_format" not in self.__dataclass_fields__:
            return {}
        return {
            "data_format": arguments.data_format(self.label, getattr(self, "data_format", None))
        }

    @property
    def channels_first(self) -> bool:
        return getattr(self, "data_format", None) == "channels_first"

    def to_channels_last(self, x: jax.Array) -> jax.Array:
        """`x`, checked to have the right rank, with its channels moved last."""
        meaning = SPATIAL_AXES[self.spatial_rank]
        if self.channels_first:
            meaning = meaning.replace(", channels)", ")").replace("(batch", "(batch, channels")
        arguments.rank(self.label, x, self.spatial_rank + 2, meaning)
        return jnp.moveaxis(x, 1, -1) if self.channels_first else x

    def from_channels_last(self, y: jax.Array) -> jax.Array:
        return jnp.moveaxis(y, -1, 1) if self.channels_first else y


class Convolution(SpatialLayer):
    """What all convolutions check: positive sizes, a known padding, and no stride together with a
    dilation.
    """

    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def checked(self) -> dict[str, Any]:
        layer: Any = self
        label, rank, fields = self.label, self.spatial_rank, self.__dataclass_fields__
        values: dict[str, Any] = {
            "padding": arguments.choice(label, "padding", layer.padding, self.paddings)
        }
        for name in ("filters", "groups", "depth_multiplier"):
            if name in fields:
                values[name] = arguments.positive_integer(label, name, getattr(self, name))
        for name in ("kernel_size", "strides", "dilation_rate"):
            if name in fields:
                values[name] = arguments.integers(label, name, getattr(self, name), rank)
        dilation = values.get("dilation_rate", (1,) * rank)
        if any(s != 1 for s in values["strides"]) and any(d != 1 for d in dilation):
            raise ValueError(
                f"{label}: `strides` {values['strides']} and `dilation_rate` {dilation} cannot "
                "both differ from 1."
            )
        return {**values, **self.checked_format(), **resolved(self)}

    def require_space(self, x: jax.Array) -> None:
        """Raise when a 'valid' kernel is larger than the input, naming the layer."""
        layer: Any = self
        if layer.padding != "valid":
            return
        dilation = getattr(self, "dilation_rate", (1,) * self.spatial_rank)
        reach = tuple((k - 1) * d + 1 for k, d in zip(layer.kernel_size, dilation, strict=True))
        if any(n < r for n, r in zip(x.shape[1:-1], reach, strict=True)):
            raise ValueError(
                f"{self.label}: the input has spatial size {x.shape[1:-1]}, smaller than the "
                f"kernel's reach {reach}; "
                "use a larger input, a smaller kernel or padding='same'."
            )


class Conv(Convolution):
    """``activation(conv(x, kernel) + bias)``; kernel (*kernel_size, channels / groups, filters)."""

    traits = Traits(kernel="in-out")

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        layer: Any = self
        x = self.to_channels_last(x)
        groups, channels = getattr(self, "groups", 1), x.shape[-1]
        if channels % groups or layer.filters % groups:
            raise ValueError(
                f"{self.label}: `groups` is {groups}; it must divide the input's {channels} "
                "channels and the "
                f"{layer.filters} filters."
            )
        self.require_space(x)
        kernel = kernel_weight(self, (*layer.kernel_size, channels // groups, layer.filters))
        bias = bias_weight(self, layer.filters) if layer.use_bias else None
        how = {
            "strides": layer.strides,
            "padding": layer.padding,
            "dilation": layer.dilation_rate,
            "groups": groups,
        }
        if bias is None or layer.activation not in RELU:
            return finish_channels(self, ops.conv(x, kernel, **how), bias)
        y = self.from_channels_last(ops.conv_relu(x, kernel, bias, **how))
        self.penalise_activity(layer.activity_regularizer, y)
        return y


def finish_channels(layer: Any, y: jax.Array, bias: jax.Array | None) -> jax.Array:
    """`finish` for a channels-last result of a spatial layer: the activation sees the layer's own
    data format.
    """
    if bias is not None:
        y = y + bias
    return finish(layer, layer.from_channels_last(y), None)


class Conv1D(Conv):
    """Convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    ``padding="causal"`` lets output t depend on inputs up to t only.
    """

    filters: int
    kernel_size: Any
    strides: Any = 1
    padding: str = "valid"
    dilation_rate: Any = 1
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
    paddings = ("valid", "same", "causal")


class Conv2D(Conv):
    """Convolution over pictures: (batch, height, width, channels) to (batch, new_height, new_width,
    filters).

    With ``data_format="channels_first"`` the channels are axis 1 on both sides. `groups` splits the
    channels into groups convolved apart (AlexNet).
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1)
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = (1, 1)
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None
    groups: int = 1

    spatial_rank = 2


class Conv3D(Conv):
    """Convolution over volumes or films: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).
    """

    filters: int
    kernel_size: Any
    strides: Any = (1, 1, 1)
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Any = (1, 1, 1)
    activation: Any = None
    use_bias: bool = True
    kernel_initializer: Any = "glorot_uniform"
    bias_initializer: Any = "zeros"
    kernel_regularizer: Any = None
    bias_regularizer: Any = None
    activity_regularizer: Any = None
    kernel_constraint: Any = None
    bias_constraint: Any = None

    spatial_rank = 3
