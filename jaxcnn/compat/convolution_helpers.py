"""The helpers of `keras.backend.tensorflow_backend` by which programs write convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from jaxcnn import backend as K
from jaxcnn.backend import int_shape, permute_dimensions
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.runtime.types import ArrayLike, DTypeLike, Shape
from jaxcnn.spellings.dialect import dialect

Prepared: TypeAlias = Tensor | tuple[Tensor, str]
FIRST = ("channels_first", "th")
ORDERS = ("channels_last", "tf", *FIRST)
LETTERS = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def is_first(order: str) -> bool:
    """Whether that order of axes has channels before rows."""
    if order not in ORDERS:
        raise ValueError(f"Unknown data_format: {order!r}; one of {', '.join(ORDERS)} is expected.")
    return order in FIRST


def input_of(rank: int) -> Callable[..., Prepared]:
    """What puts the channels of an input last; since Keras 2.1 it says the order, too."""

    def prepare(x: Tensor, data_format: str, force_transpose: bool = False) -> Prepared:
        last = permute_dimensions(x, (0, *range(2, rank + 2), 1)) if is_first(data_format) else x
        return (last, LETTERS[rank]) if dialect().since_2_2 else last

    return prepare


def output_of(rank: int) -> Callable[[Tensor, str], Tensor]:
    """What puts the channels of an output where the order has them."""

    def finish(x: Tensor, data_format: str) -> Tensor:
        first = (0, rank + 1, *range(1, rank + 1))
        return permute_dimensions(x, first) if is_first(data_format) else x

    return finish


def kernel_of(rank: int) -> Callable[[Tensor, str], Tensor]:
    """What turns a kernel (filters, channels, *sizes) into (*sizes, channels, filters)."""

    def prepare(kernel: Tensor, data_format: str) -> Tensor:
        last = (*range(2, rank + 2), 1, 0)
        return permute_dimensions(kernel, last) if is_first(data_format) else kernel

    return prepare


_preprocess_conv1d_input, _preprocess_conv2d_input, _preprocess_conv3d_input = map(
    input_of, (1, 2, 3)
)
_postprocess_conv2d_output, _postprocess_conv3d_output = map(output_of, (2, 3))
_preprocess_conv2d_kernel, _preprocess_conv3d_kernel = map(kernel_of, (2, 3))


def _preprocess_padding(padding: str) -> str:
    """TensorFlow's word for a padding."""
    if padding not in ("same", "valid"):
        raise ValueError(f"Invalid padding: {padding!r}; 'same' or 'valid' is expected.")
    return padding.upper()


_preprocess_border_mode = _preprocess_padding


def _to_tensor(x: ArrayLike, dtype: DTypeLike) -> Tensor:
    """A constant."""
    tensor: Tensor = K.constant(np.asarray(x), dtype=as_dtype(dtype).name)
    return tensor


def _convert_string_dtype(dtype: str) -> np.dtype:
    """TensorFlow's type of that name."""
    return as_dtype(dtype)


def _normalize_axis(axis: int | Sequence[int] | None, ndim: int | None) -> int | list[int] | None:
    """Axes counted from the front."""
    if axis is None:
        return None
    if isinstance(axis, Sequence):
        return [int(one) % ndim if ndim else one for one in axis]
    return axis % ndim if ndim and axis < 0 else axis


def _has_nchw_support() -> bool:
    """Whether channels stay in front where they are: never, they are put last."""
    return False


def _preprocess_deconv_output_shape(x: Tensor, shape: Shape, data_format: str) -> Shape:
    """The shape of a transposed convolution's output with its channels last, all sizes known."""
    sizes = (shape[0], *shape[2:], shape[1]) if is_first(data_format) else tuple(shape)
    batch = int_shape(x)[0] if sizes[0] is None else sizes[0]
    return (batch, *sizes[1:])
