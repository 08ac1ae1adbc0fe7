"""Feature maps in the data format in force: their channels and size, halving and joining them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jaxcnn.layers import Concatenate, DepthwiseConv2D, SymbolicTensor
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Shape


def channel_axis() -> int:
    """The axis of the channels in the data format in force, of an array with a batch axis."""
    return 1 if config.image_data_format() == "channels_first" else 3


def channel_count(x: SymbolicTensor) -> int:
    """The number of channels of maps, which is always known."""
    channels = x.shape[channel_axis()]
    assert channels is not None
    return channels


def joined(branches: Sequence[SymbolicTensor], name: str | None = None) -> SymbolicTensor:
    """The channels of all branches."""
    return Concatenate(axis=channel_axis(), name=name)(list(branches))


def image_size(x: SymbolicTensor) -> Shape:
    """Height and width of maps, None where any will do."""
    return x.shape[2:] if channel_axis() == 1 else x.shape[1:3]


def halving_padding(x: SymbolicTensor, window: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The zeros around maps with which "valid" windows of stride 2 are TensorFlow's "same" ones.

    Sizes that are not known count as even.
    """
    sizes, half = image_size(x), window // 2
    if None in sizes:
        return (half - 1, half), (half - 1, half)
    top, left = (half - 1 if n is not None and n % 2 == 0 else half for n in sizes)
    return (top, half), (left, half)


def depthwise(
    x: SymbolicTensor, window: int, strides: int, name: str, **settings: Any
) -> SymbolicTensor:
    """A depthwise convolution without bias; before a strided one maps get `halving_padding`."""
    padding = "same" if strides == 1 else "valid"
    return DepthwiseConv2D(
        window, strides=strides, padding=padding, use_bias=False, name=name, **settings
    )(x)
