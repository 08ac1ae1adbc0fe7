"""The functions that `keras.backend` had in Keras 1 alone."""

from __future__ import annotations

from jaxcnn import backend as K
from jaxcnn.layers.symbolic.types import SizesLike, Tensor, TensorLike

BACKEND = "jax"

FORMATS = {"th": "channels_first", "tf": "channels_last", "default": None}

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


def deconv2d(
    x: TensorLike,
    kernel: TensorLike,
    output_shape: SizesLike,
    strides: tuple[int, int] = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
) -> Tensor:
    """`conv2d_transpose`."""
    return K.conv2d_transpose(
        x,
        kernel,
        output_shape,
        strides=strides,
        padding=border_mode,
        data_format=FORMATS[dim_ordering],
    )


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
