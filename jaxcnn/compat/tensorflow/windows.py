"""``tf.nn``: convolutions and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax

from jaxcnn import backend
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime.types import ArrayLike

__all__ = [
    "atrous_conv2d",
    "avg_pool",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "depthwise_conv2d",
    "max_pool",
    "separable_conv2d",
]

FORMATS = {
    "NHWC": "channels_last",
    "NCHW": "channels_first",
    "NDHWC": "channels_last",
    "NCDHW": "channels_first",
}


def within_image(word: str, name: str, sizes: Sequence[int], data_format: str) -> tuple[int, ...]:
    """The numbers of the image's axes among those of all.

    Raises:
        ValueError: too few or too many, or another than 1 for batch or channels.
    """
    first = 2 if data_format.startswith("NC") else 1
    last = first + len(data_format) - 2
    others = [n for i, n in enumerate(sizes) if not first <= i < last]
    if len(sizes) != len(data_format) or any(n != 1 for n in others):
        number = {4: "four", 5: "five"}[len(data_format)]
        raise ValueError(
            f"tf.nn.{word}: `{name}` has {number} numbers, 1 for batch and channels; "
            f"given {sizes!r}."
        )
    return tuple(sizes[first:last])


@word("Conv2D")
def conv2d(
    input: ArrayLike,
    filter: ArrayLike,
    strides: Sequence[int],
    padding: str,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
) -> jax.Array:
    """Convolution by kernels (rows, columns, channels, filters); `padding` SAME or VALID."""
    steps = within_image("conv2d", "strides", strides, data_format)
    return backend.conv2d(input, filter, steps, padding.lower(), FORMATS[data_format])


@word("convolution")
def atrous_conv2d(value: ArrayLike, filters: ArrayLike, rate: int, padding: str) -> jax.Array:
    """`conv2d` by kernels whose numbers count for pixels `rate` apart."""
    order, rates = "channels_last", (rate, rate)
    return backend.conv2d(value, filters, (1, 1), padding.lower(), order, dilation_rate=rates)


@word("conv2d_transpose", at_once=("output_shape",))
def conv2d_transpose(
    value: ArrayLike,
    filter: ArrayLike,
    output_shape: Sequence[int],
    strides: Sequence[int],
    padding: str = "SAME",
    data_format: str = "NHWC",
) -> jax.Array:
    """The gradient of `conv2d` by its input; kernels are (rows, columns, filters, channels)."""
    steps = within_image("conv2d_transpose", "strides", strides, data_format)
    return backend.conv2d_transpose(
        value,
        filter,
        output_shape,
        steps,
        padding=padding.lower(),
        data_format=FORMATS[data_format],
    )


def format_of(word: str, data_format: str | None) -> str:
    """'NHWC' where none is given.

    Raises:
        ValueError: it is neither of the two.
    """
    if data_format not in (None, "NHWC", "NCHW"):
        raise ValueError(f"tf.nn.{word}: data_format is NHWC or NCHW; given {data_format!r}.")
    return data_format or "NHWC"


@word("conv1d/Squeeze")
def conv1d(
    value: ArrayLike,
    filters: ArrayLike,
    stride: int,
    padding: str,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
) -> jax.Array:
    """Convolution over steps by kernels (steps, channels, filters)."""
    order = FORMATS[format_of("conv1d", data_format)]
    return backend.conv1d(value, filters, stride, padding.lower(), order)


@word("Conv3D")
def conv3d(
    input: ArrayLike,
    filter: ArrayLike,
    strides: Sequence[int],
    padding: str,
    data_format: str = "NDHWC",
) -> jax.Array:
    """Convolution over volumes by kernels (planes, rows, columns, channels, filters)."""
    steps = within_image("conv3d", "strides", strides, data_format)
    return backend.conv3d(input, filter, steps, padding.lower(), FORMATS[data_format])


def of_depthwise(
    word: str, strides: Sequence[int], padding: str, rate: Sequence[int] | None, order: str | None
) -> dict[str, Any]:
    """The settings of a convolution of each channel apart."""
    data_format = format_of(word, order)
    return {
        "strides": within_image(word, "strides", strides, data_format),
        "padding": padding.lower(),
        "data_format": FORMATS[data_format],
        "dilation_rate": tuple(rate or (1, 1)),
    }


@word("depthwise")
def depthwise_conv2d(
    input: ArrayLike,
    filter: ArrayLike,
    strides: Sequence[int],
    padding: str,
    rate: Sequence[int] | None = None,
    *,
    data_format: str | None = None,
) -> jax.Array:
    """Each channel convolved apart, by kernels (rows, columns, channels, outputs of each)."""
    settings = of_depthwise("depthwise_conv2d", strides, padding, rate, data_format)
    return backend.depthwise_conv2d(input, filter, **settings)


@word("separable_conv2d")
def separable_conv2d(
    input: ArrayLike,
    depthwise_filter: ArrayLike,
    pointwise_filter: ArrayLike,
    strides: Sequence[int],
    padding: str,
    rate: Sequence[int] | None = None,
    *,
    data_format: str | None = None,
) -> jax.Array:
    """`depthwise_conv2d`, then a convolution by kernels (1, 1, channels, filters)."""
    settings = of_depthwise("separable_conv2d", strides, padding, rate, data_format)
    return backend.separable_conv2d(input, depthwise_filter, pointwise_filter, **settings)


def pooling_word(label: str, mode: str) -> Word:
    """A word that pools."""

    @word(label)
    def pool(
        value: ArrayLike,
        ksize: Sequence[int],
        strides: Sequence[int],
        padding: str,
        data_format: str = "NHWC",
    ) -> jax.Array:
        window = within_image(f"{mode}_pool", "ksize", ksize, data_format)
        steps = within_image(f"{mode}_pool", "strides", strides, data_format)
        return backend.pool2d(
            value,
            window,
            strides=steps,
            padding=padding.lower(),
            data_format=FORMATS[data_format],
            pool_mode=mode,
        )

    return pool


max_pool = pooling_word("MaxPool", "max")
avg_pool = pooling_word("AvgPool", "avg")
