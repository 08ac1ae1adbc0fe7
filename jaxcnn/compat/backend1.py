"""The functions that `keras.backend` had in Keras 1 alone."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from jaxcnn import backend as K
from jaxcnn.compat.names import BACKEND_OF_1
from jaxcnn.layers.symbolic.types import SizesLike, Tensor, TensorLike
from jaxcnn.runtime import config

FORMATS = {"th": "channels_first", "tf": "channels_last", "default": None}

WORDS = {
    "X": "x",
    "border_mode": "padding",
    "dim": "axis",
    "dim_ordering": "data_format",
    "filter_dilation": "dilation_rate",
    "nb_classes": "num_classes",
    "stride": "strides",
}
HINTS = {"filter_shape", "image_shape", "volume_shape"}
KERNELS = {"kernel", "depthwise_kernel", "pointwise_kernel"}
PADDINGS = {"spatial_2d_padding", "spatial_3d_padding", "temporal_padding"}

lesser, lesser_equal = K.less, K.less_equal


def asymmetric_temporal_padding(x: TensorLike, left_pad: int = 1, right_pad: int = 1) -> Tensor:
    """(batch, steps, features) with steps of zeros before and after."""
    return K.temporal_padding(x, (left_pad, right_pad))


def asymmetric_spatial_2d_padding(
    x: TensorLike,
    top_pad: int = 1,
    bottom_pad: int = 1,
    left_pad: int = 1,
    right_pad: int = 1,
    dim_ordering: str = "default",
) -> Tensor:
    """Images with zeros at their four sides."""
    sides = ((top_pad, bottom_pad), (left_pad, right_pad))
    return K.spatial_2d_padding(x, sides, FORMATS[dim_ordering])


def in_old_words(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function of K that takes the words of Keras 1, and 'th' kernels as (filters, inputs, ...).

    The shapes by which Theano could be told about its arrays are read from the arrays.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def spoken(*args: Any, **kwargs: Any) -> Tensor:
        renamed = {WORDS.get(word, word): value for word, value in kwargs.items()}
        given = signature.bind(*args, **{k: v for k, v in renamed.items() if k not in HINTS})
        values = given.arguments
        order = values.get("data_format", "default")
        if "data_format" in signature.parameters and order in FORMATS:
            values["data_format"] = FORMATS[order] or config.image_data_format()
        for name in KERNELS & values.keys():
            if values["data_format"] == "channels_first":
                window = range(2, K.ndim(values[name]))
                values[name] = K.permute_dimensions(values[name], (*window, 1, 0))
        if function.__name__ in PADDINGS and "padding" in values:
            pads = values["padding"]
            values["padding"] = [pads] * 2 if isinstance(pads, int) else [(n, n) for n in pads]
        return function(**values)

    return spoken


@functools.cache
def __getattr__(name: str) -> Callable[..., Tensor]:
    """A function of K that programs of Keras 1 call in its words."""
    if name not in BACKEND_OF_1.split():
        raise AttributeError(f"{__name__} has no {name}")
    return in_old_words(getattr(K, name))


def atrous_conv2d(x: TensorLike, kernel: TensorLike, rate: int = 1, **words: Any) -> Tensor:
    """`conv2d` with as many steps between the numbers that a kernel sees."""
    return in_old_words(K.conv2d)(x, kernel, dilation_rate=(rate, rate), **words)


def deconv2d(
    x: TensorLike,
    kernel: TensorLike,
    output_shape: SizesLike,
    strides: tuple[int, int] = (1, 1),
    **words: Any,
) -> Tensor:
    """`conv2d_transpose` with a kernel of the axes of `conv2d`."""
    turned = in_old_words(K.conv2d_transpose)
    first = words.get("dim_ordering", "default")
    first = (FORMATS.get(first, first) or config.image_data_format()) == "channels_first"
    kernel = K.permute_dimensions(kernel, (1, 0, 2, 3) if first else (0, 1, 3, 2))
    return turned(x, kernel, output_shape, strides, **words)


def time_distributed_dense(
    x: Tensor,
    w: TensorLike,
    b: TensorLike | None = None,
    dropout: float | None = None,
    input_dim: int | None = None,
    output_dim: int | None = None,
    timesteps: int | None = None,
    training: bool | None = None,
) -> Tensor:
    """``dot(x, w) + b`` at every time step, with one mask of dropout for all of them.

    The sizes are read from the arrays, so that they need not be given.
    """
    if dropout:
        steps = timesteps or int(x.shape[1])
        mask = K.repeat(K.dropout(K.ones_like(x[:, 0, :]), dropout), steps)
        x = K.in_train_phase(x * mask, x, training=training)
    outputs = K.dot(x, w)
    return outputs if b is None else K.bias_add(outputs, b)
