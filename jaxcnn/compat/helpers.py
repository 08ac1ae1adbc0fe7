"""The helpers of Keras's `utils` and `engine` that users' own layers and models call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import jax
import numpy as np

from jaxcnn import backend as K
from jaxcnn import ops
from jaxcnn.layers import Layer
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.variable import Variable
from jaxcnn.models import Network
from jaxcnn.models.network import source_inputs, source_node
from jaxcnn.preprocessing.text import FILTERS
from jaxcnn.runtime import config
from jaxcnn.utils.files import file_digest

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "conv_input_length",
    "conv_output_length",
    "base_filter",
    "convert_all_kernels_in_model",
    "convert_kernel",
    "count_params",
    "deconv_length",
    "get_source_inputs",
    "clip_norm",
    "hash_file",
    "is_all_none",
    "is_placeholder",
    "is_tensor",
    "normalize_data_format",
    "normalize_padding",
    "normalize_tuple",
    "remove_long_seq",
    "transpose_shape",
    "validate_file",
]


def base_filter() -> str:
    """The characters that Keras 1 leaves out of texts."""
    return FILTERS


def remove_long_seq(
    maxlen: int, seq: Sequence[Sequence[int]], label: Sequence[int]
) -> tuple[list[Sequence[int]], list[int]]:
    """The sequences that are shorter than `maxlen`, and their labels."""
    pairs = [(x, y) for x, y in zip(seq, label, strict=True) if len(x) < maxlen]
    return [x for x, _ in pairs], [y for _, y in pairs]


def is_all_none(iterable_or_element: object) -> bool:
    """Whether a value, or each of a list of values, is None."""
    several = isinstance(iterable_or_element, list | tuple)
    values = iterable_or_element if several else [iterable_or_element]
    return all(value is None for value in values)  # type: ignore[attr-defined]


def transpose_shape(
    shape: Sequence[int | None], target_format: str, spatial_axes: Sequence[int]
) -> tuple[int | None, ...]:
    """A shape with the channels last in the order of another format.

    Raises:
        ValueError: another format.
    """
    if target_format == "channels_first":
        return (*shape[: spatial_axes[0]], shape[-1], *(shape[axis] for axis in spatial_axes))
    if target_format == "channels_last":
        return tuple(shape)
    raise ValueError(
        f'data_format must be "channels_first" or "channels_last"; given {target_format!r}.'
    )


def clip_norm(g: TensorLike, c: float, n: TensorLike) -> TensorLike:
    """A gradient `g`, scaled to the norm `c` where that of all gradients, `n`, is greater."""
    return K.switch(n >= c, g * c / n, g) if c > 0 else g  # type: ignore[operator]


def is_tensor(x: object) -> bool:
    """Whether `x` is a tensor: symbolic, an array of JAX or a variable."""
    return isinstance(x, SymbolicTensor | jax.Array | Variable)


def is_symbolic(x: object) -> bool:
    """Whether `x` is a tensor whose value is known later."""
    return isinstance(x, SymbolicTensor)


def is_variable(x: object) -> bool:
    """Whether `x` is a variable or a weight."""
    return isinstance(x, Variable)


def symbolic(func: F) -> F:
    """Decorates a function that makes a graph, as all do."""
    return func


eager = symbolic


def is_placeholder(x: object) -> bool:
    """Whether `x` is a symbolic tensor that a value is given for."""
    return isinstance(x, SymbolicTensor) and isinstance(x.layer, InputLayer)


class UnknownPadding(ValueError, AssertionError):
    """Another word for a padding; Keras 2 calls it AssertionError."""


class Shaped(Protocol):
    """An array or variable."""

    @property
    def shape(self) -> tuple[int, ...]: ...


def get_source_inputs(
    tensor: SymbolicTensor, layer: Layer | None = None, node_index: int | None = None
) -> list[SymbolicTensor]:
    """The inputs that a tensor, or call `node_index` of a layer, is computed from, each once."""
    start = layer.inbound_nodes[node_index or 0] if layer is not None else source_node(tensor)
    return source_inputs(start)


def count_params(weights: Sequence[Shaped]) -> int:
    """The number of elements of weights, each counted once."""
    return sum(int(np.prod(w.shape)) for w in {id(w): w for w in weights}.values())


def normalize_tuple(value: int | Sequence[int], n: int, name: str) -> tuple[int, ...]:
    """`n` integers: one repeated, or as many as given.

    Raises:
        ValueError: anything else.
    """
    values = (
        (value,) * n
        if isinstance(value, int | np.integer)
        else tuple(np.ravel(np.asarray(value, object)))
    )
    if len(values) != n or not all(isinstance(v, int | np.integer) for v in values):
        raise ValueError(f"`{name}` must be one integer or {n} of them; given {value!r}.")
    return tuple(int(v) for v in values)


def normalize_data_format(value: str | None) -> str:
    """The data format in small letters; None means the configured one.

    Raises:
        ValueError: another word.
    """
    data_format = config.image_data_format() if value is None else value.lower()
    if data_format not in config.DATA_FORMATS:
        raise ValueError(
            f"`data_format` must be one of {', '.join(config.DATA_FORMATS)}; given {value!r}."
        )
    return data_format


def normalize_padding(value: str) -> str:
    """The padding in small letters: 'valid', 'same' or 'causal'.

    Raises:
        ValueError: another word.
    """
    padding = value.lower()
    if padding not in ("valid", "same", "causal"):
        raise ValueError(
            f"`padding` must be 'valid', 'same' or, in time, 'causal'; given {value!r}."
        )
    return padding


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """The output length of a convolution; None stays None.

    Args:
        padding: 'valid', 'same', 'full' or 'causal'.

    Raises:
        UnknownPadding: another word.
    """
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    lengths = {
        "same": input_length,
        "causal": input_length,
        "valid": input_length - reach + 1,
        "full": input_length + reach - 1,
    }
    if padding not in lengths:
        raise UnknownPadding(f"`padding` must be one of {', '.join(lengths)}; given {padding!r}.")
    return -(-lengths[padding] // stride)


def conv_input_length(
    output_length: int | None, filter_size: int, padding: str, stride: int
) -> int | None:
    """The shortest input of a convolution whose output has `output_length`; None stays None.

    Raises:
        UnknownPadding: another word than 'same', 'valid' and 'full'.
    """
    if output_length is None:
        return None
    pads = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}
    if padding not in pads:
        raise UnknownPadding(f"`padding` must be one of {', '.join(pads)}; given {padding!r}.")
    return (output_length - 1) * stride - 2 * pads[padding] + filter_size


def deconv_length(
    dim_size: int | None,
    stride_size: int,
    kernel_size: int,
    padding: str,
    output_padding: int | None = None,
    dilation: int = 1,
) -> int | None:
    """The output length of a transposed convolution; None stays None."""
    least = None if output_padding is None else 0
    length = ops.conv_transpose_output_length(
        dim_size, kernel_size, padding, stride_size, dilation, output_padding=least
    )
    return None if length is None else length + (output_padding or 0)


def convert_kernel(kernel: np.ndarray) -> np.ndarray:
    """A kernel (*sizes, channels, filters) turned by 180 degrees, as from Theano to TensorFlow."""
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError(f"convert_kernel needs a kernel of 3 to 5 axes; given {kernel.shape}.")
    return np.flip(kernel, tuple(range(kernel.ndim - 2))).copy()


def convert_all_kernels_in_model(model: Network) -> None:
    """`convert_kernel` for all ordinary and transposed convolutions of a model, in place."""
    for layer in model.layers:
        if type(layer).__name__ in (
            "Conv1D",
            "Conv2D",
            "Conv3D",
            "Conv2DTranspose",
            "Conv3DTranspose",
        ):
            kernel, *rest = layer.get_weights()
            layer.set_weights([convert_kernel(kernel), *rest])


def hash_file(fpath: str, algorithm: str = "sha256", chunk_size: int = 65535) -> str:
    """The SHA-256 or MD5 of a file, in hexadecimal digits; it is read in pieces of any size."""
    return file_digest(fpath, algorithm if algorithm == "md5" else "sha256")


def validate_file(
    fpath: str, file_hash: str, algorithm: str = "auto", chunk_size: int = 65535
) -> bool:
    """Whether a file has this SHA-256 or MD5."""
    kind = {"auto": "md5" if len(file_hash) == 32 else "sha256"}.get(algorithm, algorithm)
    return hash_file(fpath, kind) == file_hash
