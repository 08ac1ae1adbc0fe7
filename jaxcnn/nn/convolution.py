"""Convolutions over 1, 2 and 3 spatial axes."""

from __future__ import annotations

from typing import ClassVar

import flax.linen as nn
import jax

from jaxcnn import activations, ops
from jaxcnn.nn import arguments
from jaxcnn.nn.fields import (
    DilationField,
    FiltersField,
    KernelFields,
    Sizes,
    WindowFields,
    as_tuple,
    later,
)
from jaxcnn.nn.spatial import SpatialLayer, finish_channels
from jaxcnn.nn.traits import Traits
from jaxcnn.nn.weights import field_weight, optional_bias, resolved
from jaxcnn.runtime.gradient_rules import rules_in_force
from jaxcnn.runtime.types import Config
from jaxcnn.spellings.dialect import chosen

RELU = (activations.relu, jax.nn.relu)


class Convolution(SpatialLayer, WindowFields):
    """The base of all convolutions: sizes, padding and data format, and how they are checked."""

    data_format: str | None = None

    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def checked(self) -> Config:
        label, rank, fields = self.label, self.spatial_rank, self.__dataclass_fields__
        values: Config = {
            "padding": arguments.choice(label, "padding", self.padding, self.paddings)
        }
        for name in ("filters", "groups", "depth_multiplier"):
            if name in fields:
                values[name] = arguments.positive_integer(label, name, getattr(self, name))
        for name in ("kernel_size", "strides", "dilation_rate"):
            if name in fields:
                values[name] = arguments.integers(label, name, getattr(self, name), rank)
        if not chosen():  # old Keras says so at the first call
            one_of_both(label, values["strides"], values.get("dilation_rate", ()))
        return {**values, **self.checked_format(), **resolved(self)}

    @property
    def window(self) -> tuple[int, ...]:
        """`kernel_size`, an integer for each spatial axis."""
        return as_tuple(self.kernel_size)

    def require_space(self, x: jax.Array) -> None:
        """Raise when a 'valid' kernel is larger than the input, naming the layer."""
        if chosen():
            one_of_both(
                self.label, as_tuple(self.strides), as_tuple(getattr(self, "dilation_rate", 1))
            )
        if self.padding != "valid":
            return
        dilation = getattr(self, "dilation_rate", (1,) * self.spatial_rank)
        reach = tuple((k - 1) * d + 1 for k, d in zip(self.window, dilation, strict=True))
        if any(n < r for n, r in zip(x.shape[1:-1], reach, strict=True)):
            raise ValueError(
                f"{self.label}: the input has spatial size {x.shape[1:-1]}, smaller than the "
                f"kernel's reach {reach}; use a larger input, a smaller kernel or padding='same'."
            )


def one_of_both(label: str, strides: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    """Raise when neither leaves the other alone, naming the layer."""
    if any(s != 1 for s in strides) and any(d != 1 for d in dilation):
        raise ValueError(
            f"{label}: `strides` {strides} and `dilation_rate` {dilation} cannot both differ "
            "from 1."
        )


class Conv(KernelFields, DilationField, Convolution, FiltersField):
    """``activation(conv(x, kernel) + bias)``; kernel (*kernel_size, channels / groups, filters)."""

    traits = Traits(kernel="in-out")

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = self.to_channels_last(x)
        groups, channels = getattr(self, "groups", 1), x.shape[-1]
        if channels % groups or self.filters % groups:
            raise ValueError(
                f"{self.label}: `groups` is {groups}; it must divide the input's {channels} "
                f"channels and the {self.filters} filters."
            )
        self.require_space(x)
        kernel = field_weight(self, "kernel", (*self.window, channels // groups, self.filters))
        bias = optional_bias(self, self.filters)
        settings: Config = {
            "strides": self.strides,
            "padding": self.padding,
            "dilation": self.dilation_rate,
            "groups": groups,
        }
        if bias is None or self.activation not in RELU or "Relu" in rules_in_force():
            return finish_channels(self, ops.conv(x, kernel, **settings), bias)
        y = self.from_channels_last(ops.conv_relu(x, kernel, bias, **settings))
        self.penalise_activity(self.activity_regularizer, y)
        return y


class Conv1D(Conv):
    """Convolution over time: (batch, steps, channels) to (batch, new_steps, filters).

    ``padding="causal"`` lets output t depend on inputs up to t only.

    Args:
        data_format: 'channels_last' or 'channels_first', where the channels are axis 1.
        padding: 'valid', 'same', or 'causal', with zeros before the first step only.

    Examples:
        >>> jc.layers.Conv1D(8, 3, padding="causal")(jnp.zeros((2, 10, 4))).shape
        (2, 10, 8)

    References:
        - van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016,
          <https://arxiv.org/abs/1609.03499>
    """

    data_format: str | None = later("channels_last")

    spatial_rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(Conv):
    """Convolution over images: (batch, height, width, channels) to (batch, new_h, new_w, filters).

    With ``data_format="channels_first"`` the channels are axis 1 on both sides. `groups` splits the
    channels into groups convolved apart (AlexNet).

    Args:
        groups: number of groups, which divides the channels of the input and `filters`.

    Examples:
        >>> jc.layers.Conv2D(8, 3, activation="relu")(jnp.zeros((2, 28, 28, 1))).shape
        (2, 26, 26, 8)
        >>> jc.layers.Conv2D(8, (3, 5), strides=2, padding="same")(jnp.zeros((2, 28, 28, 1))).shape
        (2, 14, 14, 8)

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
        - Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2015,
          <https://arxiv.org/abs/1511.07122>
    """

    strides: Sizes = (1, 1)
    dilation_rate: Sizes = (1, 1)
    groups: int = 1

    spatial_rank = 2


class Conv3D(Conv):
    """Convolution over volumes or films: (batch, d1, d2, d3, channels) to (batch, n1, n2, n3,
    filters).

    Examples:
        >>> jc.layers.Conv3D(4, 3)(jnp.zeros((1, 8, 8, 8, 2))).shape
        (1, 6, 6, 6, 4)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/convolutional.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/convolutional.py>
    """

    strides: Sizes = (1, 1, 1)
    dilation_rate: Sizes = (1, 1, 1)

    spatial_rank = 3
