"""Parts of arrays, and convolutions with another kernel at each position."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.operation import operation, per_sample
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.nn import arguments
from jaxcnn.runtime.types import Settings


def _all_rows(tensors: list[SymbolicTensor], arguments: Settings) -> bool:
    return bool(arguments["start"][0] == 0 and arguments["size"][0] == -1)


@operation(_all_rows)
def slice(x: TensorLike, start: Sequence[int], size: Sequence[int]) -> Tensor:
    """`size` elements along each axis, from `start` on; a size of -1 takes all that follow.

    Args:
        x: tensor, variable or array of any shape and dtype.
        start: the first element along each axis.
        size: number of elements along each axis, -1 for all that follow.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.slice(np.array([1.0, 2.0, 3.0]), (1,), (2,)))
        array([2., 3.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    array = jnp.asarray(x)
    ends = [
        length if count == -1 else first + count
        for first, count, length in zip(start, size, array.shape, strict=True)
    ]
    return jax.lax.slice(array, tuple(start), ends)


@operation(per_sample)
def local_conv1d(
    inputs: TensorLike,
    kernel: TensorLike,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    data_format: str | None = None,
) -> Tensor:
    """Windows of steps (batch, steps, channels), each times its own matrix.

    `kernel` is (positions, window * channels, filters).

    Args:
        inputs: float array (batch, steps, channels).
        kernel: float array (positions, window * channels, outputs).
        kernel_size: size of the window, one integer for each axis.
        strides: steps of the window, an integer or one for each axis.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.local_conv1d(np.ones((1, 5, 2)), np.ones((3, 6, 4)), (3,), (1,)).shape
        (1, 3, 4)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    arguments.data_format("local_conv1d", data_format)
    x, matrices = jnp.asarray(inputs), jnp.asarray(kernel)
    starts = jnp.arange(matrices.shape[0]) * strides[0]
    steps = starts[:, None] + jnp.arange(kernel_size[0])
    windows = x[:, steps].reshape(x.shape[0], *matrices.shape[:2])
    return jnp.einsum("bpi,pif->bpf", windows, matrices)


@operation(per_sample)
def local_conv2d(
    inputs: TensorLike,
    kernel: TensorLike,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    output_shape: Sequence[int],
    data_format: str | None = None,
) -> Tensor:
    """Windows of images, each times its own matrix.

    `kernel` is (rows * columns of the output, values of a window, filters); the values of a window
    are in the order of the axes of `data_format`.

    Args:
        inputs: float array (batch, rows, columns, channels); channels first where `data_format`
            says so.
        kernel: float array (positions, window * channels, outputs).
        kernel_size: size of the window, one integer for each axis.
        strides: steps of the window, an integer or one for each axis.
        output_shape: rows and columns of the result.
        data_format: 'channels_last' or 'channels_first'; None for the configured one.

    Examples:
        >>> from jaxcnn import backend as K
        >>> images, kernel = np.ones((1, 4, 4, 2)), np.ones((4, 18, 5))
        >>> K.local_conv2d(images, kernel, (3, 3), (1, 1), (2, 2)).shape
        (1, 2, 2, 5)

    References:
        - Chollet et al., "Keras 2.2.4: keras/backend/tensorflow_backend.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/backend/tensorflow_backend.py>
    """
    first = arguments.data_format("local_conv2d", data_format) == "channels_first"
    x, matrices = jnp.asarray(inputs), jnp.asarray(kernel)
    rows, columns = (
        jnp.arange(count)[:, None] * stride + jnp.arange(size)
        for count, stride, size in zip(output_shape, strides, kernel_size, strict=True)
    )
    at = rows[:, None, :, None], columns[None, :, None, :]
    if first:
        windows = jnp.moveaxis(x[:, :, *at], 1, 3)  # (batch, rows, columns, channels, window)
    else:
        windows = x[:, *at]
    windows = windows.reshape(x.shape[0], *matrices.shape[:2])
    outputs = jnp.einsum("bpi,pif->bpf", windows, matrices)
    images = outputs.reshape(x.shape[0], *output_shape, matrices.shape[-1])
    return jnp.moveaxis(images, -1, 1) if first else images
